import { CallError } from '../../../../../runtime/core/calls/call-error';
import { complaints, findings, type Illness } from './sick';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const ALL_BUT = (fault: object) => ({ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true, ...fault });

function answering(status: number, code: string): CallError {
  return new CallError({ call: 's3 HeadBucket', region: WEST, status, code, reason: code });
}

const probeFails = (region: string, error: CallError): Illness => ({
  wrong: ({ world }) => {
    world.before = (call) => {
      if (call.region === region && call.call === 'probe') throw error;
    };
  },
});

describe('buckets', () => {
  test.each<[string, Illness, string[]]>([
    ['all is well', {}, []],
    ['a passive Region is dead', { wrong: ({ world }) => world.kill(WEST, 'refused') }, [`fails | region-silent | ${WEST}`]],
    ['a passive Region is silent', { wrong: ({ world }) => world.kill(WEST, 'silent') }, [`fails | region-silent | ${WEST}`]],
    ['the active Region is dead: that is what a failover is for', { wrong: ({ world }) => world.kill(EAST, 'refused') }, [`warns | region-silent | ${EAST}`]],
    ['a bucket is gone', probeFails(WEST, answering(404, 'NotFound')), [`fails | bucket-gone | ${WEST}`]],
    ['a bucket is in another Region', probeFails(WEST, answering(301, '301')), [`fails | bucket-in-another-region | ${WEST}`]],
    ['a bucket is of another account', probeFails(WEST, answering(403, '403')), [`fails | bucket-of-another-account | ${WEST}`]],
    ['an answer makes no sense', probeFails(WEST, answering(418, 'Teapot')), [`not checked | no-sense | ${WEST}`]],
    [
      'the caller may not list a bucket, or it is of another account',
      { wrong: ({ world, doctor }) => (world.bucket(WEST).denied.add('probe'), doctor.denied.add('exists')) },
      [`not checked | bucket-denied | ${WEST}`],
    ],
  ])('%s', async (_, illness, expected) => expect(await complaints('buckets', illness)).toEqual(expected));

  test('a dead active Region is answered with the command to leave it', async () => {
    const [finding] = await findings('buckets', { regions: [EAST, WEST], wrong: ({ world }) => world.kill(EAST, 'refused') });
    expect(finding.commands).toContain('s3-failover failover us-west-2');
  });
});

