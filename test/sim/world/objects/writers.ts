import type { Stream } from '../random';
import type { Time } from '../time';
import type { ObjectVersion } from './objects';
import type { Side } from './side';

/** Few, so that writes in two Regions supersede each other. */
const KEYS = 12;
const DELETES = 0.08;

/** What applications wrote and were told is safe. */
export class Writers {
  readonly acknowledged: ObjectVersion[] = [];
  /** Writes that a policy refused, by Region: when the last one was. */
  readonly refusedAt = new Map<string, number>();

  constructor(
    private readonly time: Time,
    private readonly side: Side,
    private readonly random: Stream,
  ) {}

  /** One write to a Region that serves: acknowledged, or refused by the policy of its bucket. */
  write(region: string): 'acknowledged' | 'refused' {
    const key = `key-${this.random.below(KEYS)}`;
    const text = this.random.chance(DELETES) ? undefined : 'x';
    if (this.side.denies(region, text === undefined ? 's3:DeleteObject' : 's3:PutObject', key)) {
      this.refusedAt.set(region, this.time.now);
      return 'refused';
    }
    this.acknowledged.push(this.side.objects.write(region, key, text));
    return 'acknowledged';
  }

  /** Acknowledged by then, and not in a Region now. */
  missing(region: string, before = this.time.now): readonly ObjectVersion[] {
    return this.acknowledged.filter((version) => version.at <= before && !this.side.objects.has(region, version));
  }

  /**
   * Acknowledged writes of one of two Regions that a write of the other one replaced, made before they had arrived there. Delete markers
   * are left out: S3 does not tell who wrote one.
   */
  superseded([a, b]: readonly [string, string]): readonly { readonly older: ObjectVersion; readonly newer: ObjectVersion }[] {
    const { objects } = this.side;
    const found: { older: ObjectVersion; newer: ObjectVersion }[] = [];
    const last = new Map<string, ObjectVersion>();
    for (const newer of this.acknowledged) {
      const older = last.get(newer.key);
      last.set(newer.key, newer);
      if (!older || older.region === newer.region || ![a, b].includes(older.region) || ![a, b].includes(newer.region)) continue;
      if (older.deleteMarker || newer.deleteMarker) continue;
      if (older.arrives[objects.regions.indexOf(newer.region)] > newer.at) found.push({ older, newer });
    }
    return found;
  }
}
