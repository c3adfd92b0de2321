import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetMultiRegionAccessPointRoutesCommand, S3ControlClient, S3ControlServiceException, SubmitMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { mockClient } from 'aws-sdk-client-mock';
import { systemClock } from '../../../runtime/aws/system';
import { handleRoutes } from '../../../runtime/handlers/routes';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { ARN, BUCKETS, makeEvent } from '../support/routes-event';

const control = mockClient(S3ControlClient);
const cloudFormation = mockClient(CloudFormationClient);

/** Live routes as the mocked service keeps them. */
let live: { [region: string]: number };
let submittedAt: string[];

beforeEach(() => {
  control.reset();
  cloudFormation.reset();
  live = { 'us-east-1': 100, 'us-west-2': 100, 'eu-west-1': 100 };
  submittedAt = [];
  control.on(GetMultiRegionAccessPointRoutesCommand).callsFake(() => ({
    Mrap: ARN,
    Routes: Object.entries(live).map(([Region, TrafficDialPercentage]) => ({ Region, Bucket: BUCKETS[Region], TrafficDialPercentage })),
  }));
  control.on(SubmitMultiRegionAccessPointRoutesCommand).callsFake(async (input, getClient) => {
    submittedAt.push(await getClient().config.region());
    for (const route of input.RouteUpdates) live[route.Region] = route.TrafficDialPercentage;
    return {};
  });
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus: 'UPDATE_IN_PROGRESS' }] });
});

const deps = () => ({ clock: systemClock, random: seeded(1), log: new MemoryLog(), deadline: systemClock.now() + 20_000 });

test('a first deployment makes the routes what the routing says, and proves it at a second endpoint', async () => {
  const result = await handleRoutes(makeEvent({ RequestType: 'Create' }), deps());

  expect(live).toEqual({ 'us-east-1': 100, 'us-west-2': 0, 'eu-west-1': 0 });
  expect(submittedAt).toHaveLength(1);
  expect(result).toEqual({ PhysicalResourceId: 'routes/mfzwi23gnjvgw.mrap', Data: { ActiveRegions: 'us-east-1', Drift: '', Proof: 'read back elsewhere' } });
});

test('every submit names each Region once, by Region alone, with the account and the ARN of the access point', async () => {
  await handleRoutes(makeEvent({ RequestType: 'Create' }), deps());

  const [call] = control.commandCalls(SubmitMultiRegionAccessPointRoutesCommand);
  expect(call.args[0].input).toEqual({
    AccountId: '111122223333',
    Mrap: ARN,
    RouteUpdates: [
      { Region: 'eu-west-1', TrafficDialPercentage: 0 },
      { Region: 'us-east-1', TrafficDialPercentage: 100 },
      { Region: 'us-west-2', TrafficDialPercentage: 0 },
    ],
  });
});

test('the stack status is asked for by the stack id, in the Region of the stack', async () => {
  const regions: string[] = [];
  cloudFormation.on(DescribeStacksCommand).callsFake(async (_, getClient) => {
    regions.push(await getClient().config.region());
    return { Stacks: [{ StackStatus: 'CREATE_IN_PROGRESS' }] };
  });
  const event = makeEvent({ RequestType: 'Create' });
  await handleRoutes(event, deps());

  expect(cloudFormation.commandCalls(DescribeStacksCommand)[0].args[0].input).toEqual({ StackName: event.StackId });
  expect(regions).toEqual(['us-east-1']);
});

test('a delete asks AWS for nothing', async () => {
  const result = await handleRoutes(makeEvent({ RequestType: 'Delete', PhysicalResourceId: 'routes/x.mrap' }), deps());

  expect(result).toEqual({ PhysicalResourceId: 'routes/x.mrap', Data: {} });
  expect(control.calls()).toHaveLength(0);
  expect(cloudFormation.calls()).toHaveLength(0);
});

test('fails when every control endpoint refuses, and lists each', async () => {
  control.on(GetMultiRegionAccessPointRoutesCommand).rejects(
    new S3ControlServiceException({ name: 'AccessDenied', $fault: 'client', message: 'not yours', $metadata: { httpStatusCode: 403 } }),
  );
  const event = makeEvent({ RequestType: 'Update', PhysicalResourceId: 'routes/x', ActiveRegion: 'eu-west-1', old: { ActiveRegion: 'us-east-1' } });

  const failure = await handleRoutes(event, deps()).catch((error: Error) => error.message);
  for (const region of ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1']) expect(failure).toContain(`${region}: forbidden (403 AccessDenied not yours)`);
});

const serviceError = (name: string, httpStatusCode: number) => new S3ControlServiceException({ name, $fault: 'client', message: `said ${name}`, $metadata: { httpStatusCode } });
const toWest = () => makeEvent({ RequestType: 'Update', PhysicalResourceId: 'routes/x', ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } });

test('a rollback reads, and submits nothing', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' }] });
  const result = await handleRoutes(toWest(), deps());

  expect(result.Data.ActiveRegions).toBe('eu-west-1,us-east-1,us-west-2');
  expect(control.commandCalls(SubmitMultiRegionAccessPointRoutesCommand)).toHaveLength(0);
});

test('a Conflict is followed by a new reading and another submit', async () => {
  let first = true;
  control.on(SubmitMultiRegionAccessPointRoutesCommand).callsFake((input) => {
    if (first) {
      first = false;
      throw serviceError('Conflict', 409);
    }
    for (const route of input.RouteUpdates) live[route.Region] = route.TrafficDialPercentage;
    return {};
  });
  await handleRoutes(toWest(), deps());

  expect(live).toEqual({ 'us-east-1': 0, 'us-west-2': 100, 'eu-west-1': 0 });
  expect(control.commandCalls(SubmitMultiRegionAccessPointRoutesCommand)).toHaveLength(2);
});

test.each([
  ['InvalidRequest', 400, /refused the request as wrong \(400\).*said InvalidRequest/],
  ['NoSuchMultiRegionAccessPoint', 404, /there is no Multi-Region Access Point .*said NoSuchMultiRegionAccessPoint/],
  ['MethodNotAllowed', 405, /has a single Region, so there is nothing to switch to \(405.*said MethodNotAllowed/],
])('fails when the service says %s, at the first submit', async (name, status, sentence) => {
  control.on(SubmitMultiRegionAccessPointRoutesCommand).rejects(serviceError(name, status));

  await expect(handleRoutes(toWest(), deps())).rejects.toThrow(sentence);
  expect(control.commandCalls(SubmitMultiRegionAccessPointRoutesCommand)).toHaveLength(1);
});

test('a SlowDown at one endpoint is borne', async () => {
  let times = 2;
  control.on(SubmitMultiRegionAccessPointRoutesCommand).callsFake((input) => {
    if (times-- > 0) throw serviceError('SlowDown', 503);
    for (const route of input.RouteUpdates) live[route.Region] = route.TrafficDialPercentage;
    return {};
  });
  expect((await handleRoutes(toWest(), deps())).Data).toEqual({ ActiveRegions: 'us-west-2', Drift: '', Proof: 'read back elsewhere' });
});

test('log lines say what was planned, tried and reached, and hold no response address', async () => {
  const { log, ...others } = deps();
  await handleRoutes(toWest(), { ...others, log });

  expect(log.lines.map((line) => line.message)).toEqual(['planned routes', 'submitted routes', 'changed routes', 'routes are settled']);
  expect(JSON.stringify(log.lines)).not.toContain('example.com');
});
