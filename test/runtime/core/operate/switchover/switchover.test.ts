import type { Brake, Settlement } from '../../../../../runtime/core/operate/register';
import { CallError } from '../../../../../runtime/core/calls/call-error';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { readBothWatermarks, type Watermark } from '../../../../../runtime/core/operate/reconcile/watermark';
import { fenceStatement } from '../../../../../runtime/core/operate/fence/statement';
import { SWITCHOVER_TIMES } from '../../../../../runtime/core/operate/switchover/times';
import type { SwitchoverOutcome } from '../../../../../runtime/core/operate/switchover/world';
import { routesWith } from '../../../../../runtime/core/routes/routes';
import { EAST, IRELAND, Scene, WEST } from './support';

const REGIONS = [EAST, WEST, IRELAND];
const TLS = '{"Version":"2012-10-17","Statement":[{"Sid":"Tls", "Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}';

/** Nothing of the act is left, and nothing was moved. */
function expectUntouched(scene: Scene, outcome: SwitchoverOutcome): void {
  expect(scene.active).toEqual([EAST]);
  expect(scene.fences(EAST)).toEqual([]);
  expect(outcome).toMatchObject({ proof: 'none', nothingLost: false });
  expect(scene.estate.plane.submits).toEqual([]);
}

const recordsOf = (scene: Scene, region = WEST) =>
  scene.estate.bucket(region).all.filter(({ key, origin, deleteMarker }) => key.startsWith('.s3-failover/history/') && origin && !deleteMarker).map(({ text }) => JSON.parse(text) as { [member: string]: unknown });

const leaveFence = (scene: Scene, region: string, secondsLeft: number, actId = 'deadact01') =>
  scene.estate.bucket(region).setPolicy(
    `{"Version":"2012-10-17","Statement":[${fenceStatement(scene.estate.wall, { actId, until: scene.estate.wall.now() + secondsLeft * 1_000 }, { partition: 'aws', bucket: scene.estate.bucket(region).name })}]}`,
  );

