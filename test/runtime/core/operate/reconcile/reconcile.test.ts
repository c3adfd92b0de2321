import { CallError } from '../../../../../runtime/core/calls/call-error';
import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { watermarkKey } from '../../../../../runtime/core/operate/reconcile/watermark';
import { HERE, MINUTE, Night, SECOND, THERE, THIRD, told } from './support';

const stillHeld = async (night: Night) => quarantined((await night.clock.run(() => night.history.read())).records).map(({ region }) => region);

describe('after a failover, when everything has arrived', () => {
  test('is clean, and ends the quarantine of the Region that was left', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.failover();
    await night.there.clientPut('b', 'x');
    await night.clock.pass(10 * SECOND);
    expect(await stillHeld(night)).toEqual([HERE]);
    const report = await night.reconcile();
    expect(report).toMatchObject({ outcome: 'clean', lifted: [HERE], held: [] });
    expect(report.sentence).toBe('clean: us-east-1 and us-west-2 owe each other nothing; the quarantine of us-east-1 ends');
    expect(report.pairs[0]).toMatchObject({ keys: 2, versions: { [HERE]: 2, [THERE]: 2 } });
    expect(await stillHeld(night)).toEqual([]);
  });

  test('leaves a watermark in both buckets, and uses it the next time', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.reconcile();
    for (const bucket of [night.here, night.there]) expect(JSON.parse(bucket.stack(watermarkKey(HERE, THERE))[0].text)).toMatchObject({ from: HERE, to: THERE, at: '2026-11-24T03:00:59.040Z', by: 'reconcile' });
    const { job } = await night.plan();
    expect(job.pairs[0].since).toEqual({ at: Date.parse('2026-11-24T03:00:59.040Z'), from: 'watermark' });
    expect((await night.plan({ full: true })).job.pairs[0].since).toBeUndefined();
  });

  test('leaves nothing behind in a dry run', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.failover();
    await night.clock.pass(MINUTE);
    const before = [night.here, night.there].map((bucket) => bucket.all.length);
    const report = await night.reconcile({}, { dryRun: true });
    expect(report).toMatchObject({ outcome: 'clean', lifted: [], held: [{ region: HERE, why: 'this was a dry run' }] });
    expect([night.here, night.there].map((bucket) => bucket.all.length)).toEqual(before);
  });
});

