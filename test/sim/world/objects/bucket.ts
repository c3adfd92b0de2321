import { CallError } from '../../../../runtime/core/calls/call-error';
import type { RuleMetrics } from '../../../../runtime/core/lag/metrics';
import { compareKeys } from '../../../../runtime/core/operate/key-order';
import type { BucketPort, PutTextOptions, Version, VersionCursor, VersionPage } from '../../../../runtime/core/operate/ports';
import type { ReplicationConfiguration } from '../../../../runtime/core/replication/model';
import type { CallKind, Process } from '../process';
import type { Region } from '../regions';
import type { Served } from '../transport';
import type { World } from '../world';
import { bucketOf, rulesOf } from './estate';
import type { ObjectVersion } from './objects';
import type { Side } from './side';

const PAGE = 1_000;
/** Of the requests that a throttling Region gets. */
const THROTTLED = 0.7;

export type Failed = { readonly code: string; readonly status: number };
type Answer<T> = { readonly done: T } | Failed;
/** What a request touches: with its key out of reach a bucket can still be listed. */
type Touch = 'objects' | 'bucket';

const REFUSED: Failed = { code: 'AccessDenied', status: 403 };

/** One process's way to one Region's bucket. */
export class SimBucket implements BucketPort {
  readonly name: string;

  constructor(
    private readonly world: World,
    private readonly side: Side,
    private readonly process: Process,
    readonly region: string,
  ) {
    this.name = bucketOf(region);
  }

  probe(signal: AbortSignal) {
    return this.call('read bucket', 'HeadBucket', 'bucket', signal, () => ({ done: { serverTime: Math.floor(this.side.wall() / 1_000) * 1_000 } }));
  }

  putText(key: string, text: string, signal: AbortSignal, { ifAbsent = false }: PutTextOptions = {}) {
    return this.call<{ versionId: string }>('write bucket', 'PutObject', 'objects', signal, () => {
      if (this.side.denies(this.region, 's3:PutObject', key)) return REFUSED;
      const [current] = this.side.objects.stack(this.region, key);
      if (ifAbsent && current && !current.deleteMarker) return { code: 'PreconditionFailed', status: 412 };
      return { done: { versionId: this.side.objects.write(this.region, key, text).versionId } };
    });
  }

  getText(key: string, signal: AbortSignal) {
    return this.call<string | undefined>('read bucket', 'GetObject', 'objects', signal, () => {
      const [current] = this.side.objects.stack(this.region, key);
      return { done: current && !current.deleteMarker ? current.text : undefined };
    });
  }

  listKeys(prefix: string, signal: AbortSignal, after = '') {
    return this.call<{ keys: string[]; more: boolean }>('read bucket', 'ListObjectsV2', 'bucket', signal, () => {
      const current = new Map<string, ObjectVersion>();
      for (const version of this.side.objects.list(this.region, prefix)) if (!current.has(version.key)) current.set(version.key, version);
      const keys = [...current.values()].filter(({ key, deleteMarker }) => !deleteMarker && compareKeys(key, after) > 0).map(({ key }) => key);
      return { done: { keys: keys.slice(0, PAGE), more: keys.length > PAGE } };
    });
  }

  removeVersion(key: string, versionId: string, signal: AbortSignal) {
    return this.call<void>('write bucket', 'DeleteObject', 'objects', signal, () => {
      if (this.side.denies(this.region, 's3:DeleteObjectVersion', key)) return REFUSED;
      this.side.objects.find(this.region, key, versionId)?.removed.add(this.region);
      return { done: undefined };
    });
  }

  /** What a client's own bulk removal does. */
  removeAll(prefix: string, signal: AbortSignal) {
    return this.call<readonly string[]>('write bucket', 'DeleteObjects', 'objects', signal, () => {
      for (const version of this.side.objects.list(this.region, prefix)) version.removed.add(this.region);
      return { done: [] };
    });
  }

  readPolicy(signal: AbortSignal) {
    return this.call<string | undefined>('read bucket', 'GetBucketPolicy', 'bucket', signal, () => ({ done: this.side.policy(this.region).read() }));
  }

  putPolicy(text: string, signal: AbortSignal) {
    return this.call<void>('write bucket', 'PutBucketPolicy', 'bucket', signal, () => ({ done: this.side.putPolicy(this.process, this.region, text) }));
  }

  removePolicy(signal: AbortSignal) {
    return this.call<void>('write bucket', 'DeleteBucketPolicy', 'bucket', signal, () => ({ done: this.side.putPolicy(this.process, this.region, undefined) }));
  }

  listVersions(signal: AbortSignal, { prefix = '', after, most = PAGE }: { readonly prefix?: string; readonly after?: VersionCursor; readonly most?: number } = {}) {
    return this.call<VersionPage>('read bucket', 'ListObjectVersions', 'bucket', signal, () => {
      const all = this.side.objects.list(this.region, prefix);
      const from = after === undefined ? 0 : all.findIndex((one) => this.comesAfter(one, after));
      const page = from < 0 ? [] : all.slice(from, from + most);
      const last = page.at(-1);
      const more = from >= 0 && from + most < all.length && last !== undefined;
      return { done: { versions: page.map((one, index) => this.told(one, this.isNewest(one, all[from + index - 1]))), ...(more && { next: { key: last.key, versionId: last.versionId } }) } };
    });
  }

