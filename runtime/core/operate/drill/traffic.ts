import type { Clock } from '../../ports';
import { CallError } from '../../calls/call-error';
import { within } from '../../calls/side-by-side';
import type { Buckets } from '../ports';
import { DRILL_PREFIX } from './prefix';
import type { BacklogSample, DrillClient, DrillRead, DrillWrite } from './recording';

/** Requests under way at once: a silent Region holds every one of them for its whole time. */
const MOST_IN_FLIGHT = 50;
/** A reader looks at one of the newest objects, as an application would. */
const READ_WINDOW = 20;
/** Pages of one look into a bucket, of 1000 versions each: hours of writes at the highest rate. */
const MOST_PAGES = 20;
/** Looks for the bucket that took a write, a moment apart: a Region that is slow to answer gets a second chance. */
const MOST_LOOKS = 3;

export interface TrafficTimes {
  readonly writeEveryMs: number;
  readonly readEveryMs: number;
  /** After this long without an answer a request has failed. */
  readonly requestMs: number;
  readonly lookEveryMs: number;
}

export const TRAFFIC_TIMES: TrafficTimes = { writeEveryMs: 500, readEveryMs: 1_000, requestMs: 3_000, lookEveryMs: 2_000 };

/**
 * A few writes and reads a second through the access point, and looks into every bucket.
 *
 * Requests start on a fixed beat, whether or not earlier ones have been answered: waiting for answers would make an outage
 * look like a few slow requests.
 */
export class DrillTraffic {
  readonly writes: DrillWrite[] = [];
  readonly reads: DrillRead[] = [];
  readonly backlog: BacklogSample[] = [];
  readonly prefix: string;
  private readonly stopping = new AbortController();
  private readonly ending = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  /** Region to version ids that were seen there. */
  private readonly seen = new Map<string, Set<string>>();
  private beats: Promise<void>[] = [];
  private count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly client: DrillClient,
    private readonly buckets: Buckets,
    private readonly regions: readonly string[],
    runId: string,
    private readonly times: TrafficTimes = TRAFFIC_TIMES,
  ) {
    this.prefix = `${DRILL_PREFIX}${runId}/`;
    for (const region of regions) this.seen.set(region, new Set());
  }

  start(): void {
    this.beats = [
      this.every(this.times.writeEveryMs, () => this.launch(() => this.write())),
      this.every(this.times.readEveryMs, () => this.launch(() => this.read())),
      // Each Region at its own pace: a dead one must not hold up what is known of the others.
      ...this.regions.map((region) => this.every(this.times.lookEveryMs, () => this.look(region))),
    ];
  }

  /** Starts nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.beats);
    await Promise.all(this.underWay);
    this.ending.abort();
  }

  get acknowledged(): readonly DrillWrite[] {
    return this.writes.filter((write) => write.outcome === 'acknowledged');
  }

  /** Looks into one Region's bucket now, and gives the keys of acknowledged writes that it lacks; undefined without an answer. */
  async look(region: string): Promise<readonly string[] | undefined> {
    // Only what was acknowledged before the look counts: a later one may have missed it by its timing.
    const before = this.acknowledged;
    const at = this.clock.now();
    const seen = this.seen.get(region)!;
    try {
      await within(region, this.clock, this.times.requestMs, async (signal) => {
        let after;
        for (let page = 0; page < MOST_PAGES; page++) {
          const { versions, next } = await this.buckets(region).listVersions(signal, { prefix: this.prefix, after });
          for (const version of versions) seen.add(version.versionId);
          if (!next) return;
          after = next;
        }
      });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.backlog.push({ at, region, missing: undefined });
      return undefined;
    }
    const missing = before.filter((write) => !seen.has(write.versionId!)).map((write) => write.key);
    this.backlog.push({ at, region, missing: missing.length });
    return missing;
  }

  private async every(milliseconds: number, act: () => unknown): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await act();
      await this.clock.sleep(milliseconds, this.stopping.signal);
    }
  }

  private launch(request: () => Promise<void>): void {
    if (this.underWay.size >= MOST_IN_FLIGHT) return;
    const running: Promise<void> = request().finally(() => this.underWay.delete(running));
    this.underWay.add(running);
  }

  private async write(): Promise<void> {
    const key = `${this.prefix}${String(++this.count).padStart(6, '0')}`;
    const at = this.clock.now();
    try {
      const versionId = await within('the access point', this.clock, this.times.requestMs, (signal) => this.client.write(key, signal));
      const write: DrillWrite = { key, at, endedAt: this.clock.now(), outcome: 'acknowledged', versionId };
      this.writes.push(write);
      this.writes[this.writes.indexOf(write)] = { ...write, ...(await this.origin(key, versionId)) };
    } catch (error) {
      this.writes.push({ key, at, endedAt: this.clock.now(), outcome: 'failed', error: shortReason(error) });
    }
  }

  private async read(): Promise<void> {
    const window = this.acknowledged.slice(-READ_WINDOW);
    if (window.length === 0) return;
    // A stride that shares no factor with the window visits all of it without favouring the newest.
    const { key } = window[(this.reads.length * 7) % window.length];
    const at = this.clock.now();
    try {
      const outcome = await within('the access point', this.clock, this.times.requestMs, (signal) => this.client.read(key, signal));
      this.reads.push({ key, at, endedAt: this.clock.now(), outcome });
    } catch (error) {
      this.reads.push({ key, at, endedAt: this.clock.now(), outcome: 'failed', error: shortReason(error) });
    }
  }

  /** The Region whose copy is no replica. Asks every Region at once, and waits for no other when one has it. */
  private async origin(key: string, versionId: string): Promise<Pick<DrillWrite, 'by' | 'unseen'>> {
    let unseen = 'no bucket has it';
    for (let look = 0; look < MOST_LOOKS; look++) {
      const found = await new Promise<string | undefined>((resolve) => {
        const ask = async (region: string): Promise<void> => {
          try {
            const copy = await within(region, this.clock, this.times.requestMs, (signal) => this.client.find({ key, versionId }, region, signal));
            if (copy !== 'none') this.seen.get(region)?.add(versionId);
            if (copy === 'origin') resolve(region);
          } catch (error) {
            unseen = `${region}: ${shortReason(error)}`;
          }
        };
        void Promise.all(this.regions.map(ask)).then(() => resolve(undefined));
      });
      if (found !== undefined) return { by: found };
      if (this.ending.signal.aborted) break;
      await this.clock.sleep(this.times.lookEveryMs, this.ending.signal);
    }
    return { unseen };
  }
}

/** The service's code, or the network's. */
function shortReason(error: unknown): string {
  const { code, name, $metadata } = error as { code?: unknown; name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const word = typeof code === 'string' ? code : (name ?? 'Error');
  return status === undefined ? word : `${status} ${word}`;
}