describe('what the Region that was left still owes', () => {
  async function cutOff() {
    const night = new Night();
    await night.here.clientPut('photo', '1');
    await night.clock.pass(10 * MINUTE);
    night.estate.pause(HERE, THERE);
    await night.here.clientPut('photo', '2');
    await night.here.clientPut('letter', '1');
    await night.clock.pass(MINUTE);
    await night.failover();
    return night;
  }

  test('is listed, and keeps it in quarantine', async () => {
    const night = await cutOff();
    const report = await night.reconcile();
    expect(report.outcome).toBe('differences');
    expect(told(report)).toEqual(['us-west-2 lacks letter v000003 (pending)', 'us-west-2 lacks photo v000002 (pending)', 'photo differs (pending)']);
    expect(report.held).toEqual([{ region: HERE, why: '3 differences between it and us-west-2' }]);
    expect(report.sentence).toBe('us-west-2 lacks 2 that us-east-1 has (pending); 1 key reads differently in us-east-1 and us-west-2; us-east-1 stays in quarantine');
    expect(await stillHeld(night)).toEqual([HERE]);
    expect(night.here.stack(watermarkKey(HERE, THERE))).toEqual([]);
  });

  test('is waited for when asked, and then the quarantine ends', async () => {
    const night = await cutOff();
    void night.clock.sleep(5 * MINUTE).then(() => night.estate.unpause(HERE, THERE));
    const report = await night.reconcile({}, { wait: true });
    expect(report).toMatchObject({ outcome: 'clean', lifted: [HERE] });
    expect(night.said).toContain('progress 0/undefined 3 to come');
  });

  test('is waited for when it is a delete, of which S3 does not tell that it is on its way', async () => {
    const night = await cutOff();
    await night.here.clientPut('photo', undefined);
    void night.clock.sleep(5 * MINUTE).then(() => night.estate.unpause(HERE, THERE));
    expect(await night.reconcile({}, { wait: true })).toMatchObject({ outcome: 'clean', lifted: [HERE] });
  });

  test('is not waited for when it is an old delete: lifecycle rules make some that never come', async () => {
    const night = await cutOff();
    night.here.store('photo', undefined, false);
    await night.clock.pass(20 * MINUTE);
    void night.clock.sleep(5 * MINUTE).then(() => night.estate.unpause(HERE, THERE));
    expect(told(await night.reconcile({}, { wait: true }))).toEqual(['us-west-2 lacks photo v000006 (delete marker)', 'photo differs (delete marker)']);
  });

  test('is waited for no longer than the time given', async () => {
    const night = await cutOff();
    const stop = new AbortController();
    void night.clock.sleep(5 * MINUTE).then(() => stop.abort());
    const report = await night.reconcile({}, { wait: true, signal: stop.signal });
    expect(report).toMatchObject({ outcome: 'differences', lifted: [], pairs: [{ complete: true, stillWaiting: true }] });
    expect(told(report)).toContain('us-west-2 lacks letter v000003 (pending)');
  });

  test('goes to the files: all of it to the CSV, and what a batch job can make good to its manifest', async () => {
    const night = await cutOff();
    night.estate.failing = (key) => key === 'a, "b"\n+%é';
    night.estate.unpause(HERE, THERE);
    await night.here.clientPut('a, "b"\n+%é', 'x');
    await night.clock.pass(MINUTE);
    night.estate.pause(HERE, THERE);
    await night.here.clientPut('=cmd()', 'x');
    const report = await night.reconcile();
    expect(report.files).toEqual(['found.csv', 'batch.us-east-1.csv']);
    expect(night.csv.text.split('\n')).toEqual([
      'finding,reason,key,region,version_id,modified_at,size,delete_marker,other_region,other_version_id,other_modified_at,other_delete_marker',
      'missing,pending,%3Dcmd%28%29,us-east-1,v000007,2026-11-24T03:12:00.000Z,1,false,us-west-2,,,',
      'missing,failed,a%2C%20%22b%22%0A%2B%25%C3%A9,us-east-1,v000006,2026-11-24T03:11:00.000Z,1,false,us-west-2,,,',
      '',
    ]);
    expect(night.manifests.get(HERE)).toMatchObject({ state: 'committed', text: `${night.here.name},a%2C%20%22b%22%0A%2B%25%C3%A9,v000006\n` });
    expect(night.manifests.has(THERE)).toBe(false);
  });
});

