import type { Context } from 'aws-lambda';
import { OBSERVER_RUN_MS, OBSERVER_SETTINGS } from '../../lib/private/controller-contract';
import { version } from '../../package.json';
import { ACT_DEADLINE_MS } from '../core/controller/policy';
import { parseObserverSettings } from '../core/controller/observer-settings';
import { observe } from '../core/controller/tick';
import { lambdaLog } from './log';
import { openWorld } from './observer-world';

/** Kept back of the function's time beside an act: to settle it, and to close. */
const ENDING_MS = 8_000;
/** Time of day and monotonic clock part by more only when the machine stood still. */
const STOOD_STILL_MS = 2_000;

/** Only the first run of a machine has a cold start behind it. Nothing else outlives a run. */
let startedColdMs: number | undefined = performance.now();

/**
 * Entry of an observer's function, begun once a minute by a schedule, without retries. See README.md in this folder for its calls,
 * and for what a machine that stands still between two runs means.
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const log = lambdaLog(context);
  const coldMs = startedColdMs ?? 0;
  startedColdMs = undefined;
  try {
    const settings = parseObserverSettings(process.env[OBSERVER_SETTINGS], process.env.AWS_REGION);
    const { world, close } = openWorld(settings, log);
    const stop = new AbortController();
    const isSame = machineThatRuns();
    try {
      const { role, region, policy } = settings;
      log.info('observing', { role, region, policy: policy.hash, code: version, coldMs: Math.round(coldMs) });
      await observe({ world, policy, self: { role, region }, code: version }, runMs(coldMs, context), stop.signal, (ticked) => {
        if (ticked.kind === 'superseded') log.info('a later run has taken over');
        if (isSame()) return;
        log.warn('this machine stood still, so that this run ends: what it remembers may be older than it knows');
        stop.abort();
      });
    } finally {
      stop.abort();
      close();
    }
  } catch (error) {
    log.error('the observer cannot work', { error });
    throw error;
  }
}

/** A run, or what the function's time-out leaves when an act is still to end within it. */
function runMs(coldMs: number, context: Pick<Context, 'getRemainingTimeInMillis'>): number {
  return Math.max(0, Math.min(OBSERVER_RUN_MS - coldMs, context.getRemainingTimeInMillis() - ACT_DEADLINE_MS - ENDING_MS));
}

/** Whether the two clocks have gone side by side since: the monotonic one stands still with its machine. */
function machineThatRuns(): () => boolean {
  const between = () => Date.now() - performance.now();
  const began = between();
  return () => between() - began < STOOD_STILL_MS;
}
