import { setMaxListeners } from 'node:events';
import type { Clock, Log, LogFields, Random } from '../core/ports';
import type { WallClock } from '../core/operate/ports';
import { systemClock, systemRandom, systemWallClock } from '../aws/system';
import type { Aws } from './aws';
import { sdkAws } from './clients';
import { contextOf } from './context';
import { ExitCode } from './exit-code';
import { explainError } from './explain';
import type { Invocation, Reach } from './parse/invocation';
import { misuse, type Problem } from './problem';
import { problemDocument, problemText, traceText } from './render/problem';
import type { Terminal } from './terminal';
import type { Interrupt } from './terminal/interrupt';
import type { Every } from './terminal/status-line';
import { terminalOf, type Streams } from './terminal/system';
import { tellerOn, type SteppedTeller } from './terminal/teller';
import type { Verb, VerbResult } from './verb';
import { VERBS } from './verbs';

/** For whatever a verb must put away when it is stopped. */
const GRACE_MS = 10_000;

/** What a run reaches; a test hands in its own. */
export interface RunDeps {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly random: Random;
  readonly aws: (reach: Reach) => Aws;
  readonly interrupt: Interrupt;
  readonly verbs?: { readonly [command: string]: () => Promise<Verb> };
  /** Redraws what is being done. @default - by the machine's timers */
  readonly every?: Every;
  /** Ends the process at once. */
  readonly leave?: (status: number) => void;
}

/** Entry of the second bundle: runs a verb in this process. */
export function runHere(invocation: Invocation, streams: Streams, interrupt: Interrupt): Promise<number> {
  // Up to 17 Regions are asked at once, and each call listens for the end: Node would take that for a leak, and say so.
  setMaxListeners(0);
  const terminal = terminalOf(streams, { color: invocation.color });
  return run(invocation, { terminal, clock: systemClock, wall: systemWallClock, random: systemRandom, aws: sdkAws, interrupt });
}

/** Runs a verb, prints its result or its error, and answers with the exit code. */
export async function run(invocation: Invocation, deps: RunDeps): Promise<number> {
  const { command, globals, given } = invocation;
  const { terminal, clock, interrupt } = deps;
  const deadline = clock.now() + globals.timeoutMs;
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const stopTimer = new AbortController();
  const teller = tellerOn(terminal, clock, globals, end.signal, deps.every);
  const aws = deps.aws(invocation.reach);
  let timedOut = false;

  hearInterrupts(interrupt, terminal, teller, end, deps.leave ?? ((status) => process.exit(status)));
  if (globals.timeoutMs !== Infinity) {
    void clock.sleep(globals.timeoutMs, stopTimer.signal).then(() => {
      if (stopTimer.signal.aborted) return;
      timedOut = true;
      end.abort();
    });
  }
  try {
    if (command.asks && !globals.yes && !globals.dryRun && !terminal.ask) {
      throw misuse(`'${command.name}' asks before it acts, and nobody can be asked here; '--yes' answers with yes`, [`s3-failover ${command.name} ... --yes`, `s3-failover ${command.name} ... --dry-run`]);
    }
    const verb = await (deps.verbs ?? VERBS)[command.name]();
    const context = contextOf({ ...deps, aws, globals, teller, deadline, signal: end.signal, sources: invocation.sources, log: logTo(terminal, globals.verbose) });
    const running = verb.run(context, given);
    const result = await (command.asks ? running : Promise.race([running, overdue(clock, end.signal, stopTimer.signal)]));
    teller.end(result.looked || result.code === ExitCode.DONE || result.code === ExitCode.UNPROVEN ? 'done' : 'stopped');
    await print(result, invocation, terminal);
    return result.code;
  } catch (error) {
    teller.end('stopped');
    const interrupted = interrupt.status() !== undefined;
    const problem = explainError(error, { verb: command.name, interrupted, timedOut, timeoutMs: globals.timeoutMs });
    await complain(problem, invocation, terminal);
    return interrupted && problem.exit === ExitCode.INTERRUPTED ? interrupt.status()! : problem.exit;
  } finally {
    stopTimer.abort();
    aws.close();
  }
}

async function print(result: VerbResult, { command, globals }: Invocation, terminal: Terminal): Promise<void> {
  if (globals.json) await terminal.out(`${JSON.stringify(result.document, null, command.streams ? undefined : 2)}\n`);
  else await terminal.out(result.text(terminal.paint, terminal.columns));
}

async function complain(problem: Problem, { command, globals }: Invocation, terminal: Terminal): Promise<void> {
  if (globals.json) await terminal.out(`${JSON.stringify(problemDocument(problem, command.name), null, command.streams ? undefined : 2)}\n`);
  else terminal.err(problemText(problem, terminal.talkPaint));
  if (globals.verbose) terminal.err(traceText(problem));
}

/**
 * Rejects when a verb that only looks has not come to an end long after it should have: credentials, for one, may come from a
 * program that never ends. Acts are left to end in order, however long that takes.
 */
async function overdue(clock: Clock, ended: AbortSignal, over: AbortSignal): Promise<never> {
  if (!ended.aborted) await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }));
  await clock.sleep(GRACE_MS, over);
  throw new Error('it did not come to its end');
}

/**
 * The first Ctrl-C lets the verb come to an orderly end, so that an act is not left half done. The second says what is waited
 * for; only the third leaves at once, and says what that leaves open.
 */
function hearInterrupts(interrupt: Interrupt, terminal: Terminal, teller: SteppedTeller, end: AbortController, leave: (status: number) => void): void {
  interrupt.onEach((name, time) => {
    const step = teller.current();
    const at = step === undefined ? '' : ` in the middle of '${step}'`;
    if (time === 1) teller.say(`${name === 'SIGINT' ? 'Interrupted' : name}: coming to an orderly end ...`);
    else if (time === 2) teller.say(`Still coming to an end${at}. Once more leaves at once, and leaves open what then is.`);
    else {
      teller.end('stopped');
      terminal.err(`Left at once${at}: routes are as they were, or as they were meant to be, and a fence lapses by itself.\nTo find out: s3-failover status\n`);
      leave(interrupt.status() ?? ExitCode.ERROR);
    }
    end.abort();
  });
}

/** Structured lines for who asked for them. */
function logTo(terminal: Terminal, verbose: boolean): Log {
  const line = (level: string) => (message: string, fields: LogFields = {}) => {
    if (verbose) terminal.err(`${terminal.talkPaint.faint(`${level}  ${message} ${JSON.stringify(fields)}`)}\n`);
  };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
