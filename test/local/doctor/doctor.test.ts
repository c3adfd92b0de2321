import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { policyFor } from '../../../runtime/core/operate/policy/document';
import { scopeOf } from '../../../runtime/core/operate/policy/scope';
import type { Credentials } from '../../../local';
import { makeOperatorEstate, type OperatorEstate } from '../operator-estate';
import { arn, EAST, Lab, policy, WEST, type Statement } from '../replication-lab';
import { runCli, type RunCliOptions } from '../run-cli';
import { ILLNESSES } from './illnesses';

jest.setTimeout(60_000);

const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
let lab: Lab;
let operators: OperatorEstate;
let operator: Credentials;
const folder = mkdtempSync(join(tmpdir(), 's3-failover-doctor-'));

/** Whoever acts: what the verbs and a look at everything need. */
const statements = ({ estate, parameter }: OperatorEstate): Statement[] =>
  (['doctor', 'failover', 'switchover'] as const).flatMap((verb) => policyFor(verb, scopeOf(estate, parameter), ['--deep']).document.Statement.map(({ Sid, ...one }) => ({ Sid: `${verb}${Sid}`, ...one })));

beforeAll(async () => {
  lab = await Lab.start();
  operators = await makeOperatorEstate(lab);
  operator = await lab.user(statements(operators));
}, 120_000);

afterEach(() => lab.aws.control.heal());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});

interface Finding {
  readonly severity: string;
  readonly code: string;
  readonly where: string | null;
  readonly sentence: string;
  readonly evidence: string | null;
  readonly commands: readonly string[];
}

interface Look {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  /** What is not good: `severity | code | where`. */
  readonly complaints: readonly string[];
}

async function look(args: readonly string[] = [], options: RunCliOptions = {}, { parameter } = operators): Promise<Look> {
  const source = args.includes('--manifest') ? [] : ['--name', parameter];
  const { code, stdout, stderr } = await runCli(lab.aws, ['doctor', '--json', ...source, ...args], { credentials: operator, ...options });
  const document = JSON.parse(stdout) as { findings?: Finding[] };
  if (!document.findings) throw new Error(`${stdout}${stderr}`);
  return { code, findings: document.findings, complaints: document.findings.filter(({ severity }) => severity !== 'good').map(({ severity, code: kind, where }) => [severity, kind, where].filter(Boolean).join(' | ')) };
}

test('a healthy estate is found healthy, by a caller with the least that the verbs need', async () => {
  const { code, complaints } = await look();
  expect(complaints).toEqual([]);
  expect(code).toBe(0);
});

describe('is found', () => {
  test.each(ILLNESSES)('when $title', async ({ fall, finds }) => {
    const mend = await fall({ lab, operators });
    try {
      const { code, complaints } = await look();
      expect([...complaints].sort()).toEqual([...finds].sort());
      expect(code).toBe(finds.some((one) => one.startsWith('fails')) ? 3 : 5);
    } finally {
      await mend?.();
    }
  });
});

test('a dead passive Region is named, and all that could not be looked at in it', async () => {
  await lab.aws.control.setRegion(WEST, { kind: 'refused' });
  const { code, findings, complaints } = await look();
  expect(complaints.filter((one) => !one.startsWith('not checked'))).toEqual([`fails | region-silent | ${WEST}`, `warns | endpoint-fails | ${WEST}`]);
  expect(findings.filter(({ severity, where }) => severity === 'not checked' && where === WEST).length).toBeGreaterThan(8);
  expect(code).toBe(3);
});

test('a dead active Region is no reason for a failover to fail', async () => {
  await lab.aws.control.setRegion(EAST, { kind: 'blackhole' });
  const { code, complaints } = await look();
  expect(complaints.filter((one) => !one.startsWith('not checked'))).toEqual([`warns | endpoint-fails | ${EAST}`, `warns | region-silent | ${EAST}`]);
  expect(code).toBe(5);
});

test('five dead endpoints are the end of moving traffic', async () => {
  for (const region of FIVE) await lab.aws.control.setControlEndpoint(region, { kind: 'refused' });
  const { complaints } = await look();
  expect(complaints).toContain('fails | no-endpoint-answers');
});