describe('versioning', () => {
  test.each<[string, Illness, string[]]>([
    ['is on everywhere', {}, []],
    ['is suspended in one Region', { wrong: ({ doctor }) => (doctor.of[WEST].versioning = 'Suspended') }, [`fails | versioning-off | ${WEST}`]],
    ['was never on in one Region', { wrong: ({ doctor }) => (doctor.of[WEST].versioning = 'never') }, [`fails | versioning-off | ${WEST}`]],
    ['may not be looked at', { wrong: ({ doctor }) => doctor.denied.add('versioning') }, [EAST, WEST, 'eu-west-1'].map((region) => `not checked | not-allowed | ${region}`)],
    ['cannot be looked at in a dead Region', { wrong: ({ world }) => world.kill(WEST, 'silent') }, [`not checked | no-answer | ${WEST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('versioning', illness)).toEqual(expected));

  test('is switched on by the command that is given', async () => {
    const [finding] = await findings('versioning', { wrong: ({ doctor }) => (doctor.of[EAST].versioning = 'Suspended') });
    expect(finding.commands).toEqual(['aws s3api put-bucket-versioning --region us-east-1 --bucket media-111122223333-us-east-1-an --versioning-configuration Status=Enabled']);
  });
});

describe('lifecycle', () => {
  const expires = { ID: 'expire', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 } };
  test.each<[string, Illness, string[]]>([
    ['the same rules everywhere, in another order and by other names', { wrong: ({ doctor }) => {
      const moves = { ID: 'move', Status: 'Enabled', Filter: { Prefix: '' }, Transitions: [{ Days: 30, StorageClass: 'STANDARD_IA' }] };
      for (const settings of Object.values(doctor.of)) settings.lifecycle = [expires, moves];
      doctor.of[WEST].lifecycle = [{ ...moves, ID: 'other name' }, expires];
    } }, []],
    ['a rule in one Region only', { wrong: ({ doctor }) => (doctor.of[WEST].lifecycle = [expires]) }, ['warns | lifecycle-differs']],
    ['a rule in one Region only, which is off', { wrong: ({ doctor }) => (doctor.of[WEST].lifecycle = [{ ...expires, Status: 'Disabled' }]) }, []],
    ['another time in one Region', { wrong: ({ doctor }) => {
      for (const settings of Object.values(doctor.of)) settings.lifecycle = [expires];
      doctor.of[WEST].lifecycle = [{ ...expires, Expiration: { Days: 8 } }];
    } }, ['warns | lifecycle-differs']],
    ['one Region that may not be looked at', { wrong: ({ doctor }) => doctor.denied.add(`${WEST} lifecycle`) }, [`not checked | not-allowed | ${WEST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('lifecycle', illness)).toEqual(expected));
});

describe('exposure', () => {
  test.each<[string, Illness, string[]]>([
    ['the same everywhere', {}, []],
    ['ACLs count in one Region', { wrong: ({ doctor }) => (doctor.of[WEST].ownership = 'ObjectWriter') }, ['warns | ownership-differs']],
    ['ownership was never set in one Region', { wrong: ({ doctor }) => (doctor.of[WEST].ownership = undefined) }, ['warns | ownership-differs']],
    ['one Region lets public policies in', { wrong: ({ doctor }) => (doctor.of[WEST].publicAccess = ALL_BUT({ blockPublicPolicy: false })) }, ['warns | public-access-differs']],
    ['one Region that may not be looked at', { wrong: ({ doctor }) => doctor.denied.add(`${WEST} ownership`) }, [`not checked | not-allowed | ${WEST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('exposure', illness)).toEqual(expected));
});

describe('encryption', () => {
  const KEY = (region: string) => `arn:aws:kms:${region}:111122223333:key/1a2b3c4d`;
  const kms = (region: string, elsewhere = region) => ({ algorithm: 'aws:kms', keyId: KEY(elsewhere) });
  const everywhere = ({ doctor }: Parameters<NonNullable<Illness['wrong']>>[0], opted = true, key: (to: string) => string | undefined = KEY) => {
    for (const [region, settings] of Object.entries(doctor.of)) {
      settings.encryption = kms(region);
      settings.rules = settings.rules!.map((rule) => {
        const to = rule.ID!.replace('s3-failover-0a1b2c3d-', '');
        const ReplicaKmsKeyID = key(to);
        return {
          ...rule,
          SourceSelectionCriteria: { ...rule.SourceSelectionCriteria, ...(opted && { SseKmsEncryptedObjects: { Status: 'Enabled' as const } }) },
          Destination: { ...rule.Destination!, ...(ReplicaKmsKeyID && { EncryptionConfiguration: { ReplicaKmsKeyID } }) } as never,
        };
      });
    }
  };
  const keys = [EAST, WEST, 'eu-west-1'].map((region) => `not checked | key-state-unknown | ${region}`);
  const ways = [EAST, WEST, 'eu-west-1'].flatMap((source, _, all) => all.filter((one) => one !== source).map((to) => `${source} to ${to}`));

  test.each<[string, Illness, string[]]>([
    ["S3's own keys everywhere", {}, []],
    ['KMS everywhere, replicated with keys of each Region', { regions: [EAST, WEST, 'eu-west-1'], wrong: (patient) => everywhere(patient) }, keys],
    ['KMS everywhere, and rules that leave it out', { wrong: (patient) => everywhere(patient, false) }, [...keys, ...ways.map((way) => `fails | kms-not-replicated | ${way}`)]],
    ['KMS everywhere, and rules without a key', { wrong: (patient) => everywhere(patient, true, () => undefined) }, [...keys, ...ways.map((way) => `fails | replica-key-missing | ${way}`)]],
    [
      "KMS everywhere, and one key that is another Region's",
      { wrong: (patient) => everywhere(patient, true, (to) => KEY(to === WEST ? EAST : to)) },
      [...keys, `fails | replica-key-elsewhere | ${EAST} to ${WEST}`, `fails | replica-key-elsewhere | eu-west-1 to ${WEST}`],
    ],
    ['KMS in one Region only', { wrong: ({ doctor }) => (doctor.of[WEST].encryption = kms(WEST)) }, [
      'warns | encryption-differs', `not checked | key-state-unknown | ${WEST}`, `fails | kms-not-replicated | ${WEST} to ${EAST}`, `fails | kms-not-replicated | ${WEST} to eu-west-1`,
    ]],
    ['a bucket with a key of another Region', { regions: [EAST, WEST], wrong: ({ doctor }) => {
      for (const settings of Object.values(doctor.of)) Object.assign(settings, { encryption: kms(EAST), rules: [] });
    } }, [`not checked | key-state-unknown | ${EAST}`, `fails | key-of-another-region | ${WEST}`]],
    ['one Region that may not be looked at', { wrong: ({ doctor }) => doctor.denied.add(`${WEST} encryption`) }, [`not checked | not-allowed | ${WEST}`]],
  ])('%s', async (_, illness, expected) => expect((await complaints('encryption', illness)).sort()).toEqual([...expected].sort()));
});

describe('uploads', () => {
  const open = (key: string) => ({ key, uploadId: 'u1', initiatedAt: Date.UTC(2026, 10, 23) });
  test.each<[string, Illness, string[]]>([
    ['none', {}, []],
    ['in the active Region, which is as it should be', { wrong: ({ world }) => world.bucket(EAST).uploads.push(open('a')) }, []],
    ['in a passive Region', { wrong: ({ world }) => world.bucket(WEST).uploads.push(open('a')) }, [`warns | uploads-on-passive | ${WEST}`]],
    ['may not be listed in a passive Region', { wrong: ({ world }) => world.bucket(WEST).denied.add('listUploads') }, [`not checked | not-allowed | ${WEST}`]],
    ['are not looked for where nobody knows which Region is passive', { scripts: silent() }, ['not checked | no-answer']],
  ])('%s', async (_, illness, expected) => expect(await complaints('uploads', illness)).toEqual(expected));

  test('are named, without what could disturb a terminal', async () => {
    const [finding] = await findings('uploads', { wrong: ({ world }) => world.bucket(WEST).uploads.push(open('a\u001b[2Jb'), open('c'), open('d'), open('e')) });
    expect(finding.evidence).toBe("'a [2Jb' since 2026-11-23T00:00:00.000Z, 'c' since 2026-11-23T00:00:00.000Z, 'd' since 2026-11-23T00:00:00.000Z, ...");
    expect(finding.sentence).toMatch(/^4 uploads in parts are open in us-west-2, which is passive/);
  });
});

describe('clock', () => {
  const off = (milliseconds: number): Illness => ({
    changed: ({ world }) => ({ buckets: (region) => ({ ...world.bucket(region), region, name: 'x', probe: async () => ({ serverTime: world.wall.now() + milliseconds }) }) as never }),
  });
  test.each<[string, Illness, string[]]>([
    ['agrees', {}, []],
    ['is off by what an answer takes and a second is cut', off(-1_900), []],
    ['is half a minute behind', off(30_000), [EAST, WEST, 'eu-west-1'].map((region) => `warns | clock-skewed | ${region}`)],
    ['is half a minute ahead', off(-30_000), [EAST, WEST, 'eu-west-1'].map((region) => `warns | clock-skewed | ${region}`)],
    ['is five minutes behind', off(300_000), [EAST, WEST, 'eu-west-1'].map((region) => `fails | clock-skewed | ${region}`)],
    ['cannot be compared', { wrong: ({ world }) => ['us-east-1', 'us-west-2', 'eu-west-1'].forEach((region) => world.kill(region, 'refused')) }, ['not checked | no-time']],
  ])('%s', async (_, illness, expected) => expect(await complaints('clock', illness)).toEqual(expected));
});

function silent(): Illness['scripts'] {
  return Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, { read: [{ silent: true }] }]));
}
