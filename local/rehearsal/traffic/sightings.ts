import type { Clock } from '../engine/clock';
import { limited, reasonOf, sleep } from '../engine/wait';
import type { Estate } from '../estate/estate';
import type { Ledger } from './ledger';
import { PREFIX } from './load';

/** How many acknowledged writes one Region lacked at one moment; undefined where the Region did not answer. */
export interface BacklogSample {
  readonly at: number;
  readonly region: string;
  readonly missing: number | undefined;
}

/** After this long a Region has given no answer. */
const LIST_TIMEOUT_MS = 3_000;

/** Looks into every bucket about once a second and remembers when each write was first seen in each Region. */
export class Sightings {
  public readonly samples: BacklogSample[] = [];
  /** Region to write id to the time of the first listing that held it. */
  public readonly firstSeen: ReadonlyMap<string, Map<number, number>>;
  private readonly ending = new AbortController();
  private loop: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly estate: Estate,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly regions: readonly string[],
  ) {
    this.firstSeen = new Map(regions.map((region) => [region, new Map()]));
  }

  public start(everyMs: number): void {
    // Each Region at its own pace: a dead one must not hold up what is known of the others.
    const watch = async (region: string): Promise<void> => {
      while (!this.ending.signal.aborted) {
        await this.look(region, this.ending.signal);
        await sleep(everyMs, this.ending.signal);
      }
    };
    this.loop = Promise.allSettled(this.regions.map(watch));
  }

  public async stop(): Promise<void> {
    this.ending.abort();
    await this.loop;
  }

  /**
   * Lists one Region now and answers with the acknowledged writes that it lacks; undefined where it gave no answer.
   * Only writes acknowledged before the listing began count: a later one may have missed the listing by its timing.
   */
  public async look(region: string, signal: AbortSignal): Promise<number[] | undefined> {
    const before = this.ledger.acknowledged.map((write) => write.id);
    const askedAt = this.clock();
    const seen = this.firstSeen.get(region)!;
    try {
      const versions = await limited([signal], LIST_TIMEOUT_MS, (limit) => this.estate.list(region, PREFIX, limit));
      const at = this.clock();
      for (const version of versions) {
        const id = this.ledger.idOf(version.key, version.etag);
        if (id !== undefined && !seen.has(id)) seen.set(id, at);
      }
    } catch {
      if (signal.aborted) throw reasonOf(signal);
      this.samples.push({ at: askedAt, region, missing: undefined });
      return undefined;
    }
    const missing = before.filter((id) => !seen.has(id));
    this.samples.push({ at: askedAt, region, missing: missing.length });
    return missing;
  }
}