describe('a switchover under a client that writes all the time', () => {
  test('loses nothing, and says so', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).setPolicy(TLS);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', proof: 'served', nothingLost: true, lastLook: { clean: true }, fences: [{ region: EAST, state: 'lifted', held: true, gaps: [] }], next: [] });
    expect(outcome.sentence).toContain('nothing lost: writes to us-east-1 were refused all the time');
    expect(scene.client.missingIn(WEST)).toEqual([]);
    expect(scene.client.acknowledged.at(-1)!.region).toBe(WEST);
    expect(scene.estate.bucket(EAST).policy).toBe(TLS);
  });

  test('measures the outage that the client has, and no more than was announced', async () => {
    const scene = new Scene({ propagationMs: 20_000, lagMs: 4_000 });
    const { outageSeconds } = await scene.run();
    expect(Math.abs(outageSeconds! - scene.longestOutage)).toBeLessThan(2.5);
    expect(scene.teller.plan!.expectedOutageSeconds!).toBeGreaterThan(outageSeconds!);
  });

  test('fences before it compares, compares before it submits, and keeps the fence until routes have spread', async () => {
    const scene = new Scene();
    const liftedAt: number[] = [];
    const remove = scene.estate.bucket(EAST).removePolicy.bind(scene.estate.bucket(EAST));
    scene.estate.bucket(EAST).removePolicy = async (signal) => {
      liftedAt.push(scene.clock.now());
      return remove(signal);
    };
    await scene.run();
    expect(scene.teller.steps).toEqual([
      'look at routes, Regions and policies', 'compare us-east-1 with us-west-2', 'claim the act', 'see us-west-2 take writes', 'fence us-east-1', 'see writes refused',
      'drain us-east-1 into us-west-2', 'submit routes', 'see writes land in us-west-2', 'keep the fence while routes spread', 'lift the fence in us-east-1', 'look once more', 'write it down',
    ]);
    expect(liftedAt[0] - scene.estate.plane.submits[0].at).toBeGreaterThanOrEqual(120_000);
  });

  test('waits behind the fence for versions that are long on their way', async () => {
    const scene = new Scene();
    scene.estate.lagOf = (key) => (key === 'often' ? 25_000 : 500);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.teller.notes.join('\n')).toMatch(/versions on the way from us-east-1, the oldest written \d+ s ago/);
    expect(scene.client.missingIn(WEST)).toEqual([]);
  });

  test('loses nothing where policies take effect late', async () => {
    const scene = new Scene({ policyMs: 8_000 });
    expect(await scene.run()).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.client.missingIn(WEST)).toEqual([]);
  });

  test('leaves several active Regions at once', async () => {
    const scene = new Scene({ active: REGIONS });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: true, fences: [{ region: IRELAND, held: true }, { region: EAST, held: true }] });
    expect(scene.active).toEqual([WEST]);
    for (const region of REGIONS) expect(scene.fences(region)).toEqual([]);
  });

  test('says what it knows at the level of metrics, and never that nothing was lost', async () => {
    const scene = new Scene();
    const outcome = await scene.run({ drain: 'metrics' });
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, level: 'metrics' });
    expect(outcome.sentence).toMatch(/as far as S3's metrics tell, us-west-2 has everything of us-east-1/);
    expect(outcome.sentence).toMatch(/versions were not compared \(--drain listing does\)/);
    expect(outcome.sentence).not.toMatch(/nothing lost/);
    expect(scene.client.missingIn(WEST)).toEqual([]);
    expect(scene.estate.bucket(EAST).all.filter(({ key }) => key.includes('/marker/'))).toEqual([]);
  });

  test('without a fence touches no policy, and says that writes may have superseded each other', async () => {
    const scene = new Scene();
    const outcome = await scene.run({ fence: false });
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, fences: [], outageSeconds: undefined });
    expect(outcome.sentence).toMatch(/writes were not refused: those made to one key in both us-east-1 and us-west-2 while the routes spread may have superseded each other/);
    expect(scene.teller.plan!.promises[0]).toMatch(/writes to one key in both may supersede each other/);
    expect(scene.teller.plan!.expectedOutageSeconds).toBeUndefined();
    expect(scene.estate.calls.filter(({ call }) => call === 'putPolicy')).toEqual([]);
  });

  test('writes down who did what, where, and how it ended', async () => {
    const scene = new Scene();
    const { actId, sentence } = await scene.run({ why: 'maintenance' });
    for (const region of REGIONS) {
      expect(recordsOf(scene, region)).toMatchObject([
        { id: actId, phase: 'begun', verb: 'switchover', planned: true, who: 'arn:aws:iam::111122223333:user/operator', why: 'maintenance', from: [EAST], to: [WEST] },
        { id: actId, phase: 'ended', outcome: 'served', proof: 'served', nothingLost: true, sentence },
      ]);
    }
  });

  test('leaves nothing but records, watermarks and copies of probes that came late', async () => {
    const scene = new Scene();
    await scene.run();
    const kinds = new Set(REGIONS.flatMap((region) => scene.estate.bucket(region).all.map(({ key }) => key)).filter((key) => key.startsWith('.s3-failover/')).map((key) => key.split('/')[1]));
    expect([...kinds].sort()).toEqual(['history', 'probe', 'watermark']);
  });
});

