import type { Command as Parser, Help } from 'commander';
import type { Command } from '../command';
import { EXIT_CODE_WORDS } from '../exit-code';

export const ABOUT =
  'Shows and moves the traffic of an S3 Multi-Region Access Point, and works while a Region, CloudFormation or most control endpoints are down.';

/** Verbs first, those of groups too: who asks for help has seldom forgotten an option. */
export function programHelp(program: Parser, helper: Help, commands: readonly Command[]): string {
  const verbs = commands.map((command) => [termOf(command), command.summary] as const);
  const width = Math.max(...verbs.map(([term]) => term.length), ...helper.visibleOptions(program).map((option) => helper.optionTerm(option).length));
  const list = (items: readonly (readonly [term: string, summary: string])[]) =>
    items.map(([term, summary]) => helper.formatItem(term, width, summary, helper)).join('\n');
  return [
    `Usage: ${helper.commandUsage(program)}`,
    helper.boxWrap(ABOUT, helper.helpWidth ?? 100),
    `Verbs:\n${list(verbs)}`,
    `Options:\n${list(helper.visibleOptions(program).map((option) => [helper.optionTerm(option), helper.optionDescription(option)]))}`,
    '',
  ].join('\n\n').replace(/\n\n$/, '\n');
}

/** A verb with its arguments, as typed. */
export function termOf(command: Pick<Command, 'name' | 'arguments'>): string {
  const shown = (command.arguments ?? []).map(({ name, required, many }) => `${required ? '<' : '['}${name}${many ? '...' : ''}${required ? '>' : ']'}`);
  return [command.name, ...shown].join(' ');
}

/** Below the list of verbs. */
export function afterProgram(): string {
  return `
Where the manifest comes from: the first of --manifest, --name, --app and --outputs that is given, else
S3_FAILOVER_MANIFEST, else S3_FAILOVER_NAME. Keep a copy outside AWS: s3-failover export.

Exit status:
${EXIT_CODE_WORDS.map(([code, words]) => `  ${String(code).padEnd(4)} ${words}`).join('\n')}

Results go to standard output, everything else to standard error.

Example:
  $ s3-failover status --manifest media.json`;
}

/** Below the options of one verb. */
export function afterCommand({ examples, asks }: Command): string {
  const lines = examples.flatMap(({ line, why }) => [`  $ ${line}`, `      ${why}`]);
  return `${asks ? '\nAsks before it acts; where nobody can be asked, --yes is needed.\n' : ''}
${examples.length === 1 ? 'Example' : 'Examples'}:
${lines.join('\n')}

Exit status: 0 done, 1 error, 2 wrong usage; all of them: s3-failover --help`;
}
