import { CallError } from '../../../../../runtime/core/calls/call-error';
import { ACTS, TRIED } from '../../../../../runtime/core/operate/doctor/checks/permissions';
import { needs } from '../../../../../runtime/core/operate/policy/verbs';
import { IMPOSSIBLE_ROUTES } from '../../../../../runtime/core/operate/doctor/checks/impossible-routes';
import type { Register, RegisterView } from '../../../../../runtime/core/operate/register';
import { NO_REGISTER } from '../../../../../runtime/core/operate/register';
import { keyOf } from '../../../../../runtime/core/operate/history/key';
import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import { fenceStatement } from '../../../../../runtime/core/operate/fence/statement';
import { routesWith } from '../../../../../runtime/core/routes/routes';
import type { Script } from '../../../support/control-plane';
import { EPOCH, FakeEstate } from '../../../support/fake-estate';
import { FakeDoctor } from '../../../support/fake-doctor';
import { VirtualClock } from '../../../support/virtual-clock';
import { record } from '../history/records';
import { complaints, findings, type Illness, type Patient } from './sick';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const IRELAND = 'eu-west-1';
const REGIONS = [EAST, WEST, IRELAND];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const scripts = (script: Script, regions: readonly string[] = FIVE) => Object.fromEntries(regions.map((region) => [region, script]));
const after = (minutes: number) => new Date(EPOCH + minutes * 60_000).toISOString();

/** An act that every Region remembers. */
function remembered({ world }: Patient, ...acts: Partial<ActRecord>[]): void {
  for (const act of acts) {
    const made = record(act);
    for (const region of REGIONS) if (world.buckets.has(region)) world.bucket(region).store(keyOf(made, world.wall), JSON.stringify(made), false);
  }
}

const raised = (region: string, until: number, actId = 'act0000000000001') => ({ world }: Patient) => {
  const bucket = world.bucket(region);
  bucket.policy = `{"Version":"2012-10-17","Statement":[${fenceStatement(world.wall, { actId, until }, { partition: 'aws', bucket: bucket.name })}]}`;
};

describe('control endpoints', () => {
  const yesterday = routesWith([WEST], REGIONS);
  test.each<[string, Illness, string[]]>([
    ['all answer and agree', {}, []],
    ['one is dead', { scripts: scripts({ read: [{ fails: 'unreachable' }] }, [EAST]) }, [`warns | endpoint-fails | ${EAST}`]],
    ['one is silent', { scripts: scripts({ read: [{ silent: true }] }, [IRELAND]) }, [`warns | endpoint-fails | ${IRELAND}`]],
    ['one is slow, and is waited for', { scripts: scripts({ read: [{ latencyMs: 2_500 }] }, [EAST]) }, []],
    ['all are dead', { scripts: scripts({ read: [{ fails: 'connection lost' }] }) }, ['fails | no-endpoint-answers']],
    ['one tells the past', { scripts: scripts({ read: [{ tells: yesterday }] }, [IRELAND]) }, ['warns | endpoints-disagree']],
    ['all refuse the caller, which is a matter of permissions', { scripts: scripts({ read: [{ fails: 'forbidden' }] }) }, []],
  ])('%s', async (_, illness, expected) => expect(await complaints('endpoints', illness)).toEqual(expected));
});

describe('the access point', () => {
  const routes = (change: (routes: { region: string; dial: number; bucket?: string }[]) => void): Illness => ({
    wrong: ({ world }) => {
      const live = routesWith([EAST], REGIONS).map((route) => ({ ...route, bucket: world.estate.buckets[route.region] }));
      change(live);
      world.plane.live = live;
    },
  });
  test.each<[string, Illness, string[]]>([
    ['has the members of the manifest', routes(() => undefined), []],
    ['has one more', routes((live) => live.push({ region: 'eu-central-1', dial: 0, bucket: 'x' })), ['fails | member-unknown | eu-central-1']],
    ['has one less', routes((live) => live.pop()), [`fails | member-missing | ${WEST}`]],
    ['has another bucket', routes((live) => (live[0].bucket = 'other')), [`fails | member-differs | ${IRELAND}`]],
    ['has a dial in between', routes((live) => (live[0].dial = 50)), [`warns | odd-dial | ${IRELAND}`]],
    ['has no active Region', routes((live) => live.forEach((route) => (route.dial = 0))), ['fails | none-active']],
    ['is gone', { scripts: scripts({ read: [{ fails: 'no such access point' }] }) }, ['fails | access-point-gone']],
    ['has a single Region', { scripts: scripts({ read: [{ fails: 'single Region' }] }) }, ['fails | access-point-gone']],
    ['is told of by nobody', { scripts: scripts({ read: [{ silent: true }] }) }, ['not checked | no-answer']],
  ])('%s', async (_, illness, expected) => expect(await complaints('access-point', illness)).toEqual(expected));
});

