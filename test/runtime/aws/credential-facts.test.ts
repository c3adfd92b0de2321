import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialFacts } from '../../../runtime/aws/credential-facts';
import { credentialChain, type Credentials } from '../../../runtime/aws/credentials';

const CONFIG = `
[default]
region = eu-west-1

[profile people]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Operator
region = eu-central-1

[sso-session corp]
sso_region = us-west-2
sso_start_url = https://example.awsapps.com/start

[profile legacy]
sso_region = us-east-2
sso_start_url = https://example.awsapps.com/start

[profile breaking-glass]
role_arn = arn:aws:iam::111122223333:role/BreakGlass
source_profile = people
region = ap-northeast-1

[profile plain-role]
role_arn = arn:aws:iam::111122223333:role/BreakGlass
source_profile = kept

[profile circle]
role_arn = arn:aws:iam::111122223333:role/One
source_profile = circle
`;

const KEYS = `
[kept]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = secret
`;

const folder = mkdtempSync(join(tmpdir(), 's3-failover-credentials-'));
const before = { ...process.env };

beforeAll(() => {
  writeFileSync(join(folder, 'config'), CONFIG);
  writeFileSync(join(folder, 'credentials'), KEYS);
});
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), AWS_EC2_METADATA_DISABLED: 'true' });
});
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

/** Credentials as the SDK's providers mark them. */
function marked(marks: readonly string[], more: object = {}): Credentials {
  return (async () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', $source: Object.fromEntries(marks.map((mark) => [mark, 'x'])), ...more })) as never;
}

test('long-lived keys of the environment end never and need nobody', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  expect(await credentialFacts(credentialChain({ region: 'us-east-1' }), { region: 'us-east-1' })).toEqual({ source: 'environment', temporary: false, renewals: [] });
});

test('a session of the environment says when it ends, if the environment does', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' });
  expect(await credentialFacts(credentialChain({ region: 'us-east-1' }), { region: 'us-east-1' })).toEqual({ source: 'environment', temporary: true, renewals: [] });
  process.env.AWS_CREDENTIAL_EXPIRATION = '2026-11-24T04:00:00Z';
  expect(await credentialFacts(credentialChain({ region: 'us-east-1' }), { region: 'us-east-1' })).toMatchObject({ expiresAt: Date.UTC(2026, 10, 24, 4) });
});

test('keys of a profile', async () => {
  expect(await credentialFacts(credentialChain({ profile: 'kept', region: 'us-east-1' }), { profile: 'kept', region: 'us-east-1' })).toEqual({ source: 'profile', temporary: false, renewals: [] });
});

test.each<[string, string, readonly string[], object]>([
  ['a session of Identity Center', 'people', ['CREDENTIALS_PROFILE_SSO', 'CREDENTIALS_SSO'], { source: 'sso', renewals: [{ service: 'IAM Identity Center', region: 'us-west-2' }] }],
  ['one without a session section', 'legacy', ['CREDENTIALS_PROFILE_SSO_LEGACY', 'CREDENTIALS_SSO_LEGACY'], { source: 'sso', renewals: [{ service: 'IAM Identity Center', region: 'us-east-2' }] }],
  [
    'a role that is assumed with such a session',
    'breaking-glass',
    ['CREDENTIALS_PROFILE_SOURCE_PROFILE', 'CREDENTIALS_STS_ASSUME_ROLE', 'CREDENTIALS_SSO'],
    { source: 'assumed role', renewals: [{ service: 'STS', region: 'ap-northeast-1' }, { service: 'IAM Identity Center', region: 'us-west-2' }] },
  ],
  ['a role whose profile names no Region', 'plain-role', ['CREDENTIALS_STS_ASSUME_ROLE'], { source: 'assumed role', renewals: [{ service: 'STS', region: 'eu-north-1' }] }],
  ['a profile that names itself', 'circle', ['CREDENTIALS_STS_ASSUME_ROLE'], { source: 'assumed role', renewals: [{ service: 'STS', region: 'eu-north-1' }] }],
  ['a web identity', 'none', ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'CREDENTIALS_STS_ASSUME_ROLE_WEB_ID'], { source: 'web identity', renewals: [{ service: 'STS', region: 'eu-north-1' }] }],
  ['a process', 'none', ['CREDENTIALS_PROCESS'], { source: 'process', renewals: [] }],
  ['a container', 'none', ['CREDENTIALS_HTTP'], { source: 'container', renewals: [] }],
  ['an instance, whose provider leaves no mark', 'none', [], { source: 'instance', renewals: [] }],
])('%s', async (_, profile, marks, facts) => {
  expect(await credentialFacts(marked(marks), { profile, region: 'eu-north-1' })).toEqual({ temporary: true, ...facts });
});

test('no secret is among the facts', async () => {
  const facts = await credentialFacts(marked(['CREDENTIALS_SSO'], { accessKeyId: 'IDENTITY', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' }), { profile: 'people', region: 'us-east-1' });
  expect(JSON.stringify(facts)).not.toMatch(/IDENTITY|SECRET|TOKEN/);
});

test('fails when there are none', async () => {
  await expect(credentialFacts(credentialChain({ profile: 'no-such-profile', region: 'us-east-1' }), { region: 'us-east-1' })).rejects.toMatchObject({ name: 'CredentialsProviderError' });
});
