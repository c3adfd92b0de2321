import { Metric } from '../../../../lib/private/controller-contract';
import type { ActReport } from '../act';
import type { Decision } from '../decide';
import type { Figures } from '../figures';
import type { Policy } from '../policy';
import type { Reason } from '../reasons';
import type { View } from '../view';

/** One value of one metric. All have the controller's name as a dimension besides these. */
export interface Sample {
  readonly name: (typeof Metric)[keyof typeof Metric];
  readonly value: number;
  readonly unit: 'Count' | 'Seconds';
  readonly dimensions: { readonly Region?: string; readonly Reason?: Reason };
}

/** Holds while nothing is wrong, or while somebody is at work. */
const ALL_IS_WELL: readonly Reason[] = ['healthy', 'no voter', 'no register yet', 'vetoes not asked', 'act under way'];

/** What a voter publishes whether or not anything happens, zeros included: what is missing is not known, and alarms take it so. */
export function samplesOf(view: View, { intended, drift, brakeOn, voters, healthy, disputed, misconfigured }: Figures, { order }: Policy): Sample[] {
  const samples: Sample[] = [count(Metric.VOTERS_FRESH, voters.length), count(Metric.FAILOVER_COUNT, 0)];
  if (brakeOn !== undefined) samples.push(count(Metric.BRAKE_ON, Number(brakeOn)));
  if (drift !== undefined) samples.push(count(Metric.DRIFT, Number(drift)));
  if (intended) samples.push(...order.map((region) => count(Metric.ACTIVE_REGION, Number(intended.includes(region)), { Region: region })));
  // Who hears nobody, itself included, cannot tell how a Region is.
  if (view.reports.length > 0) {
    samples.push(count(Metric.HEALTHY_REGIONS, healthy.length), count(Metric.DISPUTED, disputed.length), count(Metric.MISCONFIGURED, misconfigured.length));
    samples.push(...order.map((region) => count(Metric.REGION_HEALTH, Number(healthy.includes(region)), { Region: region })));
  }
  return [...samples, ...lagSamples(view, intended, order)];
}

/** The active Region is behind nobody. */
function lagSamples({ lag }: View, intended: readonly string[] | undefined, order: readonly string[]): Sample[] {
  if (!intended) return [];
  return order.flatMap((region): Sample[] => {
    const lagMs = intended.includes(region) ? 0 : lag[region]?.lagMs;
    return lagMs === undefined ? [] : [{ name: Metric.REPLICATION_LAG, value: Math.round(lagMs / 1000), unit: 'Seconds', dimensions: { Region: region } }];
  });
}

/** Of a decision that held although something is wrong; a brake is something wrong only while it keeps from something. */
export function heldSamples({ action, reason }: Decision, figures: Figures | undefined): Sample[] {
  if (action !== 'hold' && action !== 'alarm') return [];
  if (ALL_IS_WELL.includes(reason)) return [];
  if (reason === 'paused' && figures && figures.drift !== true && figures.intended?.every((region) => figures.healthy.includes(region))) return [];
  return [count(Metric.DECISION_HELD, 1, { Reason: reason })];
}

/** Each failover or failback counts once, when it is known to be done: by whoever began it, or by who finished it. The others count what they see. */
export function actSamples({ kind, state }: ActReport): Sample[] {
  return state === 'done' && (kind === 'failover' || kind === 'failback') ? [moveSample()] : [];
}

/** A failover or failback that was carried out. */
export function moveSample(): Sample {
  return count(Metric.FAILOVER_COUNT, 1);
}

function count(name: Sample['name'], value: number, dimensions: Sample['dimensions'] = {}): Sample {
  return { name, value, unit: 'Count', dimensions };
}