describe('a watermark, from which reconcile looks on', () => {
  const watermark = (scene: Scene) => scene.clock.run(() => readBothWatermarks(scene.world(), [EAST, WEST], new AbortController().signal));
  const none = { kind: 'none', why: 'no clean comparison has left one' };

  test('is left in both directions where both sides were seen to be equal, and every version from before it is in both', async () => {
    const scene = new Scene();
    const startedAt = scene.estate.wall.now();
    await scene.run();
    const found = await watermark(scene);
    expect(found).toMatchObject({ kind: 'at' });
    const { at } = found as Extract<Watermark, { kind: 'at' }>;
    expect(at).toBeGreaterThanOrEqual(startedAt);
    const older = [EAST, WEST].map((region) => scene.estate.bucket(region).all.filter(({ key, modifiedAt }) => !key.startsWith('.s3-failover/') && modifiedAt < at).map(({ key, versionId }) => `${key} ${versionId}`).sort());
    expect(older[0].length).toBeGreaterThan(0);
    expect(older[0]).toEqual(older[1]);
  });

  test('lies before what had not arrived when it was listed', async () => {
    const scene = new Scene();
    scene.estate.lagOf = (key) => (key === 'slow' ? 20_000 : 500);
    const slow = scene.estate.bucket(EAST).store('slow', 'x');
    await scene.run();
    expect(((await watermark(scene)) as { at: number }).at).toBeLessThan(slow.modifiedAt);
  });

  test('is not left where a version was deleted by its id in the target alone', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).store('a', '1');
    scene.estate.bucket(EAST).store('a', '2');
    const [, old] = scene.estate.bucket(EAST).stack('a');
    await scene.clock.pass(5_000);
    await scene.clock.run(() => scene.estate.bucket(WEST).removeVersion('a', old.versionId, new AbortController().signal));
    expect(await scene.run()).toMatchObject({ kind: 'served' });
    expect(await watermark(scene)).toEqual(none);
  });

  test('is not left where a version was deleted by its id in the source alone', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).store('a', '1');
    scene.estate.bucket(EAST).store('a', '2');
    const [, old] = scene.estate.bucket(EAST).stack('a');
    await scene.clock.pass(5_000);
    await scene.clock.run(() => scene.estate.bucket(EAST).removeVersion('a', old.versionId, new AbortController().signal));
    expect(await scene.run()).toMatchObject({ kind: 'served', nothingLost: true });
    expect(await watermark(scene)).toEqual(none);
  });

  test('is not left at the level of metrics, nor where it is not wanted', async () => {
    const [metrics, unwanted] = [new Scene(), new Scene()];
    await metrics.run({ drain: 'metrics' });
    await unwanted.run({ watermark: false });
    expect([await watermark(metrics), await watermark(unwanted)]).toEqual([none, none]);
  });

  test('that cannot be written keeps nothing from success, and is said', async () => {
    const scene = new Scene();
    scene.estate.before = ({ call, key }) => {
      if (call === 'putText' && key?.includes('/watermark/')) throw new CallError({ call: 's3 PutObject', region: EAST, code: 'AccessDenied', status: 403, reason: 'no' });
    };
    expect(await scene.run()).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.teller.said).toContainEqual(expect.stringMatching(/^no watermark was left for us-east-1 and us-west-2 \(.*AccessDenied/));
  });
});

