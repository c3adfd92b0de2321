import { join, resolve } from 'path';
import { Command, CommanderError, Option } from 'commander';

/** How a dead Region looks from outside. */
export const FAULTS = ['blackhole', 'refused', 'failing'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Options {
  readonly json: boolean;
  /** Where the page goes. */
  readonly html: string;
  readonly writesPerSecond: number;
  readonly requestTimeoutMs: number;
  readonly propagationMs: number;
  readonly replicationLagMs: number;
  readonly fault: Fault;
  /** How long traffic runs undisturbed between two events. */
  readonly steadyMs: number;
  /** How long to wait, beyond what was asked for, before what should happen counts as not happening. */
  readonly patienceMs: number;
  /** Shows what the commands print. */
  readonly verbose: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  /** Help was asked for: `text` is it. */
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'misused'; readonly text: string };

const DESCRIPTION = `Rehearses a failover on a local AWS: deploys the example app with the real CDK CLI, writes and reads through the
access point all the while, kills the active Region, switches, heals, switches back, and checks every
acknowledged write in every Region; with the controller, which fails over by itself, once more. Needs no AWS account and touches none.`;

const HINT = 'npm start -- --help shows the options';

const AFTER = `
Exit status: 0 every step did what it says; 1 a step did not; 2 wrong usage; 130 interrupted with Ctrl-C.
Progress goes to standard error, the result to standard output. NO_COLOR turns colours off.

Examples:
  $ npm start
  $ npm start -- --propagation 120        routes take as long to act as AWS says they may
  $ npm start --silent -- --json > rehearsal.json`;

/** A file that the user names is looked for where the user stands; the default lies in the repository. */
export function parseOptions(argv: readonly string[], places: { readonly root: string; readonly cwd: string }): Parsed {
  let text = '';
  const command = new Command('npm start --')
    .description(DESCRIPTION)
    .usage('[options]')
    .option('--json', 'print the result as one JSON document')
    .option('--html <file>', 'where to write the page with the timeline (default: ".local/rehearsal/report.html")')
    .option('--rate <n>', 'writes per second, 1 to 20', number('--rate', 'writes per second', 1, 20), 5)
    .option('--propagation <seconds>', 'how long accepted routes take to act, 0 to 300; AWS: up to about 120', number('--propagation', 'seconds', 0, 300), 5)
    .option('--replication-lag <seconds>', 'how long an object takes to reach the other Regions, 0.1 to 60', number('--replication-lag', 'seconds', 0.1, 60), 2)
    .addOption(new Option('--fault <kind>', 'how the Region dies: never answers, refuses connections, or answers 503').choices(FAULTS).default('blackhole'))
    .option('--timeout <seconds>', 'after this long without an answer a request has failed, 1 to 30', number('--timeout', 'seconds', 1, 30), 3)
    .option('--steady <seconds>', 'how long traffic runs undisturbed between two events, 1 to 120', number('--steady', 'seconds', 1, 120), 5)
    .option('--patience <seconds>', 'how long to wait for what should happen; more on a slow machine, 5 to 600', number('--patience', 'seconds', 5, 600), 120)
    .option('--verbose', 'show what the commands print')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', AFTER)
    .allowExcessArguments(false)
    .showHelpAfterError(`(${HINT})`)
    .configureHelp({ helpWidth: 120 })
    .configureOutput({ writeOut: (out) => { text += out; }, writeErr: (out) => { text += out; } })
    .exitOverride();
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof Misuse) return { kind: 'misused', text: `${error.message}\n` };
    if (!(error instanceof CommanderError)) throw error;
    return { kind: error.exitCode === 0 ? 'help' : 'misused', text };
  }
  const given = command.opts();
  return {
    kind: 'run',
    options: {
      json: given.json === true,
      html: given.html === undefined ? join(places.root, '.local', 'rehearsal', 'report.html') : resolve(places.cwd, given.html),
      writesPerSecond: given.rate,
      requestTimeoutMs: given.timeout * 1000,
      propagationMs: given.propagation * 1000,
      replicationLagMs: given.replicationLag * 1000,
      fault: given.fault,
      steadyMs: given.steady * 1000,
      patienceMs: given.patience * 1000,
      verbose: given.verbose === true,
    },
  };
}

/** Wrong usage, in our own words rather than commander's. */
class Misuse extends Error {}

function number(option: string, unit: string, least: number, most: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (given.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
      throw new Misuse(`'${option}' must be ${least} to ${most} ${unit}, got '${given}'; ${HINT}`);
    }
    return value;
  };
}
