import type { Argument, Command, Option } from '../command';
import { COMMANDS } from '../commands';
import { GLOBAL_OPTIONS } from '../parse/globals';
import { regionsFor } from './regions';

/** Tells the shell to complete the name of a file. */
export const FILES = ':file';

interface Candidate {
  readonly text: string;
  readonly summary?: string;
}

/**
 * What may stand in place of the last word, one candidate per line, its meaning after a tab. `words` are those after the
 * command's own name; the last is the one being typed, and may be empty.
 */
export function complete(words: readonly string[], env: { readonly [name: string]: string | undefined }, commands: readonly Command[] = COMMANDS): string[] {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { operands, open, typed } = readWords(before, commands);
  const manifest = typed.get('--manifest') ?? env.S3_FAILOVER_MANIFEST;
  const values = (completes: Argument['completes'] | Option['choices']): readonly Candidate[] | typeof FILES => {
    if (completes === 'file') return FILES;
    if (completes === 'region') return regionsFor(manifest).map((text) => ({ text }));
    return (completes ?? []).map((text) => ({ text }));
  };
  const found = open ? values(open.choices ?? open.completes) : current.startsWith('-') ? flags(operands, commands) : next(operands, commands, values);
  if (found === FILES) return [FILES];
  return found.filter(({ text }) => text.startsWith(current)).map(({ text, summary }) => (summary ? `${text}\t${summary}` : text));
}

/** Words that are no option and no option's value; the option whose value is being typed, if any; and values typed so far. */
function readWords(before: readonly string[], commands: readonly Command[]) {
  const operands: string[] = [];
  const typed = new Map<string, string>();
  let open: Option | undefined;
  for (const word of before) {
    if (open) {
      typed.set(open.flag, word);
      open = undefined;
    } else if (!word.startsWith('-')) operands.push(word);
    else open = optionsOf(operands, commands).find((option) => option.value !== undefined && (option.flag === word || option.short === word));
  }
  return { operands, open, typed };
}

function flags(operands: readonly string[], commands: readonly Command[]): Candidate[] {
  return [...optionsOf(operands, commands).map(({ flag, summary }) => ({ text: flag, summary })), { text: '--help', summary: 'show this help' }];
}

function next(
  operands: readonly string[],
  commands: readonly Command[],
  values: (completes: Argument['completes']) => readonly Candidate[] | typeof FILES,
): readonly Candidate[] | typeof FILES {
  const command = commandOf(operands, commands);
  if (!command) return verbs(operands, commands);
  const position = operands.length - command.name.split(' ').length;
  const known = command.arguments ?? [];
  const argument = known[position] ?? (known.at(-1)?.many ? known.at(-1) : undefined);
  return values(argument?.completes);
}

function verbs(operands: readonly string[], commands: readonly Command[]): Candidate[] {
  const depth = operands.length;
  const seen = new Map<string, string>();
  for (const { name, summary } of commands) {
    const words = name.split(' ');
    if (words.length <= depth || operands.some((operand, index) => operand !== words[index])) continue;
    const rest = words.slice(depth + 1).join(' ');
    // Of a group is said what may follow.
    seen.set(words[depth], rest === '' ? summary : [seen.get(words[depth]), rest].filter(Boolean).join(', '));
  }
  return [...seen].map(([text, summary]) => ({ text, summary }));
}

function optionsOf(operands: readonly string[], commands: readonly Command[]): readonly Option[] {
  return [...(commandOf(operands, commands)?.options ?? []), ...GLOBAL_OPTIONS];
}

function commandOf(operands: readonly string[], commands: readonly Command[]): Command | undefined {
  return commands.find(({ name }) => name === operands[0] || name === operands.slice(0, 2).join(' '));
}
