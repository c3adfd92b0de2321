import { FakeEstate } from './fake-estate';
import { VirtualClock } from './virtual-clock';

const signal = new AbortController().signal;

test('a write is in the other Regions after the lag, and in a dead one after it healed', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { lagMs: 1_000 });
  world.kill('eu-west-1');
  const { region, versionId } = await world.write('a');
  expect(region).toBe('us-east-1');
  await clock.pass(1_500);
  expect(world.bucket('us-west-2').stack('a')).toMatchObject([{ versionId, origin: false, current: true }]);
  expect(world.bucket('us-east-1').stack('a')[0].status).toBe('PENDING');
  world.heal('eu-west-1');
  await clock.pass(1_500);
  expect(world.bucket('eu-west-1').stack('a')).toHaveLength(1);
  expect(world.bucket('us-east-1').stack('a')[0].status).toBe('COMPLETED');
});

test('a Deny with an expiry refuses clients until then, except where it does not apply', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { policyMs: 500 });
  const bucket = world.bucket('us-east-1');
  const until = world.wall.iso(world.wall.now() + 5_000);
  const statement = { Sid: 'Fence', Effect: 'Deny', Principal: '*', Action: ['s3:PutObject'], NotResource: [`arn:aws:s3:::${bucket.name}/.s3-failover/probe/*`], Condition: { DateLessThan: { 'aws:CurrentTime': until } } };
  await clock.run(() => bucket.putPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), signal));
  await world.write('early');
  await clock.pass(600);
  await expect(world.write('fenced')).rejects.toMatchObject({ code: 'AccessDenied' });
  await world.write('.s3-failover/probe/1');
  await world.remove('early');
  await clock.pass(5_000);
  await world.write('late');
});

test('a silent Region answers nobody until the caller gives up', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock);
  world.kill('us-east-1', 'silent');
  const abandon = new AbortController();
  const probing = clock.run(() => Promise.all([world.bucket('us-east-1').probe(abandon.signal).catch((error) => error), clock.sleep(3_000).then(() => abandon.abort())]));
  expect((await probing)[0]).toMatchObject({ region: 'us-east-1', status: undefined });
});

test('pages of versions follow each other without a gap', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock);
  for (const key of ['a', 'b', 'a', 'c']) await world.write(key);
  const bucket = world.bucket('us-east-1');
  const first = await clock.run(() => bucket.listVersions(signal, { most: 3 }));
  const second = await clock.run(() => bucket.listVersions(signal, { most: 3, after: first.next }));
  expect([...first.versions, ...second.versions].map(({ key }) => key)).toEqual(['a', 'a', 'b', 'c']);
  expect(second.next).toBeUndefined();
});
