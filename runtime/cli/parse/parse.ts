import { Argument as ParserArgument, Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import { version } from '../../../package.json';
import type { Argument, Command, Option } from '../command';
import { COMMANDS } from '../commands';
import { misuse, Problem } from '../problem';
import { givenFrom } from './given';
import { GLOBAL_OPTIONS } from './globals';
import { afterCommand, afterProgram, ABOUT, programHelp } from './help';
import type { FactSources, Invocation, Reach } from './invocation';
import { numberFrom, regionFrom, regionListFrom } from './values';

export type Parsed =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  /** Help or version was asked for: `text` is it. */
  | { readonly kind: 'told'; readonly text: string }
  /** `help` is there when nothing was typed that help would not say better. */
  | { readonly kind: 'misused'; readonly problem: Problem; readonly json: boolean; readonly color: boolean; readonly help?: string };

type Environment = { readonly [name: string]: string | undefined };

/** `--timeout` of a verb that names none. */
const TIMEOUT_SECONDS = 60;
/** A day: more than any verb takes. */
const MOST_SECONDS = 86_400;
const HELP_WIDTH = 110;

/** Understands a command line; asks nothing of anybody and changes nothing. */
export function parse(args: readonly string[], env: Environment = {}, commands: readonly Command[] = COMMANDS): Parsed {
  // Known even where nothing else is understood.
  const how = { json: isTyped('--json', args), color: !isTyped('--no-color', args) };
  let out = '';
  let chosen: { readonly command: Command; readonly parser: Parser } | undefined;
  const program = build(commands, (command, parser) => (chosen = { command, parser }), (text) => (out += text));
  try {
    program.parse([...args], { from: 'user' });
    if (!chosen) return { kind: 'misused', problem: misuse('a verb must follow', ['s3-failover --help']), ...how, help: program.helpInformation() };
    return { kind: 'run', invocation: invocationOf(chosen.command, chosen.parser, env) };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'misused', problem: error, ...how };
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'told', text: out };
    // Nothing, or only the first word of a group: help says what may follow.
    if (error.code === 'commander.help') return { kind: 'misused', problem: misuse('a verb must follow', ['s3-failover --help']), ...how, help: out };
    return { kind: 'misused', problem: misuse(inOurWords(error.message), [`${pathOf(args, commands)} --help`]), ...how };
  }
}

function build(commands: readonly Command[], choose: (command: Command, parser: Parser) => void, write: (text: string) => void): Parser {
  const program = dressed(new Parser('s3-failover'), write)
    .usage('<verb> [options]')
    .description(ABOUT)
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', afterProgram())
    .helpCommand('help [verb]', 'show the help of a verb')
    .configureHelp({ helpWidth: HELP_WIDTH, formatHelp: (parser, helper) => programHelp(parser, helper, commands) });
  for (const option of GLOBAL_OPTIONS) program.addOption(parserOption(option));
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const words = command.name.split(' ');
    const parent = words.length === 1 ? program : groupOf(words[0], groups, program, commands, write);
    const parser = dressed(new Parser(words.at(-1)), write)
      .summary(command.summary)
      .description([sentence(command.summary), command.detail].filter(Boolean).join('\n\n'))
      .addHelpText('after', afterCommand(command))
      .action(() => choose(command, parser));
    for (const argument of command.arguments ?? []) parser.addArgument(parserArgument(argument));
    for (const option of command.options ?? []) parser.addOption(parserOption(option));
    parent.addCommand(parser);
  }
  return program;
}

function groupOf(name: string, groups: Map<string, Parser>, program: Parser, commands: readonly Command[], write: (text: string) => void): Parser {
  const known = groups.get(name);
  if (known) return known;
  const members = commands.filter((command) => command.name.startsWith(`${name} `));
  const group = dressed(new Parser(name), write).description(members.map((member) => `${member.name.split(' ')[1]}: ${member.summary}`).join('; '));
  groups.set(name, group);
  program.addCommand(group);
  return group;
}

