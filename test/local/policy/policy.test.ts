import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { commandNamed } from '../../../runtime/cli/commands';
import { systemWallClock } from '../../../runtime/aws/system';
import { fenceStatement } from '../../../runtime/core/operate/fence/statement';
import { keyOf } from '../../../runtime/core/operate/history/key';
import { policyFor, type PolicyStatement } from '../../../runtime/core/operate/policy/document';
import { scopeOf } from '../../../runtime/core/operate/policy/scope';
import { permission, type Sid } from '../../../runtime/core/operate/policy/statements';
import { needs, POLICY_VERBS } from '../../../runtime/core/operate/policy/verbs';
import { record } from '../../runtime/core/operate/history/records';
import { makeOperatorEstate, tlsOnly, type OperatorEstate } from '../operator-estate';
import { EAST, Lab, WEST, type Statement } from '../replication-lab';
import { inFastTime, runCli, type CliResult } from '../run-cli';
import { CASES, textOf, type PolicyCase } from './cases';

/** Far more than any of it takes; all runs that may go on at once do so before the first test. */
jest.setTimeout(900_000);

/** Until a process has begun, and has compared the two Regions. */
const BEHIND_MS = 4_000;

/** Processes at a time on a small machine: those that act wait most of the time, but where waits are short, and time-outs with them. */
const AT_ONCE = { looks: 3, acts: 6, fast: 2 };
/** A call that the machine was too slow for says nothing of permissions: the run is made again. */
const TIMED_OUT = /nothing came within \d+ s/;
const MOST_RUNS = 3;

let lab: Lab;
let shared: OperatorEstate;
const folder = mkdtempSync(join(tmpdir(), 's3-failover-policy-'));
const results = new Map<string, Ran>();

interface Ran {
  readonly result: CliResult;
  /** Live routes afterwards: Region to dial. */
  readonly routes: { readonly [region: string]: number };
}

const keyOfRun = ({ verb }: PolicyCase, without?: string) => `${verb} without ${without ?? 'nothing'}`;

/** These estates have no controller; `controller.test.ts` tries what is about its table. */
const ofTable = (sid: Sid) => permission(sid).actions.every((action) => action.startsWith('dynamodb:'));
const mustsOf = ({ verb }: PolicyCase): Sid[] => needs(verb).must.filter((sid) => !ofTable(sid));

const sidsOf = ({ verb, extras = [] }: PolicyCase): Sid[] => {
  const { must, should, extras: more = {} } = needs(verb);
  return [...new Set([...must, ...should, ...extras.flatMap((option) => more[option] ?? [])])].filter((sid) => !ofTable(sid));
};

function statements({ verb, extras }: PolicyCase, { estate, parameter }: OperatorEstate, without?: Sid): Statement[] {
  const { document } = policyFor(verb, scopeOf(estate, parameter), extras);
  return document.Statement.filter(({ Sid }: PolicyStatement) => Sid !== without) as unknown as Statement[];
}

/** An estate with something in it: an object that was written twice, and the record of an act that left us-west-2, in a hurry unless all is calm. */
async function furnished(calm = false): Promise<OperatorEstate> {
  const made = await makeOperatorEstate(lab);
  const wall = { now: Date.now, iso: (at: number) => new Date(at).toISOString(), parse: Date.parse };
  const act = record({ at: '2026-11-20T00:00:00.000Z', endedAt: '2026-11-20T00:00:30.000Z', from: [WEST], to: [EAST], quarantines: calm ? [] : [WEST] });
  const put = (Key: string, Body: string) => lab.s3(EAST).send(new PutObjectCommand({ Bucket: made.estate.buckets[EAST], Key, Body }));
  await put('film.mov', 'x');
  await put('film.mov', 'y');
  await put(keyOf(act, wall), JSON.stringify(act));
  return made;
}

/** As a run that died leaves it, beside what stands in the policy. */
async function leaveFence({ estate }: OperatorEstate): Promise<void> {
  const Bucket = estate.buckets[EAST];
  const statement = fenceStatement(systemWallClock, { actId: 'deadact01', until: Date.now() + 60_000 }, { partition: 'aws', bucket: Bucket });
  await lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(Bucket, JSON.parse(statement) as object) }));
}