describe('what is lost or late is said', () => {
  test('a write that slips in behind the fence keeps "nothing lost" from being said', async () => {
    const scene = new Scene();
    // An upload that was let in before the fence, and ends after everything was compared.
    scene.teller.onStep = (name) => void (name === 'submit routes' && scene.estate.bucket(EAST).store('straggler', 'x'));
    scene.estate.lagOf = (key) => (key === 'straggler' ? 400_000 : 1_000);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, lastLook: { clean: false, missing: [{ version: { key: 'straggler' } }] } });
    expect(outcome.sentence).toMatch(/us-west-2 still lacks 1 version of it \('straggler'\)/);
    expect(outcome.next).toContain('s3-failover reconcile');
  });

  // It was left in a hurry: what it took and had not replicated is nowhere else, whatever the Regions of this act hold.
  test('what a third Region may hold alone keeps "nothing lost" from being said', async () => {
    const scene = new Scene();
    const register = { ...scene.world().register, read: async () => ({ epoch: 1, intent: [EAST], excluded: [], quarantined: [IRELAND] }) };
    const outcome = await scene.run({}, { register });
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, lastLook: { clean: true }, next: expect.arrayContaining(['s3-failover reconcile']) });
    expect(outcome.sentence).toContain('what eu-west-1 may hold alone was not looked for: it is quarantined');
    expect(outcome.sentence).not.toMatch(/nothing lost/);
  });

  // By the card, or in a console: nobody saw its last writes arrive, and it may have died since.
  test('what a third Region may hold alone that traffic was moved away from without an act on record keeps it from being said', async () => {
    const scene = new Scene();
    const register = { ...scene.world().register, read: async () => ({ epoch: 2, intent: [EAST], excluded: [{ region: IRELAND, why: 'traffic was moved away by somebody', moved: true }], quarantined: [] }) };
    const outcome = await scene.run({}, { register });
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, lastLook: { clean: true }, next: expect.arrayContaining(['s3-failover reconcile']) });
    expect(outcome.sentence).toContain('what eu-west-1 may hold alone was not looked for: no act on record saw its last writes arrive elsewhere when traffic left it');
  });

  test('one that arrives while it is looked for is said all the same', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'lift the fence in us-east-1' && scene.estate.bucket(EAST).store('straggler', 'x'));
    scene.estate.lagOf = (key) => (key === 'straggler' ? 10_000 : 1_000);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, lastLook: { clean: false } });
    expect(outcome.sentence).toMatch(/us-west-2 has all of it now, and one may have superseded a newer write there/);
  });

  test('a fence that was not up all the time keeps "nothing lost" from being said', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'see writes land in us-west-2' && scene.estate.bucket(EAST).setPolicy(TLS));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, fences: [{ region: EAST, held: false, state: 'lifted' }] });
    expect(outcome.sentence).toMatch(/the fence in us-east-1 was not up all the time \((somebody wrote the policy of the bucket without it|a write of our own was accepted)\)/);
    expect(scene.estate.bucket(EAST).policy).toBe(TLS);
  });

  test('fence and drain are done again when the fence was not up all the time before the submit', async () => {
    const scene = new Scene();
    let overwrites = 1;
    scene.estate.lagOf = () => 8_000;
    scene.teller.onStep = (name) => void (name === 'drain us-east-1 into us-west-2' && overwrites-- > 0 && scene.estate.bucket(EAST).setPolicy(undefined));
    expect(await scene.run()).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.teller.steps.filter((name) => name === 'fence us-east-1')).toHaveLength(2);
    expect(scene.client.missingIn(WEST)).toEqual([]);
  });

  test('old versions that replication never covered are named, overruled by force, and never forgotten', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).store('older than the rule', 'x', false);
    expect(await scene.run()).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/us-west-2 lacks 1 version that no rule ever covered \('older than the rule'\)/) });
    expect(scene.active).toEqual([EAST]);

    const forced = await scene.run({ force: true });
    expect(forced).toMatchObject({ kind: 'served', nothingLost: false });
    expect(forced.sentence).toMatch(/except 1 version not expected there \('older than the rule'\)/);
    expect(scene.teller.said).toContainEqual(expect.stringMatching(/^Forced, although us-east-1 to us-west-2: us-west-2 lacks 1 version/));
    expect(recordsOf(scene).at(-1)!.overruled).toHaveLength(1);
  });

  test('versions that a dead third Region still owes are not waited for', async () => {
    const scene = new Scene();
    // Ireland wrote it, the east has it, the west does not, and Ireland is gone.
    await scene.estate.bucket(IRELAND).clientPut('from ireland', 'x');
    scene.estate.pause(IRELAND, WEST);
    await scene.clock.pass(2_000);
    scene.estate.kill(IRELAND);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false });
    // It is asked before the fence, and not again while writes are refused.
    expect(outcome.outageSeconds!).toBeLessThan(15);
    expect(scene.teller.plan!.checks).toContainEqual(expect.objectContaining({ state: 'doubt', sentence: expect.stringMatching(/came from a Region that does not answer, which is not waited for/) }));
    expect(scene.teller.plan!.checks).toContainEqual({ name: 'other Regions', state: 'doubt', sentence: 'eu-west-1 did not answer, which is no reason to wait' });
  });

  test('a target that is never seen to serve is no success', async () => {
    const scene = new Scene({ propagationMs: 2_000_000 });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'done', proof: 'read back elsewhere', nothingLost: false });
    expect(outcome.sentence).toMatch(/not served by us-west-2 so far/);
    expect(scene.fences(EAST)).toEqual([]);
  });

  test('a switch that somebody undoes while it is written down is no success, and its record says so', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'write it down' && scene.estate.plane.move(routesWith([IRELAND], REGIONS)));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'failed', proof: 'none', nothingLost: false });
    expect(outcome.sentence).toMatch(/it was done, and then undone/);
    const { records } = await scene.clock.run(() => historyOf(scene.world()).read());
    expect(records[0]).toMatchObject({ outcome: 'failed', proof: 'none', nothingLost: false, sentence: expect.stringMatching(/undone/) });
  });

  test('a switch that somebody undoes before the end is no success', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'look once more' && scene.estate.plane.move(routesWith([IRELAND], REGIONS)));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'failed', proof: 'none', nothingLost: false });
    expect(outcome.sentence).toMatch(/it was done, and then undone/);
  });
});

