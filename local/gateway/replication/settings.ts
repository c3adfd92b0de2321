/** How replication behaves between two Regions. */
export interface DirectionSettings {
  /** Milliseconds between the write and its replica. */
  readonly lagMs: number;
  readonly paused: boolean;
}

/** A change of settings; without `source` or `destination` it covers every Region there. */
export interface SettingsChange extends Partial<DirectionSettings> {
  readonly source?: string;
  readonly destination?: string;
}

/** Long enough that PENDING can be seen, short enough that nobody waits for it. */
export const DEFAULT_SETTINGS: DirectionSettings = { lagMs: 250, paused: false };

/** Settings per direction. A later change wins over an earlier one wherever both cover a direction. */
export class ReplicationSettings {
  private changes: SettingsChange[] = [];

  public set(change: SettingsChange): void {
    // An earlier change of the same Regions is merged, so that the list stays as short as the directions are few.
    const same = this.changes.find((earlier) => earlier.source === change.source && earlier.destination === change.destination);
    this.changes = [...this.changes.filter((earlier) => earlier !== same), { ...same, ...defined(change) }];
  }

  public of(source: string | null, destination: string | null): DirectionSettings {
    return this.changes
      .filter((change) => covers(change.source, source) && covers(change.destination, destination))
      .reduce<DirectionSettings>((settings, { lagMs, paused }) => ({ ...settings, ...defined({ lagMs, paused }) }), DEFAULT_SETTINGS);
  }
}

function covers(wanted: string | undefined, region: string | null): boolean {
  return wanted === undefined || wanted === region;
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
