import type { AlarmState } from '../world/alarms';
import type { Lie } from '../world/prober';
import type { Control, Storage } from '../world/regions';

/** Something wrong for a while, as plain data: what a failing seed prints, and what shrinking takes away. */
export type Episode = { readonly at: number; readonly forMs: number } & (
  | { readonly kind: 'region dead'; readonly region: string }
  | { readonly kind: 'storage'; readonly region: string; readonly state: Storage }
  | { readonly kind: 'endpoint'; readonly region: string; readonly state: Control }
  | { readonly kind: 'table replica lost'; readonly region: string }
  | { readonly kind: 'no runs start'; readonly region: string }
  | { readonly kind: 'cut'; readonly from: string; readonly to: string; readonly bothWays: boolean }
  | { readonly kind: 'partition'; readonly side: readonly string[] }
  | { readonly kind: 'lie'; readonly observer: string; readonly lie: Lie }
  | { readonly kind: 'blind'; readonly observer: string; readonly reason: string }
  /** All observers of a Region, or one observer of all Regions, or all of all, lose probes together. */
  | { readonly kind: 'noise'; readonly of: string; readonly probability: number }
  /** Runs that start meanwhile are of another version and policy. */
  | { readonly kind: 'other version'; readonly observer: string }
  /** Applications are at rest: what they wrote is replicated to its end. */
  | { readonly kind: 'nobody writes' }
  /** Of an alarm that may hold an act. */
  | { readonly kind: 'alarm'; readonly region: string; readonly name: string; readonly state: AlarmState }
  | { readonly kind: 'all frozen'; readonly region: string }
  /** A person with the break-glass card: one bare submit, and no word to anybody. */
  | { readonly kind: 'card'; readonly target: string; readonly endpoint: string }
  /** Somebody writes a bucket's policy anew, and with it over any fence. */
  | { readonly kind: 'policy written'; readonly region: string }
  /** The credentials of everybody who acts by hand are too old. */
  | { readonly kind: 'credentials expired' }
  | { readonly kind: 'person'; readonly verb: Verb; readonly region: string; /** Ctrl-C so long after the beginning. */ readonly interruptedAfterMs?: number }
);

/** What a person does through the command: to steer the controller, or to act. */
export type Verb = Steering | Acting;
export type Steering = 'pause' | 'resume' | 'exclude' | 'include' | 'lift' | 'failover';
/** The whole of each verb, which needs buckets. */
export type Acting =
  | 'forced failover'
  | 'switchover'
  | 'forced switchover'
  | 'switchover without a fence'
  | 'routes set'
  | 'fence lift'
  | 'forced fence lift'
  | 'reconcile'
  | 'quarantine lift';

export type EpisodeKind = Episode['kind'];

/** Of noise that every observer meets in every Region, and at the same time. */
export const EVERYWHERE = 'everywhere';

/** Longer than any schedule: for good. */
export const FOR_GOOD = 1e9;

export function describeEpisode(episode: Episode): string {
  const { kind, at, forMs, ...rest } = episode;
  const what = Object.entries(rest).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join('+') : String(value)}`);
  const long = kind === 'card' || kind === 'person' || kind === 'policy written' ? '' : forMs >= FOR_GOOD ? ' for good' : ` for ${(forMs / 1000).toFixed(0)} s`;
  return `${clock(at)} ${kind}${long}${what.length > 0 ? `: ${what.join(', ')}` : ''}`;
}

/** Simulated time as minutes and seconds. */
export function clock(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes).padStart(2, '0')}:${(seconds - minutes * 60).toFixed(3).padStart(6, '0')}`;
}
