import type { Place } from './task';

/** How replication behaves from one bucket to another. */
export interface DirectionSettings {
  /** Milliseconds between the write and its replica. */
  readonly lagMs: number;
  readonly paused: boolean;
}

/** A change of settings. */
export interface SettingsChange extends Partial<DirectionSettings> {
  /** Region, or bucket, that is replicated from. @default - all */
  readonly source?: string;
  /** Region, or bucket, that is replicated to. @default - all */
  readonly destination?: string;
}

/** Long enough that PENDING can be seen, short enough that nobody waits for it. */
export const DEFAULT_SETTINGS: DirectionSettings = { lagMs: 250, paused: false };

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
      .reduce<DirectionSettings>((settings, { lagMs, paused }) => ({ ...settings, ...defined({ lagMs, paused }) }), DEFAULT_SETTINGS);
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
