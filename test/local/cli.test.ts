import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../lib/private/contract';
import type { Credentials } from '../../local';
import { manifest } from '../runtime/support/manifest';
import { arn, EAST, IRELAND, Lab, WEST, type Statement } from './replication-lab';
import { documentOf, runCli, type RunCliOptions } from './run-cli';
import { createAccessPoint, submitRoutes } from './support';

/** Each run is a process of its own; with something dead it waits for that. */
jest.setTimeout(120_000);

const REGIONS = [EAST, WEST, IRELAND];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const NAME = '/s3-failover/cli';

let lab: Lab;
let media: Manifest;
let file: string;
let operator: Credentials;

/** What status needs, and nothing else. */
function statements(): Statement[] {
  const buckets = Object.values(media.buckets);
  return [
    { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:${lab.aws.account}:parameter${NAME}` },
    { Effect: 'Allow', Action: 's3:GetMultiRegionAccessPointRoutes', Resource: media.accessPoint.arn },
    { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketPolicy'], Resource: buckets.map(arn) },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: buckets.map((bucket) => `${arn(bucket)}/.s3-failover/*`) },
    { Effect: 'Allow', Action: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'], Resource: '*' },
  ];
}

beforeAll(async () => {
  lab = await Lab.start();
  const names = await lab.mesh(REGIONS);
  const buckets = Object.fromEntries(REGIONS.map((region, index) => [region, names[index]]));
  const accessPoint = await createAccessPoint(lab.aws, 'cli', names);
  const made = manifest({ account: lab.aws.account, routing: { mode: 'failover-order', regions: REGIONS } }, accessPoint);
  media = { ...made, accessPoint: { ...made.accessPoint, buckets }, buckets };
  for (const region of REGIONS) await lab.aws.clients.ssm(region).send(new PutParameterCommand({ Name: NAME, Value: JSON.stringify(media), Type: 'String' }));
  await lab.aws.control.setPropagation({ ms: 0 });
  file = join(mkdtempSync(join(tmpdir(), 's3-failover-cli-')), 'media.json');
  writeFileSync(file, JSON.stringify(media));
  operator = await lab.user(statements());
});
afterAll(() => lab?.stop());
beforeEach(() => submitRoutes(lab.aws, media.accessPoint.arn, dials(EAST)));
afterEach(() => lab.aws.control.heal());

const dials = (active: string) => Object.fromEntries(REGIONS.map((region) => [region, region === active ? 100 : 0]));
const run = (line: string, options: RunCliOptions = {}) => runCli(lab.aws, line.split(' '), { credentials: operator, ...options });

/** Lines of a card that are commands of the AWS CLI. */
const commandsOf = (card: string) => card.split('\n').filter((line) => line.startsWith('aws '));

describe('status', () => {
  test('by name, with just the permissions that it needs: every Region healthy, every endpoint in agreement', async () => {
    const ran = await run(`status --name ${NAME} --json`);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const document = documentOf(ran);
    expect(document).toMatchObject({ schema: 'cdk-s3-failover/status', version: 1, active: [EAST], agree: true, accessPoint: media.accessPoint.arn });
    expect(document.manifest).toMatch(new RegExp(`^parameter ${NAME} in (${REGIONS.join('|')})$`));
    expect(document.regions.map((one: any) => [one.region, one.route, one.health.kind, one.fence.kind])).toEqual(REGIONS.map((region) => [region, region === EAST ? 'active' : 'passive', 'healthy', 'none']));
    expect(document.endpoints.map((one: any) => [one.region, one.answered])).toEqual(FIVE.map((region) => [region, true]));
    expect(document.remarks.map((one: any) => one.kind)).toEqual(['fact', 'fact']);
  });

  test('as a person sees it, on a terminal and through a pipe', async () => {
    const piped = await run(`status --manifest ${file}`);
    expect(piped.stdout).toMatch(/^REGION {5}ROUTE {4}HEALTH {3}LATENCY {2}FENCE {2}STATE {2}SINCE\nus-east-1 {2}active {3}healthy /);
    expect(piped.stdout).not.toContain('\u001b');
    const onTerminal = await run(`status --manifest ${file}`, { tty: true });
    expect(onTerminal.stdout).toContain('\u001b[32mactive\u001b[39m');
    expect((await run(`status --manifest ${file} --no-color`, { tty: true })).stdout).not.toContain('\u001b[');
    expect((await run(`status --manifest ${file}`, { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
  });

  test.each(REGIONS)('with %s dead, buckets, parameters, metrics and control endpoint alike', async (region) => {
    await lab.aws.control.setRegion(region, { kind: 'blackhole' });
    const ran = await run(`status --name ${NAME} --json`);
    expect(ran.code).toBe(0);
    const document = documentOf(ran);
    expect(document.active).toEqual([EAST]);
    expect(document.regions.map((one: any) => [one.region, one.health.kind])).toEqual(REGIONS.map((one) => [one, one === region ? 'no answer' : 'healthy']));
    expect(document.endpoints.filter((one: any) => !one.answered).map((one: any) => one.region)).toEqual([region]);
    expect(document.remarks.filter((one: any) => one.sentence.includes('traffic goes to'))).toHaveLength(region === EAST ? 1 : 0);
  });

  test.each(FIVE)('with only the control endpoint in %s alive', async (living) => {
    const kinds = ['refused', 'blackhole', 'failing', 'blackhole'] as const;
    for (const [index, endpoint] of FIVE.filter((one) => one !== living).entries()) await lab.aws.control.setControlEndpoint(endpoint, { kind: kinds[index], ...(kinds[index] === 'failing' ? { rate: 1, status: 500 } : {}) } as never);
    const ran = await run(`status --manifest ${file} --json`);
    expect(ran.code).toBe(0);
    const document = documentOf(ran);
    expect(document.active).toEqual([EAST]);
    expect(document.endpoints.filter((one: any) => one.answered).map((one: any) => one.region)).toEqual([living]);
  });

  test('with all five control endpoints dead shows the Regions, says so, and ends as an error', async () => {
    for (const endpoint of FIVE) await lab.aws.control.setControlEndpoint(endpoint, { kind: 'refused' });
    const { code, stdout } = await run(`status --manifest ${file}`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/us-east-1 {2}unknown {2}healthy/);
    expect(stdout).toContain('! none of 5 control endpoints told the routes');
  });

  test('with an endpoint that answers old routes shows the disagreement, with an exit code of its own', async () => {
    await lab.aws.control.setControlEndpoint('eu-west-1', { kind: 'stale' });
    await submitRoutes(lab.aws, media.accessPoint.arn, dials(WEST));
    const ran = await run(`status --manifest ${file} --json`);
    expect(ran.code).toBe(6);
    expect(documentOf(ran)).toMatchObject({ active: null, agree: false, views: [{}, {}] });
  });

  test.each([
    ['s3:GetBucketPolicy', /whether us-east-1 is fenced is not known: .*AccessDenied/],
    ['s3:ListBucket', /us-east-1 is not seen to be well: s3 HeadBucket in us-east-1 was answered 403/],
    ['cloudwatch:ListMetrics', /how far us-west-2 is behind us-east-1 is not known: .*cloudwatch ListMetrics in us-west-2 was answered 403/],
    ['s3:GetMultiRegionAccessPointRoutes', /none of 5 control endpoints told the routes: .*forbidden/],
    ['ssm:GetParameter', /no Region gave the manifest '\/s3-failover\/cli': .*AccessDenied/],
  ])('fails in part, and says what is missing, without %s', async (action, message) => {
    const left = statements().map((statement) => ({ ...statement, Action: [statement.Action].flat().filter((one) => one !== action) })).filter(({ Action }) => Action.length > 0);
    const ran = await run(`status --name ${NAME} --regions ${EAST}`, { credentials: await lab.user(left) });
    expect(ran.stdout + ran.stderr).toMatch(message);
  });
});

describe('whose command it is', () => {
  test('fails when the manifest is about another account', async () => {
    const ran = await run(`status --manifest ${file} --json`, { credentials: { accessKeyId: '444455556666', secretAccessKey: 'local' } });
    expect(ran.code).toBe(3);
    expect(documentOf(ran).error).toMatchObject({ code: 'OtherAccount', message: expect.stringContaining(`its account is '${lab.aws.account}' and the caller's is '444455556666'`) });
  });

  test('fails when there are no credentials, with what to do', async () => {
    const { code, stdout, stderr } = await run(`status --manifest ${file}`, { credentials: 'none' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error {2}there are no usable credentials: .*\nnext {3}aws sts get-caller-identity\n/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test('fails when the credentials are nobody\'s', async () => {
    const { code, stderr } = await run(`status --manifest ${file}`, { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error {2}sts GetCallerIdentity in \S+ was answered 403 InvalidClientTokenId/);
    expect(stderr).toContain('next   aws sts get-caller-identity');
  });

  test('credentials come from a profile, when one is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3-failover-cli-'));
    const configuration = join(folder, 'credentials');
    writeFileSync(configuration, `[ops]\naws_access_key_id = ${operator.accessKeyId}\naws_secret_access_key = ${operator.secretAccessKey}\n`);
    const env = { AWS_SHARED_CREDENTIALS_FILE: configuration };
    expect((await run(`routes show --manifest ${file} --profile ops`, { credentials: 'none', env })).code).toBe(0);
    expect((await run(`routes show --manifest ${file}`, { credentials: 'none', env })).code).toBe(1);
  });
});

describe('watch', () => {
  test('tells each change in a line, and ends with Ctrl-C', async () => {
    let stage = 0;
    const { code, stdout } = await run(`watch --manifest ${file} --every 2`, {
      onOutput(child, output) {
        if (stage === 0 && output.includes('at work: none')) {
          stage = 1;
          void submitRoutes(lab.aws, media.accessPoint.arn, dials(IRELAND));
        } else if (stage === 1 && output.includes('active: us-east-1 -> eu-west-1')) {
          stage = 2;
          child.kill('SIGINT');
        }
      },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Z {2}active: us-east-1 -> eu-west-1\n.*Z {2}us-east-1 route: active -> passive\n.*Z {2}eu-west-1 route: passive -> active\n/);
  });
});

describe('export and the card', () => {
  test('with the file that was exported the card is printed without AWS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3-failover-cli-'));
    expect((await run(`export kept.json --name ${NAME} --regions ${REGIONS.join(',')}`, { cwd: folder })).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'kept.json'), 'utf8'))).toMatchObject(media);
    const card = await runCli(undefined, ['card', '--manifest', 'kept.json'], { cwd: folder });
    expect([card.code, card.stderr]).toEqual([0, '']);
    expect(commandsOf(card.stdout)).toHaveLength(1 + 3 + 5 + 15);
  });

  test('every command of the card, typed as it is printed, does what the card says', async () => {
    const mayMove = await lab.user([
      ...statements(),
      { Effect: 'Allow', Action: 's3:SubmitMultiRegionAccessPointRoutes', Resource: media.accessPoint.arn },
    ]);
    const { stdout: card } = await run(`card --manifest ${file}`);
    const settings = card.split('\n').find((line) => line.startsWith('export '))!;
    const type = (line: string) => lab.aws.shell(`${settings}\n${line}`, { credentials: mayMove });
    let at = '';
    for (const line of commandsOf(card)) {
      const { exitCode, stdout, stderr } = await type(line);
      expect({ line, exitCode, stderr }).toEqual({ line, exitCode: 0, stderr: '' });
      const submitted = /Region=([\w-]+),TrafficDialPercentage=100/.exec(line)?.[1];
      if (line.includes(' sts ')) expect(JSON.parse(stdout).Account).toBe(lab.aws.account);
      else if (line.includes('get-multi-region')) expect(activeIn(JSON.parse(stdout))).toEqual([EAST]);
      else if (submitted) {
        // What no submit has changed proves nothing: each is seen to move traffic from elsewhere.
        const { Routes: routes } = await live(line);
        expect(activeIn({ Routes: routes })).toEqual([submitted]);
        at = submitted;
        await submitRoutes(lab.aws, media.accessPoint.arn, dials(REGIONS.find((region) => region !== at)!));
      }
    }
    expect(at).toBe(IRELAND);
    // Two dozen times a Python that starts.
  }, 300_000);

  const activeIn = ({ Routes }: { Routes: { Region: string; TrafficDialPercentage: number }[] }) => Routes.filter((route) => route.TrafficDialPercentage === 100).map((route) => route.Region);

  /** Live routes as an endpoint has them that the command did not use. */
  async function live(line: string): Promise<any> {
    const used = / --region ([\w-]+) /.exec(line)![1];
    const other = FIVE.find((endpoint) => endpoint !== used)!;
    return lab.aws.clients.s3Control(other).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: lab.aws.account, Mrap: media.accessPoint.arn }));
  }
});
