import { CallError } from '../../../../runtime/core/calls/call-error';
import { Explained } from '../../../../runtime/core/calls/explained';
import { applyRules, removeRules, type ReplicationStore } from '../../../../runtime/core/replication/apply';
import type { ReplicationConfiguration } from '../../../../runtime/core/replication/model';
import { MemoryLog } from '../../support/log';
import { seeded } from '../../support/random';
import { configuration, foreign, PREFIX, ROLE, wanted } from '../../support/replication';
import { VirtualClock } from '../../support/virtual-clock';

type Call = 'read' | 'put' | 'remove';

/** One bucket's configuration, with what each call throws in turn; the last one for ever, `undefined` for a good answer. */
class OneBucket implements ReplicationStore {
  readonly calls: { readonly call: Call; readonly at: number }[] = [];
  /** Milliseconds until a put is what is read. */
  lag = 0;
  private before: ReplicationConfiguration | undefined;
  private changedAt = -Infinity;

  constructor(
    private readonly clock: VirtualClock,
    public now?: ReplicationConfiguration,
    private readonly faults: { readonly [call in Call]?: readonly (Error | undefined)[] } = {},
    private readonly onPut: () => void = () => undefined,
  ) {}

  async read(): Promise<ReplicationConfiguration | undefined> {
    this.answer('read');
    return this.clock.now() - this.changedAt < this.lag ? this.before : this.now;
  }

  async put(_: string, next: ReplicationConfiguration): Promise<void> {
    this.onPut();
    this.answer('put');
    this.change(next);
  }

  async remove(): Promise<void> {
    this.answer('remove');
    this.change(undefined);
  }

  count(call: Call): number {
    return this.calls.filter((one) => one.call === call).length;
  }

  private change(next: ReplicationConfiguration | undefined): void {
    [this.before, this.now, this.changedAt] = [this.now, next, this.clock.now()];
  }

  private answer(call: Call): void {
    const faults = this.faults[call] ?? [];
    const fault = faults[Math.min(this.count(call), faults.length - 1)];
    this.calls.push({ call, at: this.clock.now() });
    if (fault) throw fault;
  }
}

function s3(code: string, status: number | undefined, reason: string): CallError {
  return new CallError({ call: 's3 PutBucketReplication', region: 'us-east-1', code, status, reason });
}