describe('a switchover is refused, and nothing of it stays', () => {
  test('fails when the target is no member', async () => {
    const scene = new Scene();
    expect(await scene.run({ target: 'eu-central-1' })).toMatchObject({ kind: 'refused', sentence: "'eu-central-1' is no Region of the access point, which has us-east-1, us-west-2, eu-west-1" });
  });

  test('fails when the Region that is left does not answer, and names failover', async () => {
    const scene = new Scene();
    scene.estate.kill(EAST);
    const outcome = await scene.run({ force: true });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/us-east-1 does not answer .* a planned switch needs the Region that it leaves/), next: ['s3-failover failover us-west-2', 's3-failover status'] });
    expectUntouched(scene, outcome);
  });

  test.each(['silent', 'refused'] as const)('fails when the target looks dead (%s), forced or not', async (death) => {
    const scene = new Scene();
    scene.estate.kill(WEST, death);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/target us-west-2: it looks dead/) });
    expectUntouched(scene, outcome);
    // Nothing could show that it has everything, so that force raises no fence either.
    expectUntouched(scene, await scene.run({ force: true }));
    expect(scene.estate.calls.filter(({ call }) => call === 'putPolicy')).toEqual([]);
  });

  test('fails when no endpoint tells the routes', async () => {
    const silent = { read: [{ silent: true }], submit: [{ silent: true }] };
    const scene = new Scene({ scripts: Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, silent])) });
    expect(await scene.run()).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/^nothing was changed: no control endpoint told the routes/), next: ['s3-failover doctor', 's3-failover card'] });
  });

  test('fails when the endpoints disagree about live routes', async () => {
    const scene = new Scene({ scripts: { 'eu-west-1': { read: [{ tells: routesWith([IRELAND], REGIONS) }] } } });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/control endpoints: they disagree/) });
    expectUntouched(scene, outcome);
  });

  test('fails when nothing replicates to the target', async () => {
    const scene = new Scene();
    const outcome = await scene.run({}, { replication: async () => undefined });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/no enabled rule replicates this way/) });
    expectUntouched(scene, outcome);
  });

  test('fails when S3 has given up replicating a version, and names it', async () => {
    const scene = new Scene();
    scene.estate.failing = (key) => key === 'key-1';
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/that S3 failed to replicate and does not try again \('key-1'/), next: expect.arrayContaining(['s3-failover reconcile']) });
    expectUntouched(scene, outcome);
  });

  test('fails when a version fails to replicate behind the fence, and lifts the fence', async () => {
    const scene = new Scene();
    let failing = false;
    scene.teller.onStep = (name) => void (failing ||= name === 'claim the act');
    scene.estate.failing = (key) => failing && key.startsWith('key-');
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', fences: [{ region: EAST, state: 'lifted' }], sentence: expect.stringMatching(/will not come to us-west-2 by itself .*; routes are as they were; the fence in us-east-1 is lifted$/) });
    expectUntouched(scene, outcome);
  });

  test('fails when replication does not catch up within the time to wait', async () => {
    const scene = new Scene({ lagMs: 300_000 });
    const outcome = await scene.run({ waitMs: 20_000 });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/versions of us-east-1 had not come to us-west-2 .*it was waited for 20 s/), next: [expect.stringMatching(/^--wait with a longer time/)] });
    expectUntouched(scene, outcome);
  });

  test('a longer time to wait lets the same switchover go on', async () => {
    const scene = new Scene({ lagMs: 120_000 });
    expect(await scene.run({ waitMs: 300_000 })).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.client.missingIn(WEST)).toEqual([]);
  });

  test('fails when the policy has no room for a fence, and says how to do without', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).setPolicy(`{"Statement":[{"Sid":"${'x'.repeat(20_000)}","Effect":"Allow"}]}`);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/S3 takes 20480/), next: [expect.stringMatching(/--no-fence/)] });
    expect(scene.active).toEqual([EAST]);
  });

  test('fails when the caller may not write the policy', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).denied.add('putPolicy');
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', next: [expect.stringMatching(/allow s3:GetBucketPolicy and s3:PutBucketPolicy/)] });
    expectUntouched(scene, outcome);
  });

  test('fails when the caller may not write what shows the fence', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).denied.add('putText');
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/a write of our own to us-east-1 was not accepted, so that no fence could be seen there/) });
    expectUntouched(scene, outcome);
  });

  test('fails when the target takes no writes, unless forced', async () => {
    const scene = new Scene();
    scene.estate.bucket(WEST).denied.add('putText');
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/us-west-2 does not take writes/) });
    expectUntouched(scene, outcome);
    expect(await scene.run({ force: true })).toMatchObject({ kind: 'served' });
  });

  test('fails when writes are never seen refused, and lifts the fence', async () => {
    const scene = new Scene({ policyMs: 10_000_000 });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/writes to us-east-1 were not seen refused: a write was still accepted; routes are as they were; the fence in us-east-1 is lifted/) });
    expectUntouched(scene, outcome);
  });

  test('fails when the policy is overwritten again and again', async () => {
    const scene = new Scene();
    scene.estate.before = ({ call, region }) => void (call === 'listVersions' && region === EAST && scene.estate.bucket(EAST).setPolicy(TLS));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/the fence was not up all the time .*, 3 times; routes are as they were/) });
    expectUntouched(scene, outcome);
  });

  test('fails when the person says no', async () => {
    const scene = new Scene();
    scene.teller.answer = 'no';
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'declined', sentence: 'nothing was done: declined' });
    expectUntouched(scene, outcome);
    expect(recordsOf(scene)).toEqual([]);
  });

  test('fails when too little time is left to see it through', async () => {
    const scene = new Scene();
    const outcome = await scene.run({ limits: { deadline: 60_000 } });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/time: .* are left, and the act needs about/), next: expect.arrayContaining([expect.stringMatching(/^--timeout \d+$/)]) });
    expectUntouched(scene, outcome);
  });

  test('fails when routes move while the person thinks', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'claim the act' && scene.estate.plane.move(routesWith([IRELAND], REGIONS)));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', fences: [{ region: EAST, state: 'lifted' }], sentence: expect.stringMatching(/live routes are not what the plan was made from/) });
    expect(scene.active).toEqual([IRELAND]);
    expect(scene.fences(EAST)).toEqual([]);
  });

  test.each([
    ['a controller whose register cannot be read', { read: async () => Promise.reject(new Error('no quorum')) }, /its register could not be read: no quorum/],
    ['a brake that somebody put on', { read: async () => ({ epoch: 1, intent: [EAST], brake: { by: 'bob', why: 'hands off' }, excluded: [], quarantined: [] }) }, /brake: bob put it on until it is released: hands off/],
    ['an excluded target', { read: async () => ({ epoch: 1, intent: [EAST], excluded: [{ region: WEST, why: 'upgrade' }], quarantined: [] }) }, /it is excluded: upgrade/],
    ['a quarantined target', { read: async () => ({ epoch: 1, intent: [EAST], excluded: [], quarantined: [WEST] }) }, /it is quarantined/],
    ['a claim that the controller refuses', { claim: async () => ({ kind: 'refused' as const, reason: 'epoch 7 is held by alice' }) }, /epoch 7 is held by alice/],
  ])('fails on %s', async (_, register, words) => {
    const scene = new Scene();
    const world = scene.world();
    const outcome = await scene.run({}, { register: { ...world.register, ...register } });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(words) });
    expectUntouched(scene, outcome);
  });

  test('the brake is put on for the act, and released after it', async () => {
    const scene = new Scene();
    const steered: string[] = [];
    const register = {
      ...scene.world().register,
      read: async () => ({ epoch: 1, intent: [EAST], excluded: [], quarantined: [] }),
      brake: async () => (steered.push('brake'), { kind: 'done' as const }),
      release: async (_: unknown, only?: Brake) => (steered.push(`release ${only?.why}`), { kind: 'done' as const }),
      settle: async (_: unknown, { kind, sentence }: Settlement) => void steered.push(`${kind}: ${sentence.slice(0, 21)}`),
    };
    await scene.run({}, { register });
    expect(steered).toEqual(['brake', 'done: the routes are active', `release switchover to ${WEST}`]);
  });

  test('a dry run shows the plan and changes nothing', async () => {
    const scene = new Scene();
    const outcome = await scene.run({ dryRun: true });
    expect(outcome).toMatchObject({ kind: 'planned', plan: { before: routesWith([EAST], REGIONS), after: routesWith([WEST], REGIONS), leaves: [EAST], expectedOutageSeconds: expect.any(Number) } });
    expectUntouched(scene, outcome);
    expect(scene.estate.calls.filter(({ call }) => /^(put|remove)/.test(call))).toEqual([]);
    expect(scene.teller.plan).toBeUndefined();
  });

  test('open uploads are shown, and keep nothing from going on', async () => {
    const scene = new Scene();
    scene.estate.bucket(EAST).uploads.push({ key: 'large', uploadId: 'u', initiatedAt: scene.estate.wall.now() - 7_300_000 });
    expect(await scene.run()).toMatchObject({ kind: 'served' });
    expect(scene.teller.plan!.checks).toContainEqual({ name: 'open uploads', state: 'doubt', sentence: 'us-east-1 has 1, the oldest begun 2 h ago: none can be completed through the access point afterwards, and must begin anew' });
  });
});