describe('permissions', () => {
  const without = (call: string): Illness => ({ wrong: ({ doctor }) => doctor.denied.add(call) });
  const bucketDenies = (call: string): Illness => ({ wrong: ({ world }) => REGIONS.forEach((region) => world.bucket(region).denied.add(call)) });
  test.each<[string, Illness, string[]]>([
    ['all there', {}, []],
    ['to read routes is missing', { scripts: scripts({ read: [{ fails: 'forbidden' }] }) }, ['fails | permission-missing | ReadRoutes']],
    ['to read routes is missing at some endpoints', { scripts: scripts({ read: [{ fails: 'forbidden' }] }, [EAST, WEST]) }, ['warns | permission-missing | ReadRoutes']],
    ['to submit is missing', { scripts: scripts({ submit: [{ fails: 'forbidden' }] }) }, ['fails | permission-missing | SubmitRoutes']],
    ['to submit is missing at some endpoints', { scripts: scripts({ submit: [{ fails: 'forbidden' }] }, [EAST]) }, ['warns | permission-missing | SubmitRoutes']],
    ['to submit is not to be told from slowness', { scripts: scripts({ submit: [{ fails: 'slow down' }] }, [EAST]) }, [`not checked | permissions-untried | ${EAST}`]],
    ['to submit is there where another submit was faster', { scripts: scripts({ submit: [{ fails: 'conflict' }] }) }, []],
    ['to list buckets is missing, which blurs two others', bucketDenies('probe'), ['warns | permission-missing | ListBuckets']],
    ['to read the history is missing', bucketDenies('getText'), ['warns | permission-missing | ReadHistory']],
    ['to write the history is missing', without('put history'), ['warns | permission-missing | WriteHistory']],
    ['to write probes is missing in the buckets', without('put probe'), ['warns | permission-missing | WriteProbes']],
    ['to write through the access point is missing', without('put through'), ['warns | permission-missing | WriteProbes']],
    [
      'to write through the access point cannot be told with a token of one Region',
      { wrong: ({ doctor }) => doctor.failing.set('put through', new CallError({ call: 's3 PutObject', region: 'the access point', status: 400, code: 'InvalidToken', reason: 'The provided token is malformed or otherwise invalid.' })) },
      ['warns | token-not-for-all-regions'],
    ],
    ['to find probes, and to ask of any object, is missing', bucketDenies('headVersion'), ['warns | permission-missing | FindProbes', 'fails | permission-missing | HeadVersions']],
    ['to remove probes is missing', without('remove probe'), ['warns | permission-missing | RemoveProbes']],
    ['to remove probes in batches is missing', without('remove many probe'), ['warns | permission-missing | RemoveProbes']],
    ['to see that a fence refuses is missing', without('put fence-check'), ['fails | permission-missing | WriteFenceChecks']],
    ['to leave watermarks is missing', without('put watermark'), ['warns | permission-missing | WriteWatermarks']],
    ['to remove what was written to see it is missing', without('remove fence-check'), ['warns | permission-missing | RemoveFenceChecks']],
    [
      'to see that a fence refuses cannot be told while one stands',
      { wrong: (patient) => (raised(EAST, EPOCH + 120_000)(patient), patient.doctor.denied.add(`${EAST} put fence-check`)) },
      [`not checked | permissions-untried | ${EAST}`],
    ],
    ['to read the rules is missing', without('replication'), ['warns | permission-missing | ReadRules']],
    ['to list versions is missing', bucketDenies('listVersions'), ['fails | permission-missing | ListVersions']],
    ['to list uploads is missing', bucketDenies('listUploads'), ['warns | permission-missing | ListUploads']],
    ['to read policies is missing', bucketDenies('readPolicy'), ['fails | permission-missing | ReadPolicies']],
    ['to write policies is missing', without('put policy'), ['fails | permission-missing | WritePolicies']],
    ['to write policies is missing in one Region', without(`${WEST} put policy`), ['fails | permission-missing | WritePolicies']],
    ['to remove a policy would have to be tried by removing it', { wrong: ({ world }) => (world.bucket(WEST).policy = undefined) }, ['not checked | removal-untried']],
    ['of a dead Region are not tried', { wrong: ({ world }) => world.kill(WEST, 'refused') }, [`not checked | permissions-untried | ${WEST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('permissions', illness)).toEqual(expected));

  test('are tried, all that failover and switchover need but the manifest, which is there already', () => {
    const needed = ACTS.flatMap((verb) => [...needs(verb).must, ...needs(verb).should]);
    expect([...new Set(needed)].filter((sid) => !TRIED.includes(sid))).toEqual(['ReadManifest']);
  });

  test('are found out one endpoint at a time, without a change, and never by routes that an access point could have', async () => {
    const clock = new VirtualClock();
    const world = new FakeEstate(clock);
    const before = world.plane.live;
    const { examine } = await import('../../../../../runtime/core/operate/doctor/examine');
    await clock.run(() => examine(new FakeDoctor(world).doctorWorld(), { signal: new AbortController().signal }));
    expect(world.plane.mostSubmitsAtOnce).toBe(1);
    expect(world.plane.submits.map(({ routes }) => routes)).toEqual(FIVE.map(() => IMPOSSIBLE_ROUTES));
    expect(world.plane.history).toEqual([{ at: 0, routes: before }]);
    for (const region of REGIONS) expect(world.bucket(region).all).toEqual([]);
  });

  test('to submit are not tried while somebody else is at work, whose act it might stop', async () => {
    const illness: Illness = { wrong: (patient) => remembered(patient, { phase: 'begun', at: after(-1), id: 'busy000000000001' }) };
    expect(await complaints('permissions', illness)).toEqual(FIVE.map((region) => `not checked | permissions-untried | ${region}`));
  });

  test('that are missing are answered with the policy of the verb that needs them', async () => {
    const [finding] = await findings('permissions', without('put policy'));
    expect(finding.commands).toEqual(['s3-failover policy switchover']);
    expect(finding.sentence).toBe('the caller may not raise, extend and lift the fence: switchover will be refused');
  });
});

describe('credentials', () => {
  const are = (facts: object): Illness => ({ wrong: ({ doctor }) => (doctor.facts = { source: 'sso', temporary: true, renewals: [], ...facts } as never) });
  const expired = new CallError({ call: 'sts GetCallerIdentity', region: EAST, status: 403, code: 'ExpiredToken', reason: 'The security token included in the request is expired' });
  test.each<[string, Illness, string[]]>([
    ['that last', {}, []],
    ['of a session that lasts', are({ expiresAt: EPOCH + 7_200_000 }), []],
    ['of a session that ends within the hour', are({ expiresAt: EPOCH + 30 * 60_000 }), ['warns | credentials-expire']],
    ['of a session that ends before a switchover would', are({ expiresAt: EPOCH + 5 * 60_000 }), ['fails | credentials-expire']],
    ['of a session that has ended', are({ expiresAt: EPOCH - 1 }), ['fails | credentials-expired']],
    ['of a session whose end nobody knows', are({ source: 'environment' }), ['not checked | expiry-unknown']],
    ['that need the active Region', are({ expiresAt: EPOCH + 7_200_000, renewals: [{ service: 'IAM Identity Center', region: EAST }] }), [`warns | credentials-need-active-region | ${EAST}`]],
    ['that need a passive Region', are({ expiresAt: EPOCH + 7_200_000, renewals: [{ service: 'STS', region: WEST }] }), []],
    ['that need a Region without data', are({ expiresAt: EPOCH + 7_200_000, renewals: [{ service: 'STS', region: 'eu-north-1' }] }), []],
    ['that are missing', { wrong: ({ doctor }) => (doctor.facts = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' })) }, ['fails | no-credentials']],
    ['that AWS does not take', { wrong: ({ doctor }) => doctor.failing.set('account', expired) }, ['fails | credentials-refused']],
    ['that one Region does not take', { wrong: ({ doctor }) => doctor.failing.set(`${EAST} account`, expired) }, []],
  ])('%s', async (_, illness, expected) => expect(await complaints('credentials', illness)).toEqual(expected));
});

describe('opt-in Regions', () => {
  const MILAN = 'eu-south-1';
  const regions = [EAST, MILAN];
  const refused = (code: string) => new CallError({ call: 'sts GetCallerIdentity', region: MILAN, status: 403, code, reason: 'The security token included in the request is invalid' });
  test.each<[string, Illness, string[]]>([
    ['are none', {}, []],
    ['are enabled', { regions }, []],
    ['are not enabled', { regions, wrong: ({ doctor }) => doctor.failing.set(`${MILAN} account`, refused('InvalidClientTokenId')) }, [`fails | region-not-enabled | ${MILAN}`]],
    ['do not answer', { regions, wrong: ({ world }) => world.kill(MILAN, 'refused') }, [`not checked | no-answer | ${MILAN}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('opt-in', illness)).toEqual(expected));
});

describe('a fence', () => {
  test.each<[string, Illness, string[]]>([
    ['is not there', {}, []],
    ['is not there in a bucket without a policy', { wrong: ({ world }) => (world.bucket(EAST).policy = undefined) }, []],
    ['was left behind and stands', { wrong: raised(EAST, EPOCH + 120_000) }, [`fails | fence-standing | ${EAST}`]],
    ['was left behind and has lapsed', { wrong: raised(EAST, EPOCH - 60_000) }, [`warns | fence-lapsed | ${EAST}`]],
    ['is in use by an act', { wrong: (patient) => (raised(EAST, EPOCH + 120_000)(patient), remembered(patient, { phase: 'begun', verb: 'switchover', at: after(-1) })) }, [`warns | fence-in-use | ${EAST}`]],
    ['cannot be told in a policy that makes no sense', { wrong: ({ world }) => (world.bucket(EAST).policy = '{"Version":"2012-10-17"}') }, [`fails | policy-malformed | ${EAST}`]],
    ['may not be looked for', { wrong: ({ world }) => world.bucket(EAST).denied.add('readPolicy') }, [`not checked | not-allowed | ${EAST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('fence', illness)).toEqual(expected));
});

describe('intent', () => {
  const registered = (view: Partial<RegisterView> | Error): Illness['changed'] => () => {
    const read: Register['read'] = async () => {
      if (view instanceof Error) throw view;
      return { epoch: 1, intent: [EAST], excluded: [], quarantined: [], ...view };
    };
    return { register: { ...NO_REGISTER, read } };
  };
  const moved = { from: [EAST], to: [WEST], at: after(-90) };
  test.each<[string, Illness, string[]]>([
    ['is met', {}, []],
    ['is met by the last act, not by the template', { active: [WEST], wrong: (patient) => remembered(patient, moved) }, []],
    ['is not met, and no act says why', { active: [WEST] }, ['warns | routes-differ-from-manifest']],
    ['is not met, and the last act says otherwise', { active: [IRELAND], wrong: (patient) => remembered(patient, moved) }, ['warns | routes-differ-from-history']],
    ['of a manifest by latency is met with every Region active', { active: REGIONS, manifest: { routing: { mode: 'latency', regions: REGIONS } } }, []],
    ['is not met with two active Regions', { active: [EAST, WEST] }, ['warns | routes-differ-from-manifest']],
    ['is being changed', { wrong: (patient) => remembered(patient, { phase: 'begun', at: after(-1) }) }, ['warns | act-under-way']],
    ['was being changed by who never came back', { wrong: (patient) => remembered(patient, { phase: 'begun', at: after(-600), to: [EAST] }) }, ['warns | act-unfinished']],
    ['was changed without a last word', { wrong: (patient) => remembered(patient, { outcome: 'unknown', to: [EAST], at: after(-600) }) }, ['warns | act-unknown']],
    [
      'may be changed by an act whose record cannot be read',
      { wrong: (patient) => (remembered(patient, { phase: 'begun', at: after(-1) }), REGIONS.forEach((region) => patient.world.bucket(region).denied.add('getText'))) },
      ['not checked | records-unread'],
    ],
    ['is unknown where no endpoint answers', { scripts: scripts({ read: [{ silent: true }] }) }, ['not checked | no-answer']],
    ['is known without a history', { wrong: ({ world }) => REGIONS.forEach((region) => world.bucket(region).denied.add('listKeys')) }, ['not checked | no-history']],
    ['is what the register says', { changed: registered({}) }, []],
    ['is not what the register says', { changed: registered({ intent: [WEST] }) }, ['warns | routes-differ-from-register']],
    ['is held by the brake', { changed: registered({ brake: { by: 'ann', why: 'works on the network', until: EPOCH + 1 } }) }, ['warns | brake-on']],
    ['cannot be read', { changed: registered(new CallError({ call: 'dynamodb GetItem', region: EAST, code: 'ECONNREFUSED', reason: 'x' })) }, ['fails | register-unreadable | the register']],
  ])('%s', async (_, illness, expected) => expect(await complaints('intent', illness)).toEqual(expected));
});

describe('targets', () => {
  const quarantines = (...regions: string[]) => ({ verb: 'failover' as const, from: regions, to: [EAST], quarantines: regions, at: after(-90), endedAt: after(-89) });
  test.each<[string, Illness, string[]]>([
    ['are all free', {}, []],
    ['are one less by a quarantine', { wrong: (patient) => remembered(patient, quarantines(WEST)) }, [`warns | region-quarantined | ${WEST}`]],
    ['are none by quarantines', { wrong: (patient) => remembered(patient, quarantines(WEST, IRELAND)) }, [`fails | region-quarantined | ${IRELAND}`, `fails | region-quarantined | ${WEST}`]],
    ['are free again after a lift', { wrong: (patient) => remembered(patient, quarantines(WEST), { id: 'act0000000000002', verb: 'reconcile', lifts: [WEST], at: after(-30), endedAt: after(-29) }) }, []],
    ['are one less by exclusion', { changed: () => ({ register: { ...NO_REGISTER, read: async () => ({ epoch: 1, intent: [EAST], excluded: [{ region: WEST, why: 'works' }], quarantined: [] }) } }) }, [`warns | region-excluded | ${WEST}`]],
    [
      'may be less by a record that cannot be read',
      { wrong: (patient) => (remembered(patient, quarantines(WEST)), REGIONS.forEach((region) => patient.world.bucket(region).denied.add('getText'))) },
      ['not checked | records-unread'],
    ],
    ['are not known without a history', { wrong: ({ world }) => REGIONS.forEach((region) => world.bucket(region).denied.add('listKeys')) }, ['not checked | no-history']],
  ])('%s', async (_, illness, expected) => expect(await complaints('targets', illness)).toEqual(expected));
});

describe('copies of the manifest', () => {
  const copies = (change: (region: string, live: any) => string | undefined): Illness['changed'] => ({ world }) => ({
    parameter: async (region) => change(region, JSON.parse(JSON.stringify(world.estate.manifest))),
  });
  const as = (live: unknown) => JSON.stringify(live);
  test.each<[string, Illness, string[]]>([
    ['agree', {}, []],
    ['are missing in one Region', { changed: copies((region, live) => (region === WEST ? undefined : as(live))) }, [`warns | copy-missing | ${WEST}`]],
    ['are broken in one Region', { changed: copies((region, live) => (region === WEST ? '{' : as(live))) }, [`warns | copy-malformed | ${WEST}`]],
    ['are older in one Region', { changed: copies((region, live) => as({ ...live, revision: region === WEST ? 4 : 5 })) }, ['warns | copies-differ']],
    ['contradict each other', { changed: copies((region, live) => as({ ...live, bucketNamePrefix: region === WEST ? 'other' : 'media' })) }, ['warns | copies-contradict']],
    ['are all newer than the one in use, and say the same', { changed: copies((_, live) => as({ ...live, revision: 9 })) }, []],
    ['are all newer than the one in use, and say otherwise', { changed: copies((_, live) => as({ ...live, revision: 9, routing: { mode: 'active-passive', regions: [WEST] } })) }, ['fails | manifest-stale']],
    ['are all older than the one in use', { changed: copies((_, live) => as({ ...live, revision: 3 })) }, ['warns | manifest-ahead']],
    ['may not be read', { wrong: ({ doctor }) => doctor.denied.add('parameter') }, REGIONS.map((region) => `not checked | not-allowed | ${region}`)],
    ['cannot be looked for without a name', { changed: () => ({ manifestFrom: { words: 'file media.json' } }) }, ['not checked | parameter-unknown']],
  ])('%s', async (_, illness, expected) => expect(await complaints('manifest-copies', illness)).toEqual(expected));
});
