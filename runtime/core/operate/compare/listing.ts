import { CallError } from '../../calls/call-error';
import { compareKeys } from '../key-order';
import type { Version, VersionCursor, VersionPage } from '../ports';
import { attempt, type Attempts } from './attempt';
import type { KeyRange } from './range';
import type { ComparedBucket } from './suspect';

/** Versions of one bucket's key range, page by page, the next page asked for while this one is read. */
export class Listing {
  private page: readonly Version[] = [];
  private at = 0;
  private coming: Promise<VersionPage> | undefined;
  private asked: VersionCursor | undefined;
  private lastKey: string | undefined;

  constructor(
    private readonly attempts: Attempts,
    private readonly bucket: ComparedBucket,
    private readonly range: KeyRange,
    private readonly prefix: string | undefined,
  ) {
    this.ask(range.after === undefined ? undefined : { key: range.after });
  }

  /** The next version; undefined when the page is read, or all are. */
  get head(): Version | undefined {
    return this.page[this.at];
  }

  /** Whether `turn` would bring more. */
  get more(): boolean {
    return this.coming !== undefined;
  }

  take(): Version {
    return this.page[this.at++];
  }

  /** Brings the next page, which may be empty. */
  async turn(): Promise<void> {
    const { versions, next } = await this.coming!;
    this.coming = undefined;
    this.mustAscend(versions);
    this.page = versions.filter(({ key }) => this.holds(key));
    this.at = 0;
    const ended = this.lastKey !== undefined && !this.before(this.lastKey);
    if (next && !ended) this.ask(this.mustAdvance(next));
  }

  /** S3's words leave open whether a key marker's own key comes again; it must not be counted twice. */
  private holds(key: string): boolean {
    return this.before(key) && (this.range.after === undefined || compareKeys(key, this.range.after) > 0);
  }

  private before(key: string): boolean {
    return this.range.through === undefined || compareKeys(key, this.range.through) <= 0;
  }

  private ask(after: VersionCursor | undefined): void {
    this.asked = after;
    const coming = attempt(this.attempts, this.bucket.region, (signal) => this.bucket.listVersions(signal, { prefix: this.prefix, after }));
    // Whoever turns the page hears of it; a page that nobody turns to must not end the process.
    coming.catch(() => undefined);
    this.coming = coming;
  }

  /** A merge of lists that are not in order finds what is not so. */
  private mustAscend(versions: readonly Version[]): void {
    for (const { key } of versions) {
      if (key === this.lastKey) continue;
      if (this.lastKey !== undefined && compareKeys(this.lastKey, key) > 0) throw this.garbage('keys that are not in the order of their bytes');
      this.lastKey = key;
    }
  }

  private mustAdvance(next: VersionCursor): VersionCursor {
    const asked = this.asked;
    const stands = asked !== undefined && next.key === asked.key && next.versionId === asked.versionId;
    const back = asked !== undefined && compareKeys(next.key, asked.key) < 0;
    if (stands || back) throw this.garbage('a next page that is not further on');
    return next;
  }

  private garbage(what: string): CallError {
    return new CallError({ call: 's3 ListObjectVersions', region: this.bucket.region, code: 'Garbage', status: 200, reason: `the listing has ${what}` });
  }
}
