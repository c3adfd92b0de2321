import { setMaxListeners } from 'events';
import type { Clock } from './clock';
import { Interrupted, within } from './wait';

/** How long an interrupted or overdue step may take to let go before the run goes on without it. */
const GRACE_MS = 5_000;

export interface Step<C> {
  readonly id: string;
  readonly title: string;
  /** Longest time that the step may take on a slow machine; a step that hangs is a failure, not a wait. */
  readonly limitMs: number;
  /** Does the step, checks what it did, and answers with one line on what was seen. */
  run(context: C, tools: StepTools): Promise<string>;
}

export interface StepTools {
  /** Aborted when the rehearsal is interrupted or the step is overdue. */
  readonly signal: AbortSignal;
  /** Shows what a long step is at. */
  note(text: string): void;
  /** Shows the command that the step runs, as a person would type it. */
  ran(command: string): void;
  /** Fails the step, with what should have been true and what was seen instead. */
  check(holds: boolean, otherwise: string): void;
}

export type StepOutcome = 'done' | 'failed' | 'interrupted' | 'skipped';

export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly command?: string;
  /** One line: what was seen, or why it failed. */
  readonly detail: string;
}

export interface StepObserver {
  started(step: { readonly id: string; readonly title: string; readonly number: number; readonly of: number }): void;
  noted(text: string): void;
  ended(result: StepResult): void;
}

export interface StepsRun {
  readonly outcome: 'passed' | 'failed' | 'interrupted';
  readonly results: StepResult[];
}

/** A check did not hold: the message is meant for the reader as it is. */
export class CheckFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckFailed';
  }
}

/** Runs the steps in order. The first that fails, or an interruption, skips the rest. */
export async function runSteps<C>(
  steps: readonly Step<C>[],
  context: C,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly observer: StepObserver; readonly graceMs?: number },
): Promise<StepsRun> {
  const results: StepResult[] = [];
  let outcome: StepsRun['outcome'] = 'passed';
  for (const [index, step] of steps.entries()) {
    if (outcome === 'passed' && options.signal.aborted) outcome = 'interrupted';
    if (outcome !== 'passed') {
      const at = options.clock();
      results.push({ id: step.id, title: step.title, outcome: 'skipped', startedAt: at, endedAt: at, detail: '' });
      continue;
    }
    options.observer.started({ id: step.id, title: step.title, number: index + 1, of: steps.length });
    const result = await runStep(step, context, options);
    results.push(result);
    options.observer.ended(result);
    if (result.outcome === 'failed') outcome = 'failed';
    if (result.outcome === 'interrupted') outcome = 'interrupted';
  }
  return { outcome, results };
}

async function runStep<C>(
  step: Step<C>,
  context: C,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly observer: StepObserver; readonly graceMs?: number },
): Promise<StepResult> {
  const startedAt = options.clock();
  const controller = new AbortController();
  // A step has several requests under way at once, each of which listens.
  setMaxListeners(100, controller.signal);
  const limit = setTimeout(() => controller.abort(new CheckFailed(`took longer than ${step.limitMs / 1000} s`)), step.limitMs);
  const onInterrupt = () => controller.abort(new Interrupted());
  options.signal.addEventListener('abort', onInterrupt, { once: true });
  if (options.signal.aborted) onInterrupt();

  let command: string | undefined;
  const tools: StepTools = {
    signal: controller.signal,
    note: (text) => options.observer.noted(text),
    ran: (text) => {
      command = text;
      options.observer.noted(`$ ${text}`);
    },
    check: (holds, otherwise) => {
      if (!holds) throw new CheckFailed(otherwise);
    },
  };
  const result = (outcome: StepOutcome, detail: string): StepResult => ({
    id: step.id, title: step.title, outcome, startedAt, endedAt: options.clock(), command, detail,
  });

  try {
    return result('done', await orAborted(step.run(context, tools), controller.signal, options.graceMs ?? GRACE_MS));
  } catch (error) {
    // What a step says while it is being stopped is noise: the interruption is the reason.
    if (options.signal.aborted) return result('interrupted', 'interrupted');
    const overdue = controller.signal.reason instanceof CheckFailed ? controller.signal.reason : undefined;
    return result('failed', (overdue ?? (error as Error)).message);
  } finally {
    clearTimeout(limit);
    options.signal.removeEventListener('abort', onInterrupt);
  }
}

/** Waits for the step; once aborted, gives it a moment to let go of what it holds. */
async function orAborted<T>(running: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      within(graceMs, 'the step', running.then(() => undefined, () => undefined))
        .catch(() => undefined)
        .then(() => reject(signal.reason as Error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