test('an endpoint that tells the past is a disagreement', async () => {
  const ill = ILLNESSES.find(({ title }) => title === 'traffic was moved by hand')!;
  await lab.aws.control.setControlEndpoint('ap-southeast-2', { kind: 'stale' });
  const mend = await ill.fall({ lab, operators });
  const { complaints } = await look();
  await mend?.();
  expect(complaints).toEqual(['warns | endpoints-disagree', 'warns | routes-differ-from-manifest']);
});

test('an opt-in Region that is not enabled takes no credentials', async () => {
  const milan = await makeOperatorEstate(lab, [EAST, 'eu-south-1']);
  const credentials = await lab.user(statements(milan));
  expect((await look([], { credentials }, milan)).complaints).toEqual([]);
  await lab.aws.control.setRegion('eu-south-1', { kind: 'failing', status: 403, code: 'InvalidClientTokenId' });
  expect((await look([], { credentials }, milan)).complaints).toContain('fails | region-not-enabled | eu-south-1');
});

test('objects that failed to replicate are found in the metrics, and with --deep by themselves', async () => {
  const sick = await makeOperatorEstate(lab);
  const credentials = await lab.user(statements(sick));
  await lab.aws.control.setReplicationMetrics({ periodMs: 1000, delayMs: 0 });
  await lab.aws.control.setReplication({ source: sick.estate.buckets[EAST], fail: { keys: 'film*' } });
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket: sick.estate.buckets[EAST], Key: 'film.mov', Body: 'x' }));
  await lab.idle({ source: sick.estate.buckets[EAST] });
  const deep = await look(['--deep'], { credentials }, sick);
  expect(deep.complaints).toContain(`fails | sample-failed | ${EAST}`);
  expect(deep.findings.find(({ code }) => code === 'sample-failed')!.evidence).toContain("'film.mov'");
  let seen: readonly string[] = [];
  for (let tries = 0; tries < 10 && !seen.includes(`fails | objects-failed | ${EAST} to ${WEST}`); tries++) seen = (await look([], { credentials }, sick)).complaints;
  expect(seen).toEqual([`fails | objects-failed | ${EAST} to ${WEST}`]);
});