/** Settings are not inherited by commands that are added ready made. */
function dressed(parser: Parser, write: (text: string) => void): Parser {
  return parser
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .configureHelp({ helpWidth: HELP_WIDTH, showGlobalOptions: true })
    .configureOutput({ writeOut: write, writeErr: write, outputError: () => undefined })
    .exitOverride();
}

function parserArgument({ name, summary, required, many, completes }: Argument): ParserArgument {
  const shown = `${name}${many ? '...' : ''}`;
  const argument = new ParserArgument(required ? `<${shown}>` : `[${shown}]`, summary);
  return Array.isArray(completes) ? argument.choices(completes as string[]) : argument;
}

function parserOption({ flag, short, value, summary, choices, default: byDefault, many }: Option): ParserOption {
  const option = new ParserOption(`${short ? `${short}, ` : ''}${flag}${value ? ` <${value}>` : ''}`, summary);
  if (many) option.argParser((text: string, before?: readonly string[]) => [...(before ?? []), text]);
  if (choices) option.choices([...choices]);
  return byDefault === undefined ? option : option.default(byDefault);
}

function invocationOf(command: Command, parser: Parser, env: Environment): Invocation {
  const typed = parser.optsWithGlobals<{ readonly [name: string]: string | boolean | undefined }>();
  const text = (name: string, variable?: string) => nonEmpty(typed[name] as string | undefined, `--${name}`) ?? (variable ? env[variable] || undefined : undefined);
  const timeout = numberFrom(text('timeout'), '--timeout', { unit: 'seconds', least: 1, most: MOST_SECONDS }) ?? command.timeoutSeconds ?? TIMEOUT_SECONDS;
  return {
    command,
    given: givenFrom(command, parser),
    globals: {
      json: typed.json === true,
      yes: typed.yes === true,
      dryRun: typed.dryRun === true,
      timeoutMs: timeout === 0 ? Infinity : timeout * 1_000,
      verbose: typed.verbose === true,
    },
    sources: sourcesOf(text),
    reach: reachOf(text),
    color: typed.color !== false,
  };
}

/** What was typed counts before what the environment says. */
function sourcesOf(text: (name: string, variable?: string) => string | undefined): FactSources {
  const typed = { manifest: text('manifest'), name: text('name'), app: text('app'), outputs: text('outputs') };
  const regions = regionListFrom(text('regions', 'S3_FAILOVER_REGIONS'), text('regions') ? '--regions' : 'S3_FAILOVER_REGIONS');
  if (Object.values(typed).some((source) => source !== undefined)) return { ...typed, regions };
  return { manifest: text('manifest', 'S3_FAILOVER_MANIFEST'), name: text('name', 'S3_FAILOVER_NAME'), regions };
}

function reachOf(text: (name: string) => string | undefined): Reach {
  return { profile: text('profile'), region: regionFrom(text('region'), '--region') };
}

function nonEmpty(text: string | undefined, flag: string): string | undefined {
  if (text === '') throw misuse(`'${flag}' must not be empty`);
  return text;
}

/** Commander's sentences in the house's form: one line, no full stop. */
function inOurWords(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n?\(Did you mean (one of )?(.+)\?\)/, (_, several, names) => (several ? `; did you mean one of ${names}?` : `; did you mean '${names}'?`))
    .replace(/ argument '(.*)' is invalid\. Allowed choices are (.*)\.$/, " must be one of $2, got '$1'")
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.$/, ': at most $1, got $2');
}

/** The command as far as it was understood, for the hint to its help. */
function pathOf(args: readonly string[], commands: readonly Command[]): string {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const found = commands.find((command) => command.name === words[0] || command.name === words.slice(0, 2).join(' '));
  return found ? `s3-failover ${found.name}` : 's3-failover';
}

function isTyped(flag: string, args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes(flag);
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}.`;
}
