import { DRAINED, type DrainPolicy } from '../../lag/drain';
import { CHANGE_TIMES, type ChangeTimes } from '../../routes/change';
import { SERVED_TIMES, type ServedTimes } from '../../routes/served';
import { OBSERVE_TIMES, type ObserveTimes } from '../act/observe';
import { FENCE_TIMES, type FenceTimes } from '../fence/times';

export interface SwitchoverTimes {
  readonly observe: ObserveTimes;
  readonly fence: FenceTimes;
  readonly change: ChangeTimes;
  readonly served: ServedTimes;
  /** How long routes take to spread at most; a fence stays up at least so long after they were accepted. */
  readonly propagationMs: number;
  /** How long writes are looked for in the target, from acceptance on. */
  readonly servedMs: number;
  /** How long the drain may take behind the fence, once everything was listed, unless the request says. */
  readonly waitMs: { readonly listing: number; readonly metrics: number };
  /** How often versions on their way are looked for. */
  readonly pollMs: number;
  readonly metrics: DrainPolicy;
  /** How long a version that the last look finds may take to arrive. */
  readonly lastLookMs: number;
  /** Fence and drain, while the fence is not held meanwhile. */
  readonly rounds: number;
  /** Of the register, and of other short calls. */
  readonly claimMs: number;
  /** How long the submit may take: writes are refused meanwhile. */
  readonly submitMs: number;
  /** How long a change without a last word is watched for. */
  readonly watchMs: number;
  /** Kept for taking back what was begun, whatever ended the act. */
  readonly undoMs: number;
}

export const SWITCHOVER_TIMES: SwitchoverTimes = {
  // A Region that is left must be alive, so that it is waited for.
  observe: { ...OBSERVE_TIMES, glanceMs: 6_000 },
  fence: FENCE_TIMES,
  change: CHANGE_TIMES,
  served: SERVED_TIMES,
  // SubmitMultiRegionAccessPointRoutes: "the routing configuration is applied within 2 minutes".
  propagationMs: 120_000,
  servedMs: 300_000,
  // An idle rule is known to be idle only after its metrics have been silent for five minutes.
  waitMs: { listing: 60_000, metrics: 480_000 },
  pollMs: 2_000,
  metrics: DRAINED,
  lastLookMs: 60_000,
  rounds: 3,
  claimMs: 5_000,
  submitMs: 60_000,
  watchMs: 60_000,
  undoMs: 25_000,
};