describe('after the submit', () => {
  test.each([1, 3])('a submit that acts and never answers is found out, with %s endpoints dumb', async (dumb) => {
    const regions = ['us-west-2', 'eu-west-1', 'ap-southeast-2'].slice(0, dumb);
    const scene = new Scene({ scripts: Object.fromEntries(regions.map((region) => [region, { submit: [{ silent: true, landsAfterMs: 100 }] }])) });
    expect(await scene.run()).toMatchObject({ kind: 'served', nothingLost: true });
    expect(scene.active).toEqual([WEST]);
  });

  test('a submit whose last word stays lost ends as unknown, with the command that finds out, and without a fence in the way', async () => {
    const endpoints = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
    const scene = new Scene({ scripts: Object.fromEntries(endpoints.map((region) => [region, { submit: [{ fails: 'timed out' as const }] }])) });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'unknown', nothingLost: false, fences: [{ region: EAST, state: 'lifted' }] });
    expect(outcome.next[0]).toMatch(/^aws s3control get-multi-region-access-point-routes /);
    expect(scene.active).toEqual([EAST]);
  });

  test('a fence that cannot be lifted is said, with when it lapses and what to type', async () => {
    const scene = new Scene();
    const bucket = scene.estate.bucket(EAST);
    bucket.removePolicy = async () => Promise.reject(new CallError({ call: 's3 DeleteBucketPolicy', region: EAST, code: 'AccessDenied', status: 403, reason: 'no' }));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', fences: [{ region: EAST, state: 'lapses', lapses: expect.stringMatching(/^2026-11-24T03:\d\d:\d\dZ$/) }], next: ['s3-failover fence lift us-east-1'] });
    expect(outcome.sentence).toMatch(/the fence in us-east-1 is still up and lapses by itself at/);
  });
});