  headVersion(key: string, versionId: string, signal: AbortSignal) {
    return this.call('read bucket', 'HeadObject', 'objects', signal, () => {
      const version = this.side.objects.find(this.region, key, versionId);
      return { done: version && { replicationStatus: this.side.objects.stateIn(this.region, version), deleteMarker: version.deleteMarker } };
    });
  }

  listUploads(signal: AbortSignal) {
    return this.call('read bucket', 'ListMultipartUploads', 'bucket', signal, () => ({ done: { uploads: [], more: false } }));
  }

  /** A client's write at its own side of the network: as any other's, and acknowledged. */
  clientPut(key: string, text: string | undefined, signal: AbortSignal) {
    return this.call<string>('write bucket', text === undefined ? 'DeleteObject' : 'PutObject', 'objects', signal, () => {
      if (this.side.denies(this.region, text === undefined ? 's3:DeleteObject' : 's3:PutObject', key)) return REFUSED;
      return { done: this.side.objects.write(this.region, key, text).versionId };
    });
  }

  /** Whether one bucket took a write, has a copy, or neither. */
  whatOf(key: string, versionId: string, signal: AbortSignal) {
    return this.call<'origin' | 'replica' | 'none'>('read bucket', 'HeadObject', 'objects', signal, () => {
      const version = this.side.objects.find(this.region, key, versionId);
      return { done: version ? (version.region === this.region ? 'origin' : 'replica') : 'none' };
    });
  }

  replication(signal: AbortSignal) {
    return this.call<ReplicationConfiguration>('read bucket', 'GetBucketReplication', 'bucket', signal, () => ({ done: rulesOf(this.region, this.world.plan.data) }));
  }

  /** CloudWatch of the Region: S3 is silent, as about idle rules. */
  metrics(signal: AbortSignal) {
    return this.call<readonly RuleMetrics[]>('read bucket', 'GetMetricData', 'bucket', signal, () => ({ done: [] }));
  }

  private comesAfter(one: ObjectVersion, after: VersionCursor): boolean {
    const order = compareKeys(one.key, after.key);
    if (order !== 0) return order > 0;
    if (after.versionId === undefined) return false;
    const stack = this.side.objects.stack(this.region, one.key);
    const marker = stack.findIndex(({ versionId }) => versionId === after.versionId);
    return stack.indexOf(one) > marker;
  }

  private isNewest(one: ObjectVersion, before: ObjectVersion | undefined): boolean {
    return before?.key !== one.key;
  }

  private told({ key, versionId, deleteMarker, modifiedAt, text, number }: ObjectVersion, current: boolean): Version {
    return { key, versionId, current, deleteMarker, modifiedAt, ...(!deleteMarker && { size: text.length, etag: `"${number}"` }) };
  }

  private call<T>(kind: CallKind, what: string, touch: Touch, signal: AbortSignal, serve: () => Answer<T>): Promise<T> {
    const { world, process } = this;
    const region = world.region(this.region);
    return new Promise((resolve, reject) =>
      world.transport.carry<Answer<T>>({
        process,
        call: kind,
        to: this.region,
        signal,
        door: () => (region.storage === 'refusing' || region.storage === 'silent' ? region.storage : 'open'),
        serve: () => this.serve(region, touch, serve),
        end: (answer, lost) => {
          if (answer && 'done' in answer) return resolve(answer.done);
          const failed = answer ?? { code: lost === 'given up' ? 'AbortError' : lost === 'refused' ? 'ECONNREFUSED' : 'TimeoutError', status: undefined };
          reject(new CallError({ call: `s3 ${what}`, region: this.region, code: failed.code, status: failed.status, reason: 'simulated' }));
        },
      }),
    );
  }

  private serve<T>(region: Region, touch: Touch, serve: () => Answer<T>): Served<Answer<T>> {
    const { world, process, side } = this;
    const failed = (code: string, status: number): Served<Answer<T>> => ({ kind: 'answer', value: { code, status } });
    if (world.expired.has(process.kind)) return failed('ExpiredToken', 400);
    switch (region.storage) {
      case 'failing':
        return failed('ServiceUnavailable', 503);
      case 'forbidden':
        return failed('AccessDenied', 403);
      case 'keyless':
        if (touch === 'objects') return failed('KMS.DisabledException', 400);
        break;
      case 'keys failing':
        if (touch === 'objects') return failed('KMS.InternalFailureException', 500);
        break;
      case 'throttling':
        if (side.random.chance(THROTTLED)) return failed('SlowDown', 503);
        break;
      case 'slow':
        return { kind: 'answer', value: serve(), afterMs: world.slowMs() };
    }
    return { kind: 'answer', value: serve() };
  }
}
