import type { Place } from './task';

/** Some of the writes take longer, and so arrive out of order. */
export interface Tail {
  /** Share of the writes, 0 to 1. */
  readonly share: number;
  /** Milliseconds that they take, at least. */
  readonly ms: number;
  /** Shape of a Pareto distribution above `ms`: 1 is very heavy, 3 is light. @default - all take just `ms` */
  readonly shape?: number;
}

/** Some of the writes fail for good, although nothing is wrong with roles and buckets. */
export interface Failing {
  /** Pattern of their keys, `*` for anything. */
  readonly keys: string;
  /** Share of them, 0 to 1. */
  readonly rate: number;
  /** One of S3's replication failure reasons. */
  readonly code: string;
}

/** How replication behaves from one bucket to another. */
export interface DirectionSettings {
  /** Milliseconds between the write and its replica. */
  readonly lagMs: number;
  readonly paused: boolean;
  readonly tail: Tail | null;
  readonly fail: Failing | null;
  /** Of what is left to chance by `tail` and `fail`. */
  readonly seed: number;
}

/** A change of settings. */
export interface SettingsChange extends Partial<Omit<DirectionSettings, 'fail'>> {
  /** Region, or bucket, that is replicated from. @default - all */
  readonly source?: string;
  /** Region, or bucket, that is replicated to. @default - all */
  readonly destination?: string;
  /** `null` ends it. Without `keys` every key, without `rate` all of them. */
  readonly fail?: Partial<Failing> | null;
}

/** Long enough that PENDING can be seen, short enough that nobody waits for it. */
export const DEFAULT_SETTINGS: DirectionSettings = { lagMs: 250, paused: false, tail: null, fail: null, seed: 1 };
export const DEFAULT_FAILING: Failing = { keys: '*', rate: 1, code: 'DstPutObjectNotPermitted' };

/** Settings per direction. A later change wins over an earlier one wherever both cover a direction. */
export class ReplicationSettings {
  private changes: SettingsChange[] = [];

  public set(change: SettingsChange): void {
    // An earlier change of the same ends is merged, so that the list stays as short as the directions are few.
    const same = this.changes.find((earlier) => earlier.source === change.source && earlier.destination === change.destination);
    this.changes = [...this.changes.filter((earlier) => earlier !== same), { ...same, ...defined(change) }];
  }

  public of({ source, destination }: { readonly source: Place; readonly destination: Place }): DirectionSettings {
    return this.changes
      .filter((change) => covers(change.source, source) && covers(change.destination, destination))
      .reduce<DirectionSettings>((settings, { lagMs, paused, tail, fail, seed }) => ({
        ...settings, ...defined({ lagMs, paused, tail, seed, fail: fail ? { ...DEFAULT_FAILING, ...fail } : fail }),
      }), DEFAULT_SETTINGS);
  }
}

/** Whether a Region or bucket, or nothing for all, means this one. */
export function covers(wanted: string | undefined, { bucket, region }: Place): boolean {
  return wanted === undefined || wanted === region || wanted === bucket;
}

/** Without what is undefined, so that it may be spread over what is there. */
export function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