describe('when the target is the only active Region already', () => {
  test('nothing is done but to see that it serves', async () => {
    const scene = new Scene({ active: [WEST] });
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', proof: 'served', nothingLost: false });
    expect(scene.estate.plane.submits).toEqual([]);
    expect(recordsOf(scene)).toEqual([]);
    expect(scene.teller.plan).toBeUndefined();
  });

  test('what a run that died left is brought to its end: the fence kept while routes spread, then lifted, then a last look', async () => {
    const scene = new Scene({ active: [WEST] });
    leaveFence(scene, EAST, 90);
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'served', nothingLost: false, fences: [{ region: EAST, state: 'lifted' }], lastLook: { clean: true } });
    expect(outcome.sentence).toMatch(/by a run that came to no end/);
    expect(scene.fences(EAST)).toEqual([]);
    expect(scene.clock.now()).toBeGreaterThan(120_000);
    expect(scene.estate.plane.submits).toEqual([]);
  });

  test('fails when the run that moved the routes is still at work, and says who', async () => {
    const scene = new Scene({ active: [WEST] });
    leaveFence(scene, EAST, 170, 'theiract1');
    let reads = 0;
    scene.estate.before = ({ call, region }) => void (call === 'readPolicy' && region === EAST && ++reads === 3 && leaveFence(scene, EAST, 180, 'theiract1'));
    expect(await scene.run()).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/us-west-2 is the only active Region already, and somebody is still at work: the fence in us-east-1 is in use by act theiract1/) });
  });
});