const NOT_THERE = s3('InvalidRequest', 400, 'Destination bucket must exist.');
const NOT_VERSIONED = s3('InvalidRequest', 400, 'Destination bucket must have versioning enabled.');
const SOURCE_NOT_VERSIONED = s3('InvalidRequest', 400, "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
const ABORTED = s3('OperationAborted', 409, 'A conflicting conditional operation is currently in progress against this resource. Please try again.');
const DENIED = s3('AccessDenied', 403, 'User: x is not authorized to perform: iam:PassRole on resource: r');
const GONE = s3('NoSuchBucket', 404, 'The specified bucket does not exist');
const DEAD = s3('ECONNREFUSED', undefined, 'connect ECONNREFUSED');

function world(options: { now?: ReplicationConfiguration; faults?: { [call in Call]?: (Error | undefined)[] }; onPut?: () => void; deadline?: number } = {}) {
  const clock = new VirtualClock();
  const store = new OneBucket(clock, options.now, options.faults, options.onPut);
  const log = new MemoryLog();
  return { clock, store, log, deps: { clock, store, log, random: seeded(3), deadline: options.deadline ?? 800_000 } };
}

describe('setting rules', () => {
  test('puts once and reads back once', async () => {
    const { clock, store, deps } = world();

    await expect(clock.run(() => applyRules(wanted(), deps))).resolves.toBe('put');

    expect(store.calls.map(({ call }) => call)).toEqual(['read', 'put', 'read']);
    expect(store.now?.Rules?.map((rule) => rule.ID)).toEqual([`${PREFIX}eu-west-1`, `${PREFIX}us-west-2`]);
  });

  test('makes no put when nothing changes', async () => {
    const { clock, store, deps } = world();
    await clock.run(() => applyRules(wanted(), deps));

    await expect(clock.run(() => applyRules(wanted(), deps))).resolves.toBe('leave');

    expect(store.count('put')).toBe(1);
  });

  test.each([
    ['a destination that does not exist yet', NOT_THERE],
    ['a destination that is not versioned yet', NOT_VERSIONED],
    ['a source that is not versioned yet', SOURCE_NOT_VERSIONED],
    ['another change under way', ABORTED],
    ['permissions that have not spread yet', DENIED],
    ['a role that S3 does not know yet', s3('InvalidArgument', 400, 'The role is not valid')],
  ])('waits for %s', async (_, error) => {
    const { clock, store, deps } = world({ faults: { put: [error, error, error, undefined] } });

    await expect(clock.run(() => applyRules(wanted(), deps))).resolves.toBe('put');

    expect(store.count('put')).toBe(4);
    expect(clock.now()).toBeGreaterThan(0);
  });

  test.each([
    ['a destination never exists', NOT_THERE, 300_000, /answered 400 InvalidRequest: Destination bucket must exist\., for \d+ s; check that media-us-east-1 and each of media-eu-west-1 \(eu-west-1\), media-us-west-2 \(us-west-2\) exists and is versioned/],
    ['a destination is never versioned', NOT_VERSIONED, 300_000, /must have versioning enabled/],
    ['the bucket is always being changed', ABORTED, 120_000, /OperationAborted.*deploy again when that is cured/],
    ['the call is not allowed', DENIED, 90_000, /belongs to 111122223333.*s3:PutReplicationConfiguration on it and from iam:PassRole on arn:aws:iam::111122223333:role\/media-us-east-1/],
  ])('fails when %s, after a bounded time, with the way out', async (_, error, bound, message) => {
    const { clock, deps } = world({ faults: { put: [error] } });

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(message);

    expect(clock.now()).toBeLessThanOrEqual(bound);
    expect(clock.now()).toBeGreaterThan(bound - 10_000);
  });

  test('fails before the deadline, whatever it waits for', async () => {
    const { clock, deps } = world({ faults: { put: [NOT_THERE] }, deadline: 20_000 });

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(/Destination bucket must exist/);

    expect(clock.now()).toBeLessThan(20_000);
  });

  test.each([
    ['the bucket is gone', GONE, /NoSuchBucket.*deploy the stack that holds the bucket first/],
    ['the Region does not answer', DEAD, /got no answer \(ECONNREFUSED: connect ECONNREFUSED\); deploy again when us-east-1 answers/],
    ['the bucket is in another Region', s3('PermanentRedirect', 301, 'use another endpoint'), /check that the bucket is in us-east-1/],
    ['S3 finds fault with the rules', s3('InvalidArgument', 400, 'Invalid ReplicaKmsKeyID ARN.'), /InvalidArgument: Invalid ReplicaKmsKeyID ARN\.; deploy again when that is cured/],
  ])('fails at once when %s', async (_, error, message) => {
    const { clock, deps } = world({ faults: { read: [error] } });

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(message);

    expect(clock.now()).toBe(0);
  });

  test('a rule that somebody adds while it waits survives', async () => {
    const added = foreign({ ID: 'added meanwhile' });
    const state: { store?: OneBucket } = {};
    const { clock, store, deps } = world({
      faults: { put: [NOT_THERE, undefined] },
      onPut: () => {
        if (state.store?.count('put') === 0) state.store.now = configuration([added]);
      },
    });
    state.store = store;

    await clock.run(() => applyRules(wanted(), deps));

    expect(store.now?.Rules?.map((rule) => rule.ID)).toEqual(['added meanwhile', `${PREFIX}eu-west-1`, `${PREFIX}us-west-2`]);
  });

  test('reads until what was put is there', async () => {
    const { clock, store, deps } = world();
    store.lag = 20_000;

    await expect(clock.run(() => applyRules(wanted(), deps))).resolves.toBe('put');

    expect(store.count('put')).toBe(1);
    expect(clock.now()).toBeGreaterThanOrEqual(20_000);
  });

  test('fails when what was put is never there, naming the rules', async () => {
    const { clock, store, deps } = world();
    store.lag = Infinity;

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(
      `reads back without '${PREFIX}eu-west-1', '${PREFIX}us-west-2'; somebody else may be changing them`,
    );

    expect(clock.now()).toBeLessThanOrEqual(60_000);
  });

  test('fails when another role is read back', async () => {
    const { clock, store, deps } = world();
    store.put = async (_, next) => void (store.now = { ...next, Role: 'arn:aws:iam::111122223333:role/other' });

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(/reads back role arn:aws:iam::111122223333:role\/other/);
  });

  test('takes what S3 adds to a rule, and another order, for the same', async () => {
    const { clock, store, deps } = world();
    store.put = async (_, next) =>
      void (store.now = {
        ...next,
        Rules: [...(next.Rules ?? [])].reverse().map((rule) => ({ ...rule, Destination: { ...rule.Destination!, StorageClass: 'STANDARD' } })),
      });

    await expect(clock.run(() => applyRules(wanted(), deps))).resolves.toBe('put');
  });

  test('fails when the plan refuses, without waiting and without a put', async () => {
    const { clock, store, deps } = world({ now: configuration([foreign()], 'arn:aws:iam::111122223333:role/other') });

    await expect(clock.run(() => applyRules(wanted(), deps))).rejects.toThrow(Explained);

    expect(clock.now()).toBe(0);
    expect(store.count('put')).toBe(0);
  });

  test('says which rules of others copy to the same bucket', async () => {
    const { clock, log, deps } = world({ now: configuration([foreign({ Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1' } })]) });

    await clock.run(() => applyRules(wanted(), deps));

    expect(log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining("rule 'archive' with priority 7 also replicates"),
    ]);
  });
});

describe('removing rules', () => {
  test('leaves rules of others as they were', async () => {
    const { clock, store, deps } = world({ now: configuration([foreign()]) });
    await clock.run(() => applyRules(wanted(), deps));

    await expect(clock.run(() => removeRules(wanted(), deps))).resolves.toBe('put');

    expect(store.now).toEqual({ Role: ROLE, Rules: [foreign()] });
  });

  test('removes a configuration that holds nothing else', async () => {
    const { clock, store, deps } = world();
    await clock.run(() => applyRules(wanted(), deps));

    await expect(clock.run(() => removeRules(wanted(), deps))).resolves.toBe('remove');

    expect(store.now).toBeUndefined();
  });

  test.each(['read', 'put', 'remove'] as const)('succeeds when the bucket is gone by the time of the %s', async (call) => {
    const { clock, store, deps } = world({ now: configuration(call === 'put' ? [foreign()] : []), faults: {} });
    await clock.run(() => applyRules(wanted(), deps));
    Object.assign(store, { [call]: () => Promise.reject(GONE) });

    await expect(clock.run(() => removeRules(wanted(), deps))).resolves.toBe('leave');
  });

  test('fails when the Region is dead, soon, and says how to go on without it', async () => {
    const { clock, deps } = world({ faults: { read: [DEAD] } });

    await expect(clock.run(() => removeRules(wanted(), deps))).rejects.toThrow(
      /rules 's3-failover-0a1b2c3d-\*' of bucket media-us-east-1 in us-east-1 could not be removed: .*ECONNREFUSED.*delete the stack with this resource retained/,
    );

    expect(clock.now()).toBe(0);
  });

  test('fails when it is never allowed, within a minute', async () => {
    const { clock, deps } = world({ now: configuration([]), faults: { read: [DENIED] } });

    await expect(clock.run(() => removeRules(wanted(), deps))).rejects.toThrow(/AccessDenied/);

    expect(clock.now()).toBeLessThan(60_000);
  });
});
