import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { startLocalAws, type Credentials, type LocalAws, type ShellOptions } from '../../local';
import { createAccessPoint, createBucket, createUser, isPending } from './support';

const EAST = 'us-east-1';
const IRELAND = 'eu-west-1';
const ONCE = { env: { AWS_MAX_ATTEMPTS: '1' } };
const ENDPOINTS = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
/** Each command starts a Python of its own. */
jest.setTimeout(60_000);
let aws: LocalAws;
let arn: string;
let reader: Credentials;

beforeAll(async () => {
  aws = await startLocalAws();
  for (const region of [EAST, IRELAND]) await createBucket(aws, region, `typed-${region}`);
  arn = await createAccessPoint(aws, 'typed', [`typed-${EAST}`, `typed-${IRELAND}`]);
  reader = await createUser(aws, 'reader', [{ Action: ['s3:GetMultiRegionAccessPointRoutes', 's3:GetObject', 's3:ListBucket'], Resource: ['*'] }]);
});
afterEach(() => aws.control.heal());
afterAll(() => aws.stop());

/** What a command that must succeed prints. */
async function type(command: string, options?: ShellOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await aws.shell(command, options);
  expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr: '' });
  return stdout;
}

async function refused(command: string, options: ShellOptions = ONCE): Promise<string> {
  const { exitCode, stderr } = await aws.shell(command, options);
  expect(exitCode).not.toBe(0);
  return stderr.trim();
}

const read = (endpoint: string) => `aws s3control get-multi-region-access-point-routes --region ${endpoint} --account-id ${aws.account} --mrap ${arn} --query 'Routes[?TrafficDialPercentage==\`100\`].Region' --output text`;
const activate = (region: string, endpoint: string) => `aws s3control submit-multi-region-access-point-routes --region ${endpoint} --account-id ${aws.account} --mrap ${arn} `
  + `--route-updates Bucket=typed-${EAST},TrafficDialPercentage=${region === EAST ? 100 : 0} Bucket=typed-${IRELAND},TrafficDialPercentage=${region === IRELAND ? 100 : 0}`;

test.each(ENDPOINTS)('routes are moved by a command typed for the endpoint in %s', async (endpoint) => {
  const target = endpoint === 'us-west-2' || endpoint === 'eu-west-1' ? EAST : IRELAND;
  await type(activate(target, endpoint));

  expect(await type(read(endpoint))).toBe(`${target}\n`);
  expect((await aws.control.accessLog()).filter(({ operation }) => operation === 'SubmitMultiRegionAccessPointRoutes').at(-1)).toMatchObject({ region: endpoint, status: 200 });
});

test('an endpoint that is dead, and one that is none, are told as the AWS CLI tells them', async () => {
  await aws.control.setControlEndpoint('us-west-2', { kind: 'refused' });

  expect(await refused(activate(EAST, 'us-west-2'))).toMatch(/Connection was closed before we received a valid response from endpoint URL: "https:\/\/111122223333\.s3-control\.us-west-2\.amazonaws\.com/);
  expect(await refused(activate(EAST, 'eu-central-1'))).toMatch(/PermanentRedirect/);
});

test('commands are those of whose credentials they are given', async () => {
  expect(await refused(activate(EAST, EAST), { ...ONCE, credentials: reader })).toMatch(/AccessDenied.*SubmitMultiRegionAccessPointRoutes/);
  await type(read(EAST), { credentials: reader });
  expect(await type('aws sts get-caller-identity --region ap-northeast-1 --query Arn --output text', { credentials: reader })).toBe(`arn:aws:iam::${aws.account}:user/reader\n`);
});

test('an object is put and got through the access point, signed for all Regions', async () => {
  await type(activate(IRELAND, EAST));
  await type(`echo hello > body && aws s3api put-object --bucket ${arn} --key through --body body --region ${EAST}; rm body`);

  expect(await type(`aws s3 cp s3://${arn}/through - --region ${EAST}`, { credentials: reader })).toBe('hello\n');
  expect(await type(`aws s3 ls s3://typed-${IRELAND} --region ${IRELAND} | wc -l`)).toMatch(/^\s*1$/m);
  expect(await refused(`aws s3api put-object --bucket ${arn} --key mine --region ${EAST}`, { ...ONCE, credentials: reader })).toMatch(/AccessDenied/);
});

test('every service is reached in the Region that is typed', async () => {
  await aws.clients.ssm(IRELAND).send(new PutParameterCommand({ Name: '/typed', Value: 'ireland', Type: 'String' }));
  expect(await type(`aws ssm get-parameter --name /typed --region ${IRELAND} --query Parameter.Value --output text`)).toBe('ireland\n');
  expect(await refused(`aws ssm get-parameter --name /typed --region ${EAST}`)).toMatch(/ParameterNotFound/);
  await type(`aws cloudwatch list-metrics --namespace AWS/S3 --region ${IRELAND} && aws s3api get-bucket-location --bucket typed-${IRELAND} --region ${IRELAND}`);

  await aws.control.setRegion(IRELAND, { kind: 'refused' });
  expect(await refused(`aws ssm get-parameter --name /typed --region ${IRELAND}`)).toMatch(/Connection was closed/);
});

test('nothing of the machine\'s own configuration is seen', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_PROFILE: 'mine', AWS_REGION: EAST, AWS_DEFAULT_REGION: EAST, AWS_SESSION_TOKEN: 'mine' });
  try {
    expect(await refused('aws ssm describe-parameters')).toMatch(/You must specify a region/);
    expect(await type('env | grep ^AWS_ | grep -c mine || true')).toBe('0\n');
  } finally {
    process.env = before;
  }
});

test('what is typed has a shell, an exit code and two outputs', async () => {
  expect(await aws.shell('echo out; echo err >&2; (exit 7)')).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
});

test('what still runs ends with the local AWS', async () => {
  const other = await startLocalAws();
  const running = other.shell('sleep 600 & wait');
  expect(await isPending(running, 100)).toBe(true);
  await other.stop();

  expect((await running).exitCode).toBe(1);
});