describe('fences of others', () => {
  test('one that was left behind is taken over', async () => {
    const scene = new Scene();
    leaveFence(scene, EAST, 90);
    expect(await scene.run()).toMatchObject({ kind: 'served', fences: [{ region: EAST, state: 'lifted', held: true }] });
    expect(scene.teller.plan!.checks).toContainEqual({ name: 'fence', state: 'doubt', sentence: 'one was left behind in us-east-1 by act deadact01; it is taken over' });
    expect(scene.fences(EAST)).toEqual([]);
  });

  test('one that was left behind in the target is lifted first', async () => {
    const scene = new Scene({ policyMs: 3_000 });
    leaveFence(scene, WEST, 100);
    expect(await scene.run()).toMatchObject({ kind: 'served' });
    expect(scene.fences(WEST)).toEqual([]);
    expect(scene.client.missingIn(WEST)).toEqual([]);
  });

  test('one in a Region that is neither left nor taken is left alone, and shown', async () => {
    const scene = new Scene();
    leaveFence(scene, IRELAND, 60);
    expect(await scene.run()).toMatchObject({ kind: 'served' });
    expect(scene.teller.plan!.checks).toContainEqual({ name: 'fence', state: 'doubt', sentence: 'one was left behind in eu-west-1 by act deadact01; s3-failover fence lift eu-west-1 removes it' });
    expect(scene.fences(IRELAND)).toHaveLength(1);
  });

  test('fails when one is raised just after the plan was agreed to', async () => {
    const scene = new Scene();
    scene.teller.onStep = (name) => void (name === 'claim the act' && leaveFence(scene, EAST, 180, 'theiract1'));
    const outcome = await scene.run();
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/somebody else is at work: the fence in us-east-1 is that of act theiract1/) });
    expect(scene.active).toEqual([EAST]);
    expect(scene.fences(EAST)).toEqual(['S3FailoverFencetheiract1']);
  });
});

test('fails when another act puts its fence in the place of ours, and does not fight over it', async () => {
  const scene = new Scene();
  scene.teller.onStep = (name) => void (name === 'drain us-east-1 into us-west-2' && leaveFence(scene, EAST, 180, 'theiract1'));
  const outcome = await scene.run();
  expect(outcome).toMatchObject({ kind: 'refused', fences: [{ region: EAST, state: 'replaced', held: false }] });
  expect(outcome.sentence).toMatch(/somebody else is at work: the fence in us-east-1 is that of act theiract1.*; in us-east-1 the fence of another act stands now/);
  expect(scene.teller.steps.filter((name) => name === 'fence us-east-1')).toHaveLength(1);
  expect(scene.active).toEqual([EAST]);
  expect(scene.fences(EAST)).toEqual(['S3FailoverFencetheiract1']);
});

test('every number of the times is what the texts say', () => {
  expect(SWITCHOVER_TIMES).toMatchObject({ propagationMs: 120_000, waitMs: { listing: 60_000, metrics: 480_000 } });
});