describe('writes that were acknowledged in the Region that was left, while it was cut off, and then written again in the new one', () => {
  async function twice(record: Partial<ActRecord> = {}) {
    const night = new Night();
    for (const key of ['cart', 'order', 'never cut off']) await night.here.clientPut(key, '1');
    await night.clock.pass(90 * MINUTE);
    night.estate.pause(HERE, THERE);
    night.estate.pause(THERE, HERE);
    await night.here.clientPut('cart', '2');
    await night.clock.pass(SECOND);
    await night.here.clientPut('cart', '3');
    await night.here.clientPut('order', '2');
    await night.here.clientPut('alone', '1');
    await night.clock.pass(2 * MINUTE);
    await night.failover(record);
    await night.clock.pass(MINUTE);
    for (const key of ['cart', 'order', 'never cut off']) await night.there.clientPut(key, 'new');
    return night;
  }

  const SUPERSEDED = ['cart v000005 of us-east-1 superseded by v000010 of us-west-2', 'order v000006 of us-east-1 superseded by v000011 of us-west-2'];

  test('are each listed while they are not everywhere', async () => {
    const night = await twice();
    const report = await night.reconcile();
    expect(told(report).filter((line) => line.includes('superseded'))).toEqual(SUPERSEDED);
    expect(told(report)).toContain('us-west-2 lacks cart v000005 (pending)');
    expect(told(report)).toContain('cart differs (pending)');
  });

  test('are each listed when both sides hold the same, with both times and version ids: they are noncurrent versions, and not lost', async () => {
    const night = await twice();
    night.estate.unpause(HERE, THERE);
    night.estate.unpause(THERE, HERE);
    await night.clock.pass(MINUTE);
    const report = await night.reconcile();
    expect(report.outcome).toBe('clean');
    expect(told(report)).toEqual(SUPERSEDED);
    expect(report.sentence).toBe('clean: us-east-1 and us-west-2 owe each other nothing; 2 acknowledged writes were superseded, and are kept as noncurrent versions; the quarantine of us-east-1 ends');
    expect(night.csv.text).toContain('superseded,,cart,us-east-1,v000005,2026-11-24T04:30:01.000Z,1,false,us-west-2,v000010,2026-11-24T04:33:01.000Z,false\n');
    for (const bucket of [night.here, night.there]) expect(bucket.stack('cart').map(({ versionId, current }) => [versionId, current])).toContainEqual(['v000005', false]);
  });

  test('are those of the Region that took the write last, whichever that was', async () => {
    const night = await twice();
    // A client that did not follow the routes.
    await night.clock.pass(MINUTE);
    await night.here.clientPut('order', 'late');
    night.estate.unpause(HERE, THERE);
    night.estate.unpause(THERE, HERE);
    await night.clock.pass(MINUTE);
    expect(told(await night.reconcile())).toContain('order v000011 of us-west-2 superseded by v000013 of us-east-1');
  });

  // While routes spread without a fence, both Regions take writes.
  test.each<[string, Partial<ActRecord>, number]>([
    ['after a planned act that did not see writes refused all the time', { verb: 'switchover', planned: true, nothingLost: false, quarantines: [] }, 2],
    ['after one that went back by itself', { verb: 'automatic failback', planned: true, quarantines: [] }, 2],
    ['and not after one that did', { verb: 'switchover', planned: true, nothingLost: true, quarantines: [] }, 0],
  ])('are looked for %s', async (_, record, times) => {
    const night = await twice(record);
    night.estate.unpause(HERE, THERE);
    night.estate.unpause(THERE, HERE);
    await night.clock.pass(MINUTE);
    expect(told(await night.reconcile()).filter((line) => line.includes('superseded'))).toHaveLength(times);
  });

  test('are looked for since the time that was given', async () => {
    const night = await twice();
    night.estate.unpause(HERE, THERE);
    night.estate.unpause(THERE, HERE);
    await night.clock.pass(MINUTE);
    const report = await night.reconcile({ cutOff: 0 });
    expect(told(report)).toContain('never cut off v000003 of us-east-1 superseded by v000012 of us-west-2');
  });
});

describe('is no debt, and listed all the same', () => {
  test('what a lifecycle rule has expired on one side', async () => {
    const night = new Night();
    await night.here.clientPut('a', '1');
    await night.clock.pass(MINUTE);
    await night.here.clientPut('a', '2');
    await night.clock.pass(MINUTE);
    await night.failover();
    await night.clock.run(() => night.there.removeVersion('a', 'v000001', new AbortController().signal));
    const report = await night.reconcile();
    expect(told(report)).toEqual(['us-west-2 lacks a v000001 (removed)']);
    expect(report).toMatchObject({ outcome: 'clean', lifted: [HERE] });
  });

  test('what was there before the rules', async () => {
    const night = new Night();
    night.here.store('a', 'x', false);
    await night.failover();
    const report = await night.reconcile();
    expect(told(report)).toEqual(['us-west-2 lacks a v000001 (unreplicated)']);
    expect(report.outcome).toBe('clean');
    expect(night.manifests.get(HERE)!.text).toBe(`${night.here.name},a,v000001\n`);
  });

  test('a delete marker that lifecycle made below what was written since', async () => {
    const night = new Night();
    night.here.store('a', undefined, false);
    await night.clock.pass(MINUTE);
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.failover();
    const report = await night.reconcile();
    expect(told(report)).toEqual(['us-west-2 lacks a v000001 (delete marker)']);
    expect(report.outcome).toBe('clean');
  });

  test('an upload that is not finished', async () => {
    const night = new Night();
    night.here.uploads.push({ key: 'big', uploadId: 'u1', initiatedAt: 0 }, { key: '.s3-failover/x', uploadId: 'u2', initiatedAt: 0 });
    await night.failover();
    const report = await night.reconcile();
    expect(report.outcome).toBe('clean');
    expect(report.uploads).toMatchObject([{ region: HERE, count: 1, first: [{ uploadId: 'u1' }] }, { region: THERE, count: 0 }]);
  });
});

