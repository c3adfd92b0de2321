import type { Command as Parser } from 'commander';
import type { Command, Given } from '../command';

/** What was typed after a verb, by the names in its command. A name that the command does not have is a mistake of ours. */
export function givenFrom(command: Command, parser: Parser): Given {
  const argumentsOf = command.arguments ?? [];
  const positional = (name: string): unknown => {
    const index = argumentsOf.findIndex((argument) => argument.name === name);
    if (index === -1) throw new RangeError(`'${command.name}' has no argument '${name}'`);
    return parser.processedArgs[index];
  };
  const optional = (flag: string) => {
    const option = parser.options.find((one) => one.long === flag);
    if (!option) throw new RangeError(`'${command.name}' has no option '${flag}'`);
    const name = option.attributeName();
    return { value: parser.getOptionValue(name) as unknown, typed: parser.getOptionValueSource(name) === 'cli' };
  };
  return {
    argument: (name) => positional(name) as string | undefined,
    all: (name) => (positional(name) as readonly string[] | undefined) ?? [],
    option: (flag) => optional(flag).value as string | undefined,
    options: (flag) => (optional(flag).value as readonly string[] | undefined) ?? [],
    has: (flag) => optional(flag).typed,
  };
}
