import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { transpile, ModuleKind } from 'typescript';
import { POLICY_VERBS } from '../../../../runtime/core/operate/policy/verbs';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

const estate = () => new FakeEstate(new VirtualClock(), { regions: ['us-east-1', 'us-west-2'] });

test('the policy goes to standard output, ready for a file, and its reasons to standard error', async () => {
  const { code, out, err } = await shell(estate(), 'policy failover');
  expect(code).toBe(0);
  expectGolden('policy/failover.json', out);
  expectGolden('policy/failover-reasons.txt', err);
});

test('a verb of two words is one', async () => {
  const { out } = await shell(estate(), 'policy routes show');
  expect(JSON.parse(out).Statement).toContainEqual({ Sid: 'ReadRoutes', Effect: 'Allow', Action: ['s3:GetMultiRegionAccessPointRoutes'], Resource: ['arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap'] });
});

test('as a document it says what each statement is for', async () => {
  const { out } = await shell(estate(), 'policy switchover --json');
  expectGolden('policy/switchover-document.json', out);
});

test.each(POLICY_VERBS)('every statement of %s has an id, and no resource but what it needs', async (verb) => {
  const { code, out } = await shell(estate(), `policy ${verb}`);
  expect(code).toBe(0);
  if (out === '') return;
  const { Statement } = JSON.parse(out) as { Statement: { Sid: string; Action: string[]; Resource: string[] }[] };
  expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
  for (const { Sid, Action, Resource } of Statement) {
    for (const action of Action) expect(action).toMatch(/^(s3|ssm|cloudwatch|iam):[A-Z]\w+$/);
    if (Sid === 'ReadMetrics') expect(Resource).toEqual(['*']);
    else for (const resource of Resource) expect(resource).toMatch(/^arn:aws:(s3:::media-111122223333-|s3::111122223333:accesspoint\/mfzwi23gnjvgw\.mrap|ssm:us-(east-1|west-2):111122223333:parameter\/s3-failover\/media$|iam::111122223333:role\/\*$)/);
  }
});

test('as a construct it makes the same policy in an app', async () => {
  const [{ out: construct }, { out: json }] = [await shell(estate(), 'policy failover --format cdk'), await shell(estate(), 'policy failover')];
  const stack = new Stack(new App(), 'S');
  new Function('iam', transpile(construct, { module: ModuleKind.CommonJS })).call(stack, iam);
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy')) as any[];
  const plain = (document: any) => document.Statement.map(({ Sid, Action, Resource }: any) => ({ Sid, Action: [Action].flat(), Resource: [Resource].flat() }));
  expect(plain(Properties.PolicyDocument)).toEqual(plain(JSON.parse(json)));
});

test('an option that needs more is named, and its statements are added when it is asked for', async () => {
  const { out, err } = await shell(estate(), 'policy doctor');
  expect(err).toContain("'doctor --deep' needs more: '--with deep'");
  const more = await shell(estate(), 'policy doctor --with deep');
  expect(JSON.parse(more.out).Statement.length).toBe(JSON.parse(out).Statement.length + 1);
  expect(more.err).not.toContain('needs more');
});

test("fails when the option is none of the verb's", async () => {
  const { code, err } = await shell(estate(), 'policy failover --with deep');
  expect(code).toBe(2);
  expect(err).toContain("'--with' must name an option of 'failover' that needs more, got 'deep'; it has none");
});

test.each([
  ['destroy', /'destroy' is invalid for argument 'verb'/],
  ['routes', /'verb' must be one of status, .*, got 'routes'/],
])('fails when the verb is none: %s', async (verb, message) => {
  const { code, err } = await shell(estate(), `policy ${verb}`);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});