describe('is never called clean', () => {
  test('a bucket that has lost what it had', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.failover();
    night.here.forget('');
    const report = await night.reconcile();
    expect(told(report)).toEqual(['us-east-1 lacks a v000001 (removed)', 'a differs (removed)']);
    expect(report).toMatchObject({ outcome: 'differences', lifted: [] });
  });

  test('a delete that has not arrived', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    night.estate.pause(HERE, THERE);
    await night.here.clientPut('a', undefined);
    await night.failover();
    expect(told(await night.reconcile())).toEqual(['us-west-2 lacks a v000002 (delete marker)', 'a differs (delete marker)']);
  });

  test('a comparison that a Region did not answer to the end', async () => {
    const night = new Night();
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.failover();
    night.estate.before = ({ call, region }) => {
      if (call === 'listVersions' && region === HERE) throw new CallError({ call: 's3 ListObjectVersions', region, code: 'SlowDown', status: 503, reason: 'please' });
    };
    const report = await night.reconcile();
    expect(report).toMatchObject({ outcome: 'incomplete', lifted: [], files: [] });
    expect(report.sentence).toMatch(/^incomplete: us-east-1 and us-west-2 were not compared to the end \(.*SlowDown.*\); us-east-1 stays in quarantine$/);
    expect(night.store.saved).toBeDefined();
  });
});

describe('the quarantine stays', () => {
  async function clean() {
    const night = new Night({ regions: [HERE, THERE, THIRD] });
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.failover();
    return night;
  }

  test.each([
    ['when only some keys were compared', { prefix: 'a' }, "only keys under 'a' were compared"],
    ['when only what was written since a given time was compared', { since: 0 }, 'only versions since a given time were compared, and nobody has verified the older ones'],
    ['when another pair was compared', { between: [THERE, THIRD] as const }, 'it was not compared with us-west-2, which is active'],
  ])('%s', async (_, request, why) => {
    const night = await clean();
    const report = await night.reconcile(request);
    expect(report).toMatchObject({ outcome: 'clean', lifted: [], held: [{ region: HERE, why }] });
    expect(await stillHeld(night)).toEqual([HERE]);
  });

  test('when it began anew while the Region was compared', async () => {
    const night = await clean();
    let failedOver: Promise<unknown> | undefined;
    night.estate.before = ({ call }) => {
      if (call !== 'listVersions' || failedOver) return;
      failedOver = night.history.end({ ...night.record(), id: 'another00000' });
    };
    const first = { ...night.record(), id: 'lifted000000', quarantines: [], lifts: [HERE] };
    const { job } = await night.plan();
    await night.clock.pass(SECOND);
    await night.clock.run(() => night.history.end({ ...first, at: night.estate.wall.iso(night.estate.wall.now()), endedAt: night.estate.wall.iso(night.estate.wall.now()) }));
    await night.clock.pass(SECOND);
    const report = await night.run(job);
    await failedOver;
    expect(report).toMatchObject({ lifted: [], held: [{ region: HERE, why: 'it was quarantined again meanwhile' }] });
  });

  test('when traffic moved while the Region was compared', async () => {
    const night = await clean();
    const { job } = await night.plan();
    const report = await night.run({ ...job, active: [THIRD], pairs: [{ ...job.pairs[0], between: [HERE, THIRD] }] });
    expect(report).toMatchObject({ outcome: 'clean', lifted: [], held: [{ region: HERE, why: 'traffic has moved meanwhile: us-west-2 is active now' }] });
  });

  test('until it was compared with every active Region', async () => {
    const night = new Night({ regions: [HERE, THERE, THIRD], active: [THERE, THIRD] });
    await night.here.clientPut('a', 'x');
    await night.clock.pass(MINUTE);
    await night.failover({ to: [THERE, THIRD] });
    const report = await night.reconcile();
    expect(report.pairs.map(({ plan }) => plan.between)).toEqual([[HERE, THERE], [HERE, THIRD]]);
    expect(report.lifted).toEqual([HERE]);
  });

  test('when no Region takes the record that ends it', async () => {
    const night = await clean();
    night.estate.before = ({ call, key, region }) => {
      if (call === 'putText' && key?.includes('history/')) throw new CallError({ call: 's3 PutObject', region, code: 'AccessDenied', status: 403, reason: 'no' });
    };
    const report = await night.reconcile();
    expect(report).toMatchObject({ lifted: [], held: [{ region: HERE, why: 'no Region took the record that lifts it' }] });
    expect(report.sentence).toMatch(/stays in quarantine$/);
  });
});
