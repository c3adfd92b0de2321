import type { Manifest } from '../../../lib/private/contract';
import { within } from '../calls/side-by-side';
import type { Clock } from '../ports';
import { timeLeft, type Limits } from '../routes/endpoint';
import { parseManifest, revisionOf } from './schema';

/** What one Region said when asked for its copy. */
export type CopyAnswer = { readonly region: string } & (
  | { readonly kind: 'good'; readonly manifest: Manifest; readonly text: string }
  | { readonly kind: 'none' }
  /** `revision` where even a text that cannot be understood names one. */
  | { readonly kind: 'malformed'; readonly problem: string; readonly revision?: number }
  | { readonly kind: 'failed'; readonly error: unknown }
);
export type GoodCopy = Extract<CopyAnswer, { kind: 'good' }>;

export interface AnywhereTimes {
  /** One Region's time to answer. */
  readonly answerMs: number;
  /** How long the slower Regions are still waited for once one has answered well: about a round trip around the world. */
  readonly settleMs: number;
  /** Without a good answer for so long, the next Regions are asked as well. */
  readonly widenMs: number;
}

export const ANYWHERE_TIMES: AnywhereTimes = { answerMs: 5_000, settleMs: 400, widenMs: 1_000 };

export interface Anywhere {
  /** The newest good copy among those that came in time. */
  readonly best?: GoodCopy;
  readonly answers: readonly CopyAnswer[];
  /** A copy that cannot be understood, and is newer than the best. */
  readonly newer?: Extract<CopyAnswer, { kind: 'malformed' }>;
}

type Get = (region: string, signal: AbortSignal) => Promise<string | undefined>;

/**
 * A manifest from whichever Region answers first. Regions of one wave are asked side by side; the next wave when those before
 * it have no good answer. A newer copy that comes within a short time wins over an older one.
 */
export async function readAnywhere(
  clock: Clock,
  get: Get,
  waves: readonly (readonly string[])[],
  limits: Limits,
  times: AnywhereTimes = ANYWHERE_TIMES,
): Promise<Anywhere> {
  const waiting = waves.filter((wave) => wave.length > 0);
  const running = new Map<string, Promise<CopyAnswer>>();
  const answers: CopyAnswer[] = [];
  const abandon = new AbortController();
  const giveUp = () => abandon.abort();
  limits.signal?.addEventListener('abort', giveUp, { once: true });
  let until: number | undefined;

  const start = () => {
    for (const region of waiting.shift() ?? []) if (!running.has(region)) running.set(region, askOnce(clock, get, region, limits, times, abandon.signal));
    until = clock.now() + times.widenMs;
  };
  try {
    start();
    // Each turn takes an answer, starts a wave or ends: bounded by the Regions and the waves.
    for (;;) {
      const settling = answers.some(isGood);
      if (limits.signal?.aborted || (running.size === 0 && (settling || waiting.length === 0))) break;
      const patience = settling || waiting.length > 0 ? Math.max(0, (until ?? 0) - clock.now()) : undefined;
      const answer = running.size === 0 ? undefined : await firstOf(clock, [...running.values()], patience);
      if (answer) {
        running.delete(answer.region);
        answers.push(answer);
        if (isGood(answer) && !settling) until = clock.now() + times.settleMs;
      } else if (settling) break;
      else start();
    }
  } finally {
    limits.signal?.removeEventListener('abort', giveUp);
    abandon.abort();
  }
  return judge(answers);
}

async function askOnce(clock: Clock, get: Get, region: string, limits: Limits, times: AnywhereTimes, outer: AbortSignal): Promise<CopyAnswer> {
  try {
    const text = await within(region, clock, Math.min(times.answerMs, timeLeft(clock, limits)), (signal) => get(region, signal), outer);
    if (text === undefined) return { region, kind: 'none' };
    const parsed = parseManifest(text);
    return 'manifest' in parsed ? { region, kind: 'good', manifest: parsed.manifest, text } : { region, kind: 'malformed', problem: parsed.problem, revision: revisionOf(text) };
  } catch (error) {
    return { region, kind: 'failed', error };
  }
}

function judge(answers: readonly CopyAnswer[]): Anywhere {
  const best = answers.filter(isGood).reduce<GoodCopy | undefined>((one, other) => (one && one.manifest.revision >= other.manifest.revision ? one : other), undefined);
  const newer = answers.find((one): one is Extract<CopyAnswer, { kind: 'malformed' }> => one.kind === 'malformed' && best !== undefined && (one.revision ?? 0) > best.manifest.revision);
  return { best, answers, newer };
}

function isGood(answer: CopyAnswer): answer is GoodCopy {
  return answer.kind === 'good';
}

async function firstOf<T>(clock: Clock, running: readonly Promise<T>[], delayMs: number | undefined): Promise<T | undefined> {
  if (delayMs === undefined) return Promise.race(running);
  const stopTimer = new AbortController();
  try {
    return await Promise.race([...running, clock.sleep(delayMs, stopTimer.signal).then(() => undefined)]);
  } finally {
    stopTimer.abort();
  }
}
