import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from '../../../runtime/cli/command';
import { COMMANDS } from '../../../runtime/cli/commands';
import { EXIT_CODE_WORDS } from '../../../runtime/cli/exit-code';
import { GLOBAL_OPTIONS } from '../../../runtime/cli/parse/globals';
import { termOf } from '../../../runtime/cli/parse/help';

const FILE = join(__dirname, '../../../docs/cli.md');

/** Parts of docs/cli.md that are made from the same data as help and completion. */
const PARTS: { readonly [name: string]: string } = {
  verbs: COMMANDS.map(verb).join('\n'),
  options: options(GLOBAL_OPTIONS),
  'exit codes': table(['code', 'meaning'], EXIT_CODE_WORDS.map(([code, words]) => [String(code), words])),
};

function verb(command: Command): string {
  const { summary, detail, examples, timeoutSeconds = 60 } = command;
  const parts = [
    `### \`${termOf(command)}\``,
    `${summary[0].toUpperCase()}${summary.slice(1)}.${detail ? ` ${detail}` : ''}`,
    command.arguments ? table(['argument', ''], command.arguments.map((argument) => [`\`${argument.name}\``, describeArgument(argument)])) : '',
    command.options ? options(command.options) : '',
    `\`\`\`sh\n${examples.map(({ line, why }) => `${line}   # ${why}`).join('\n')}\n\`\`\``,
    `Bounded by \`--timeout\`, ${timeoutSeconds === 0 ? 'without one by nothing' : `by default ${timeoutSeconds} seconds`}.${command.asks ? ' Asks before it acts.' : ''}`,
  ];
  return `${parts.filter(Boolean).map((part) => part.trimEnd()).join('\n\n')}\n`;
}

function describeArgument({ summary, required, many, completes }: Argument): string {
  return `${summary}${typeof completes === 'object' ? `: ${completes.join(', ')}` : ''}${required ? '' : ' (may be left out)'}${many ? ' (several)' : ''}`;
}

function options(list: readonly Option[]): string {
  return table(['option', ''], list.map((option) => [`\`${option.short ? `${option.short}, ` : ''}${option.flag}${option.value ? ` <${option.value}>` : ''}\``, describeOption(option)]));
}

function describeOption({ summary, choices, default: byDefault, many }: Option): string {
  return `${summary}${choices ? `: ${choices.join(', ')}` : ''}${byDefault === undefined ? '' : ` (default: ${byDefault})`}${many ? ' (several times)' : ''}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/</g, '&lt;').replace(/`(.*?)`/g, (code) => code.replace(/&lt;/g, '<'))).join(' | ')} |\n`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('');
}

/** The page with its parts as they should be. */
function made(page: string): string {
  return Object.entries(PARTS).reduce((text, [name, part]) => {
    const marks = new RegExp(`(<!-- ${name}\\b[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!marks.test(text)) throw new Error(`docs/cli.md has no place for '${name}'`);
    return text.replace(marks, (_, before: string, after: string) => `${before}\n${part}\n${after}`);
  }, page);
}

test('docs/cli.md says of every verb, option and exit code what help says', () => {
  const page = readFileSync(FILE, 'utf8');
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(FILE, made(page));
  // To mend: UPDATE_GOLDENS=1 npx jest test/runtime/cli/docs.test.ts
  expect(readFileSync(FILE, 'utf8')).toBe(made(page));
});

test.each(COMMANDS.map(({ name }) => name))('docs/cli.md documents the document of %s', (name) => {
  expect(readFileSync(FILE, 'utf8')).toMatch(new RegExp(`^\\| \`${name}\` \\| \`cdk-s3-failover/[a-z-]+\` \\d+ \\| \\S`, 'm'));
});
