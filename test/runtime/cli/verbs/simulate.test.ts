import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROLLED } from '../../support/controlled';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { manifestFile } from '../support/manifest-file';
import { shell } from '../support/shell';

const DOCS = join(__dirname, '..', '..', '..', '..', 'docs', 'simulate');
const INCIDENT = join(DOCS, 'incident.csv');
const POLICY = join(DOCS, 'policy.json');
const estate = (manifest = {}) => new FakeEstate(new VirtualClock(), { manifest });
const settings = (changed: object) => manifestFile({ ...(JSON.parse(readFileSync(POLICY, 'utf8')) as object), ...changed }, 'policy.json');

/** Paths of this machine, as in the docs. */
const short = (text: string) => text.replaceAll(`${DOCS}/`, 'docs/simulate/');

test("the docs' incident through the docs' policy, as a person reads it", async () => {
  const { code, out } = await shell(estate(), ['simulate', INCIDENT, '--policy', POLICY]);
  expect(code).toBe(0);
  expectGolden('simulate.txt', short(out));
  expect(out).toMatch(/FAIL OVER {2}us-east-1 is down to 2 voters[^]*it would have moved traffic once; at the end us-west-2 is active\n$/);
});

test('without a file of settings by the policy of the manifest, asking AWS nothing else', async () => {
  const world = estate(CONTROLLED);
  const { out } = await shell(world, ['simulate', INCIDENT, '--json']);
  expect(JSON.parse(out)).toMatchObject({ schema: 'cdk-s3-failover/simulation', version: 1, probes: expect.any(Number), policies: [{ name: expect.stringMatching(/^the manifest/), acts: [{ action: 'fail over', to: 'us-west-2', reason: 'down for long enough', afterSeconds: expect.any(Number) }], active: ['us-west-2'] }] });
  expect(new Set(world.calls.map(({ call }) => call))).toEqual(new Set(['parameter']));
});

test('two policies stand beside each other', async () => {
  const { out } = await shell(estate(), ['simulate', INCIDENT, '--policy', POLICY, '--policy', settings({ unhealthyForMs: 600_000 })]);
  expect(out).toMatch(/POLICY +MOVES +FIRST +ACTIVE AT THE END\n.*policy\.json +1 +\+\d.* +us-west-2\n.*policy\.json +0 +- +us-east-1\n$/);
});

test('an option changes one setting of each', async () => {
  const acts = async (...options: string[]) => (JSON.parse((await shell(estate(), ['simulate', INCIDENT, '--policy', POLICY, '--json', ...options])).out) as { policies: { acts: { afterSeconds: number }[] }[] }).policies[0].acts;
  const [[usual], [quick]] = [await acts(), await acts('--unhealthy-for', '35s')];
  expect(quick.afterSeconds).toBeLessThan(usual.afterSeconds - 15);
  expect(await acts('--active', 'eu-west-1')).toEqual([]);
});

test('what makes a replay tell less than it seems to is said', async () => {
  const { out } = await shell(estate(), ['simulate', INCIDENT, '--policy', settings({ order: ['us-east-1', 'us-west-2', 'sa-east-1'], voters: ['us-east-1', 'us-east-2', 'us-west-1'], maxDataLossMs: 60_000, vetoAlarms: [{ region: 'us-east-1', name: 'stop' }] })]);
  expect(out).toMatch(/no probe of the voter in us-west-1, which is taken for silent\n.*us-west-2 is no voter of this policy.*\n.*no probe of sa-east-1, which is never known to be well\n.*'maxDataLoss' is set, and the file tells no lag.*\n.*'vetoAlarms' are taken for quiet/);
});

test.each([
  ['the file is not there', ['no-such-file.csv', '--policy', POLICY], 1, /'file' must name a file that can be read, got 'no-such-file.csv' \(ENOENT\)/],
  ['a line is malformed, with its number', [manifestFile('time,observer,region,result\n1,us-east-1,us-west-2,gone\n', 'incident.csv'), '--policy', POLICY], 1, /cannot be replayed: line 2: 'result' must be one of/],
  ['the policy breaks a rule', [INCIDENT, '--policy', settings({ intervalMs: 1_000 })], 1, /'intervalMs' must be at least 2000, got 1000/],
  ['an option breaks a rule', [INCIDENT, '--policy', POLICY, '--unhealthy-for', '5s'], 1, /'unhealthyForMs' must be at least 3 intervals and a probe/],
  ['the policy has a setting that nobody knows', [INCIDENT, '--policy', settings({ unhealthyFor: 60 })], 1, /'unhealthyFor' is no setting; settings are voters, intervalMs/],
  ['the policy is no JSON', [INCIDENT, '--policy', INCIDENT], 1, /'--policy' must name a file of settings as JSON/],
  ['traffic begins outside of the order', [INCIDENT, '--policy', POLICY, '--active', 'sa-east-1'], 2, /'--active' must be one of the order/],
  ['the manifest has no controller, and no policy is named', [INCIDENT], 2, /has no controller, and so no policy; name one by --policy/],
] satisfies [string, string[], number, RegExp][])('fails when %s', async (_, line, code, words) => {
  const ran = await shell(estate(), ['simulate', ...line]);
  expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(words)]);
});