/** One object that is not in us-west-2 yet, and will be soon. */
async function leaveBehind({ estate }: OperatorEstate): Promise<void> {
  const source = estate.buckets[EAST];
  await lab.aws.control.setReplication({ source, paused: true });
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket: source, Key: 'late.mov', Body: 'z' }));
  setTimeout(() => void lab.aws.control.setReplication({ source, paused: false }).catch(() => undefined), BEHIND_MS);
}

async function run(one: PolicyCase, without?: Sid): Promise<void> {
  for (let tries = 0; tries < MOST_RUNS; tries++) {
    const ran = await runOnce(one, without);
    results.set(keyOfRun(one, without), ran);
    if (!TIMED_OUT.test(textOf(ran.result))) return;
  }
}

async function runOnce(one: PolicyCase, without?: Sid): Promise<Ran> {
  const estate = one.acts ? await furnished(one.calm && without !== 'ReadHistory') : shared;
  if (one.fenced) await leaveFence(estate);
  if (one.behind) await leaveBehind(estate);
  const mine = statements(one, estate, without);
  // A user without any policy is one whose only statement was taken out.
  const credentials = await lab.user(mine.length > 0 ? mine : [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }]);
  const cwd = mkdtempSync(join(folder, 'run-'));
  const result = await runCli(lab.aws, one.args(estate, without), { credentials, cwd, env: one.fast ? inFastTime(lab.aws) : {} });
  const { Routes = [] } = await lab.aws.clients.s3Control('us-west-2').send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: lab.aws.account, Mrap: estate.manifest.accessPoint.arn }));
  return { result, routes: Object.fromEntries(Routes.map(({ Region, TrafficDialPercentage }) => [Region!, TrafficDialPercentage!])) };
}

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setPropagation({ ms: 0 });
  shared = await furnished();
  await lab.idle();
  const kindOf = ({ acts, fast }: PolicyCase) => (fast ? 'fast' : acts ? 'acts' : 'looks');
  const runsOf = (kind: keyof typeof AT_ONCE) => CASES.filter((one) => kindOf(one) === kind).flatMap((one) => [() => run(one), ...sidsOf(one).map((sid) => () => run(one, sid))]);
  for (const kind of ['looks', 'acts', 'fast'] as const) await pool(runsOf(kind), AT_ONCE[kind]);
});

async function pool(runs: (() => Promise<void>)[], atOnce: number): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = runs.shift(); next; next = runs.shift()) await next();
  }));
}

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});

test('every verb that has a policy is tried with it', () => {
  const tried = CASES.map(({ verb }) => verb);
  expect(POLICY_VERBS.filter((verb) => commandNamed(verb) && !tried.includes(verb))).toEqual([]);
});

test.each(CASES)('without a controller, $verb is told exactly what is tried here, and nothing of a table', (one) => {
  const { document } = policyFor(one.verb, scopeOf(shared.estate, shared.parameter), one.extras);
  expect(document.Statement.map((statement) => statement.Sid)).toEqual(sidsOf(one));
});

describe.each(CASES)('$verb', (one) => {
  const whole = () => results.get(keyOfRun(one))!;

  test('does its work with its policy', () => {
    const { result } = whole();
    expect({ code: result.code, text: textOf(result) }).toEqual({ code: one.code, text: expect.stringMatching(one.done) });
  });

  test.each(mustsOf(one))('fails without %s', (sid) => {
    const { result, routes } = results.get(keyOfRun(one, sid))!;
    expect({ code: result.code, text: textOf(result) }).toEqual({ code: expect.any(Number), text: expect.not.stringMatching(one.done) });
    expect([0, 5]).not.toContain(result.code);
    expect(routes).toEqual({ 'us-east-1': 100, 'us-west-2': 0 });
  });

  const soft = sidsOf(one).filter((sid) => !mustsOf(one).includes(sid));
  if (soft.length === 0) return;
  test.each(soft)('says what it could not do without %s', (sid) => {
    const says = one.says[sid];
    if (!says) throw new Error(`nobody says what '${one.verb}' says without '${sid}'`);
    expect(textOf(results.get(keyOfRun(one, sid))!.result)).toMatch(says);
    expect(textOf(whole().result)).not.toMatch(says);
  });
});
