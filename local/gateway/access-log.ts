/** One request that reached the gateway, and how it ended. */
export interface AccessLogEntry {
  readonly id: number;
  /** Milliseconds since the epoch, at arrival. */
  readonly time: number;
  readonly ms: number;
  /** ARN of the caller, as the emulator resolved it; the access key when the emulator was not asked. */
  readonly principal?: string;
  readonly service: string;
  readonly operation: string;
  readonly method: string;
  /** Region that answered, or would have. */
  readonly region?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Set for requests through an access point; `region` and `bucket` then say who served. */
  readonly accessPoint?: string;
  /** Region of the calling function, if a function of the local AWS called. */
  readonly callerRegion?: string;
  /** 0 when no answer left the gateway. */
  readonly status: number;
  readonly outcome: Outcome;
}

/**
 * `failed` is a fault's own answer; `given up` means that the client left before the answer. `landed` is a submit that
 * reached S3 apart from its connection, under the id of the request that sent it.
 */
export type Outcome = 'answered' | 'refused' | 'unanswered' | 'failed' | 'given up' | 'landed';

/** Enough for a rehearsal of several minutes; older entries are dropped. */
const CAPACITY = 50_000;

export class AccessLog {
  private readonly kept: AccessLogEntry[] = [];

  public add(entry: AccessLogEntry): void {
    this.kept.push(entry);
    if (this.kept.length > CAPACITY) this.kept.splice(0, CAPACITY / 10);
  }

  /** Entries that arrived at or after a time, oldest end first. */
  public since(time: number): AccessLogEntry[] {
    return this.kept.filter((entry) => entry.time >= time);
  }
}
