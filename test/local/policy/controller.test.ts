import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../../lib/private/contract';
import { dynamoTable } from '../../../runtime/aws/table';
import { claimed } from '../../../runtime/core/controller/register-moves';
import { formatRegister, REGISTER } from '../../../runtime/core/controller/register-state';
import { estateOf } from '../../../runtime/core/operate/estate';
import { keyOf } from '../../../runtime/core/operate/history/key';
import { policyFor } from '../../../runtime/core/operate/policy/document';
import { scopeOf } from '../../../runtime/core/operate/policy/scope';
import { permission, type Sid } from '../../../runtime/core/operate/policy/statements';
import { needs, POLICY_VERBS, type PolicyVerb } from '../../../runtime/core/operate/policy/verbs';
import { record } from '../../runtime/core/operate/history/records';
import { makeOperatorEstate, putManifest } from '../operator-estate';
import { EAST, IRELAND, Lab, WEST, type Statement } from '../replication-lab';
import { runCli, type CliResult } from '../run-cli';
import { makeStrongTable } from '../strong-table';
import { textOf } from './cases';

jest.setTimeout(300_000);

const TABLE = 'media-controller';
/** The second holds no bucket. */
const VOTERS = [EAST, 'us-east-2', WEST];
const AT_ONCE = 3;
/** A call that the machine was too slow for says nothing of permissions: the run is made again. */
const TIMED_OUT = /nothing came within \d+ s/;
const MOST_RUNS = 3;
/** How each permission on the table reads when AWS refuses it, whatever the verb makes of it. */
const MISSED: { readonly [sid in Sid]?: RegExp } = {
  ReadRegister: /dynamodb GetItem in [^"]*(403|AccessDenied|not authorized)|may not read the controller's register/,
  WriteRegister: /dynamodb PutItem in [^"]*(403|AccessDenied|not authorized)/,
  ReadReports: /dynamodb Query in [^"]*(403|AccessDenied|not authorized)|may not read what the observers report/,
};

/** Each verb as it is run where its statement on the table is missing. The register says that us-west-2 is quarantined. */
const LINES: { readonly [verb in PolicyVerb]?: readonly string[] } = {
  status: ['status', '--json'],
  watch: ['watch', '--json', '--every', '2', '--timeout', '6'],
  doctor: ['doctor'],
  switchover: ['switchover', IRELAND, '--yes', '--json'],
  failover: ['failover', IRELAND, '--yes', '--force', '--json'],
  drill: ['drill', IRELAND, '--yes', '--json', '--steady', '5'],
  'routes set': ['routes', 'set', `${EAST}=passive`, `${WEST}=passive`, `${IRELAND}=active`, '--yes', '--force', '--json'],
  'fence show': ['fence', 'show'],
  'fence lift': ['fence', 'lift', EAST, '--yes'],
  'quarantine lift': ['quarantine', 'lift', WEST, '--yes', '--why', 'a trial'],
  pause: ['pause', '--why', 'a trial'],
  resume: ['resume'],
  exclude: ['exclude', WEST, '--why', 'a trial'],
  include: ['include', WEST],
  history: ['history', '--json'],
  reconcile: ['reconcile', '--wait', '--cut-off', '2020-01-01T00:00:00Z'],
};
/** They act, and go through with it without what they can do without: then a plan shows what is missing. */
const PLANS: readonly PolicyVerb[] = ['switchover', 'failover', 'drill', 'routes set'];

const statementsOf = (verb: PolicyVerb) => [...needs(verb).must, ...needs(verb).should].filter((sid) => permission(sid).actions.every((action) => action.startsWith('dynamodb:')));
const TRIED = POLICY_VERBS.flatMap((verb) => statementsOf(verb).map((sid) => ({ verb, sid, must: needs(verb).must.includes(sid) })));

const folder = mkdtempSync(join(tmpdir(), 's3-failover-policy-'));
const results = new Map<string, CliResult>();
let lab: Lab;
let shared: Steered;

interface Steered {
  readonly manifest: Manifest;
  readonly parameter: string;
}

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setPropagation({ ms: 0 });
  await makeStrongTable(lab.aws, TABLE, VOTERS);
  shared = await steered([EAST, WEST, IRELAND]);
  const table = dynamoTable({ tableName: TABLE, region: EAST, config: { endpoint: lab.aws.endpoint, credentials: await lab.user([{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' }]) } });
  const first = claimed(undefined, { id: 'first', kind: 'adopted', by: 'voter us-east-1', why: 'it begins', active: [EAST], coolDownMs: 0 });
  await table.put(REGISTER, formatRegister({ ...first, quarantined: [WEST] }), undefined, new AbortController().signal);
  table.close();
  const looks: PolicyVerb[] = POLICY_VERBS.filter((verb) => statementsOf(verb).length > 0 && !statementsOf(verb).includes('WriteRegister'));
  const runs = [
    ...[...looks, ...PLANS].map((verb) => () => run(verb)),
    ...TRIED.map(({ verb, sid }) => () => run(verb, sid)),
  ];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = runs.shift(); next; next = runs.shift()) await next();
  }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});

async function steered(regions: readonly string[]): Promise<Steered> {
  const made = await makeOperatorEstate(lab, regions);
  const manifest: Manifest = { ...made.manifest, version: 2, controller: { table: TABLE, policy: { voters: VOTERS } } };
  for (const region of new Set([...regions, ...VOTERS])) await putManifest(lab, region, made.parameter, manifest);
  return { manifest, parameter: made.parameter };
}

/** An estate of its own, whose records say too that us-west-2 is quarantined: what `reconcile` ends, the controller is told of. */
async function quarantined(): Promise<Steered> {
  const made = await steered([EAST, WEST]);
  const act = record({ at: '2026-11-20T00:00:00.000Z', endedAt: '2026-11-20T00:00:30.000Z', from: [WEST], to: [EAST], quarantines: [WEST] });
  const wall = { now: Date.now, iso: (at: number) => new Date(at).toISOString(), parse: Date.parse };
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket: estateOf(made.manifest).buckets[EAST], Key: keyOf(act, wall), Body: JSON.stringify(act) }));
  return made;
}

async function run(verb: PolicyVerb, without?: Sid): Promise<void> {
  for (let tries = 0; tries < MOST_RUNS; tries++) {
    await runOnce(verb, without);
    if (!TIMED_OUT.test(textOf(results.get(`${verb} ${without}`)!))) return;
  }
}

async function runOnce(verb: PolicyVerb, without?: Sid): Promise<void> {
  const { manifest, parameter } = verb === 'reconcile' && (without === 'ReadRegister' || without === 'WriteRegister') ? await quarantined() : shared;
  const { document } = policyFor(verb, scopeOf(estateOf(manifest), parameter));
  const credentials = await lab.user(document.Statement.filter(({ Sid }) => Sid !== without) as unknown as Statement[]);
  const acts = without !== undefined && needs(verb).must.includes(without);
  const plan = PLANS.includes(verb) && !acts ? ['--dry-run'] : [];
  results.set(`${verb} ${without}`, await runCli(lab.aws, [...lineOf(verb, without), ...plan, '--name', parameter], { credentials, cwd: mkdtempSync(join(folder, 'run-')) }));
}

/** Of a Region that the register calls quarantined, nobody has to ask further. */
function lineOf(verb: PolicyVerb, without?: Sid): readonly string[] {
  return LINES[verb]!.map((word) => (verb === 'quarantine lift' && without === 'ReadReports' && word === WEST ? IRELAND : word));
}

test.each(TRIED)('$verb misses $sid', ({ verb, sid, must }) => {
  const { code } = results.get(`${verb} ${sid}`)!;
  const text = textOf(results.get(`${verb} ${sid}`)!);
  expect(text).toMatch(MISSED[sid]!);
  if (must) expect([0, 5]).not.toContain(code);
  const whole = results.get(`${verb} undefined`);
  if (whole) expect(textOf(whole)).not.toMatch(MISSED[sid]!);
});

test('none of them moved traffic', async () => {
  const { accessPoints } = await lab.aws.control.state();
  expect(accessPoints[estateOf(shared.manifest).accessPoint.alias].submitted.filter(({ dial }) => dial > 0).map(({ region }) => region)).toEqual([EAST]);
});