describe('a manifest in a file', () => {
  const file = (content: object) => {
    const path = join(folder, 'media.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const about = () => ({ about: { parameter: operators.parameter } });

  test('is compared with the live one', async () => {
    expect((await look(['--manifest', file({ ...operators.manifest, ...about() })])).complaints).toEqual([]);
    const older = { ...operators.manifest, ...about(), revision: 4, routing: { mode: 'active-passive', regions: [EAST] } };
    expect((await look(['--manifest', file(older)])).complaints).toEqual(['fails | manifest-stale']);
  });

  test('that names a bucket which is gone, or one too little, is found out', async () => {
    const named = { ...operators.manifest.accessPoint.buckets, [WEST]: 'no-such-bucket-anywhere' };
    const manifest = { ...operators.manifest, buckets: named, accessPoint: { ...operators.manifest.accessPoint, buckets: named } };
    expect((await look(['--manifest', file(manifest)], { credentials: undefined })).complaints).toEqual(expect.arrayContaining([`fails | bucket-gone | ${WEST}`, `fails | member-differs | ${WEST}`]));
  });

  test('that names a bucket of another Region is found out', async () => {
    const other = await lab.bucket('eu-west-1');
    const named = { ...operators.manifest.accessPoint.buckets, [WEST]: other };
    const manifest = { ...operators.manifest, buckets: named, accessPoint: { ...operators.manifest.accessPoint, buckets: named } };
    expect((await look(['--manifest', file(manifest)], { credentials: undefined })).complaints).toContain(`fails | bucket-in-another-region | ${WEST}`);
  });

  test('that names a bucket of another account is found out', async () => {
    const theirs = lab.aws.clients.s3(WEST, { credentials: { accessKeyId: '444455556666', secretAccessKey: 'x' } });
    const Bucket = 'a-bucket-of-somebody-else';
    await theirs.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: WEST } }));
    await theirs.send(new PutBucketPolicyCommand({ Bucket, Policy: policy([{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${lab.aws.account}:root` }, Action: 's3:*', Resource: [arn(Bucket), `${arn(Bucket)}/*`] }]) }));
    const named = { ...operators.manifest.accessPoint.buckets, [WEST]: Bucket };
    const manifest = { ...operators.manifest, buckets: named, accessPoint: { ...operators.manifest.accessPoint, buckets: named } };
    expect((await look(['--manifest', file(manifest)], { credentials: undefined })).complaints).toContain(`fails | bucket-of-another-account | ${WEST}`);
  });

  test('of an access point that is gone is found out', async () => {
    const gone = `arn:aws:s3::${lab.aws.account}:accesspoint/mzzzzzzzzzzzz.mrap`;
    const manifest = { ...operators.manifest, accessPoint: { ...operators.manifest.accessPoint, arn: gone, alias: 'mzzzzzzzzzzzz.mrap' } };
    expect((await look(['--manifest', file(manifest)], { credentials: undefined })).complaints).toContain('fails | access-point-gone');
  });
});

describe("the caller's credentials", () => {
  test('of a session are known by their expiry', async () => {
    const role = await lab.role(statements(operators), { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${lab.aws.account}:root` }, Action: 'sts:AssumeRole' });
    const { Credentials: session } = await lab.aws.clients.sts(EAST).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'doctor' }));
    const credentials = { accessKeyId: session!.AccessKeyId!, secretAccessKey: session!.SecretAccessKey!, sessionToken: session!.SessionToken! };
    const until = (ms: number) => ({ AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + ms).toISOString() });
    expect((await look([], { credentials })).complaints).toEqual(['not checked | expiry-unknown']);
    expect((await look([], { credentials, env: until(7_200_000) })).complaints).toEqual([]);
    expect((await look([], { credentials, env: until(1_800_000) })).complaints).toEqual(['warns | credentials-expire']);
    expect((await look([], { credentials, env: until(600_000) })).complaints).toEqual(['fails | credentials-expire']);
  });

  test('that are not taken are the one finding', async () => {
    const path = join(folder, 'kept.json');
    writeFileSync(path, JSON.stringify(operators.manifest));
    const { code, complaints } = await look(['--manifest', path], { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'no' } });
    expect(complaints).toEqual(['fails | credentials-refused', 'not checked | no-credentials']);
    expect(code).toBe(3);
  });
});

test('a clock that is behind is found', async () => {
  const slow = join(folder, 'slow-clock.cjs');
  writeFileSync(slow, 'const now = Date.now; Date.now = () => now() - 120_000; const D = Date; global.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now()); } };');
  const { complaints } = await look([], { env: { NODE_OPTIONS: `${lab.aws.env.NODE_OPTIONS} --require "${slow}"` } });
  expect(complaints).toEqual([EAST, WEST].map((region) => `fails | clock-skewed | ${region}`));
});

test('what is to be typed mends what it is typed for', async () => {
  const mend = await ILLNESSES.find(({ title }) => title === 'versioning is suspended')!.fall({ lab, operators });
  const finding = (await look()).findings.find(({ code }) => code === 'versioning-off')!;
  expect(await lab.aws.shell(finding.commands[0])).toMatchObject({ exitCode: 0 });
  expect((await look()).complaints).toEqual([`fails | rule-missing | ${WEST} to ${EAST}`]);
  await mend?.();
});

test('a person is told the same', async () => {
  const mend = await ILLNESSES.find(({ title }) => title === 'a fence was left behind')!.fall({ lab, operators });
  const { code, stdout, stderr } = await runCli(lab.aws, ['doctor', '--name', operators.parameter], { credentials: operator });
  await mend?.();
  expect(code).toBe(3);
  expect(stdout).toContain("WOULD FAIL TONIGHT\nno  a fence was left behind in us-west-2: clients' writes there are refused until it lapses\n");
  expect(stderr).toMatch(/^Looking at everything/);
});

