import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../local';
import { policyFor } from '../../runtime/core/operate/policy/document';
import { scopeOf } from '../../runtime/core/operate/policy/scope';
import type { PolicyVerb } from '../../runtime/core/operate/policy/verbs';
import { Writer, type Acknowledged } from '../campaign/writer';
import { makeOperatorEstate, type OperatorEstate } from './operator-estate';
import { EAST, IRELAND, Lab, WEST, type Statement } from './replication-lab';
import { documentOf, inFastTime, runCli, type RunCliOptions } from './run-cli';
import { submitRoutes } from './support';

/** Each run is a process of its own; with something dead it waits for that. */
jest.setTimeout(180_000);

const REGIONS = [EAST, WEST, IRELAND];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const folder = mkdtempSync(join(tmpdir(), 's3-failover-'));

let lab: Lab;
let made: OperatorEstate;
let operator: Credentials;
let reader: Credentials;
let running: Writer | undefined;

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setPropagation({ ms: 500 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});
beforeEach(async () => {
  made = await makeOperatorEstate(lab, REGIONS);
  writeFileSync(join(folder, 'media.json'), JSON.stringify(made.manifest));
  operator = await lab.user(allowed('failover'));
  // IAM lives in us-east-1, and cannot be asked when that is dead.
  reader = await lab.user(allowed('history'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await lab.aws.control.heal();
});

/** Just what the policy verb prints. */
const allowed = (verb: PolicyVerb) => policyFor(verb, scopeOf(made.estate, made.parameter)).document.Statement as unknown as Statement[];
const run = (line: string | readonly string[], options: RunCliOptions = {}) => runCli(lab.aws, [...(typeof line === 'string' ? line.split(' ') : line), '--manifest', join(folder, 'media.json')], { credentials: operator, ...options });
const kill = (region: string, kind: 'blackhole' | 'refused' = 'blackhole') => lab.aws.control.setRegion(region, { kind });

async function active(): Promise<string[]> {
  const { accessPoints } = await lab.aws.control.state();
  return accessPoints[made.estate.accessPoint.alias].submitted.filter(({ dial }) => dial > 0).map(({ region }) => region);
}

async function history(without?: string): Promise<any> {
  if (without) await kill(without, 'refused');
  return documentOf(await run('history --json', { credentials: reader }));
}

const idOf = ({ key, versionId }: Acknowledged) => `${key} ${versionId}`;
const rowsOf = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').slice(1, -1).map((line) => line.split(','));
const saidAt = (stderr: string, what: string) => Number(new RegExp(`^([\\d.]+) s {2}${what}`, 'm').exec(stderr)![1]);

/** The writer's versions in a Region's bucket. */
async function versionsIn(region: string): Promise<Set<string>> {
  const found = new Set<string>();
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await lab.s3(region).send(new ListObjectVersionsCommand({ Bucket: made.estate.buckets[region], Prefix: 'load/', KeyMarker: page?.NextKeyMarker, VersionIdMarker: page?.NextVersionIdMarker }));
    for (const { Key, VersionId } of page.Versions ?? []) found.add(`${Key} ${VersionId}`);
  } while (page.IsTruncated);
  return found;
}

test('the active Region is a black hole, under a writer: traffic moves, the history says so without any Region, and reconcile finds each acknowledged write that is missing or superseded', async () => {
  const writer = (running = new Writer(lab.aws, made.manifest.accessPoint.arn, 'load'));
  writer.start(150);
  await until(() => writer.acknowledged.length >= 10);
  const eastToWest = { source: made.estate.buckets[EAST], destination: made.estate.buckets[WEST] };
  // What was taken since is nowhere else when the Region dies.
  await lab.aws.control.setReplication({ ...eastToWest, paused: true });
  const whole = writer.acknowledged.length;
  await until(() => writer.acknowledged.length >= whole + 10);
  await kill(EAST);
  const killedAt = Date.now();
  const ran = await run(['failover', WEST, '--yes', '--json', '--why', 'us-east-1 is a black hole']);
  expect({ code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 });
  const servedAt = Date.now();
  const before = writer.acknowledged.length;
  // The first may have been on its way before.
  await until(() => writer.acknowledged.length >= before + 12);
  await writer.stop();

  expect(documentOf(ran)).toMatchObject({ outcome: 'served', proof: 'served', nothingLost: false, leaves: [EAST], targets: [WEST], quarantines: [EAST] });
  expect(await active()).toEqual([WEST]);
  expect(ran.stderr).toMatch(/routes accepted by (?!us-east-1)/);
  // Said long before writes were seen to land.
  expect(saidAt(ran.stderr, 'routes read back elsewhere')).toBeLessThan(saidAt(ran.stderr, 'served by us-west-2') - 5);
  expect(writer.acknowledged.filter(({ at }) => at <= killedAt).length).toBeGreaterThanOrEqual(20);
  expect(writer.acknowledged.filter(({ startedAt }) => startedAt > servedAt).length).toBeGreaterThanOrEqual(10);

  for (const [index, gone] of REGIONS.entries()) {
    const { acts, regions } = await history(gone);
    expect(acts).toMatchObject([{ verb: 'failover', planned: false, state: 'served', from: [EAST], to: [WEST], why: 'us-east-1 is a black hole', quarantines: [EAST] }]);
    expect(regions[index]).toMatchObject({ region: gone, ok: false });
    await lab.aws.control.heal();
  }
  await lab.idle({ source: made.estate.buckets[WEST], timeoutMs: 60_000 });

  const acknowledged = writer.acknowledged.map(idOf);
  const [east, west] = [await versionsIn(EAST), await versionsIn(WEST)];
  const missing = acknowledged.filter((one) => !west.has(one));
  // Each is in one of the two, and what is only in the one that was left was taken there before it died.
  expect(missing.filter((one) => !east.has(one))).toEqual([]);
  expect(missing.length).toBeGreaterThanOrEqual(10);
  const may = { credentials: await lab.user(allowed('reconcile')), cwd: folder };
  const owing = await run('reconcile --json --csv owing.csv', may);
  expect([owing.code, documentOf(owing).outcome, documentOf(owing).lifted]).toEqual([3, 'differences', []]);
  const owed = rowsOf('owing.csv');
  expect(owed.filter(([kind]) => kind === 'missing').map(([, , key, , id]) => `${key} ${id}`).sort()).toEqual([...missing].sort());
  const superseded = owed.filter(([kind, , , by]) => kind === 'superseded' && by === EAST);
  expect(superseded.length).toBeGreaterThan(0);
  for (const [, , key, , id, , , , other, newer] of superseded) {
    expect([other, acknowledged]).toEqual([WEST, expect.arrayContaining([`${key} ${id}`, `${key} ${newer}`])]);
  }

  await lab.aws.control.setReplication({ ...eastToWest, paused: false });
  const clean = await run('reconcile --wait --json', may);
  expect([clean.code, documentOf(clean)]).toEqual([0, expect.objectContaining({ outcome: 'clean', lifted: [EAST] })]);
  for (const region of [EAST, WEST]) {
    const held = await versionsIn(region);
    expect(acknowledged.filter((one) => !held.has(one))).toEqual([]);
  }
});

// The one in the Region that is left, and the one that is asked last; the benchmark takes every choice of four.
test.each(['us-east-1', 'eu-west-1'])('with all control endpoints dead but the one in %s, each in a way of its own', async (living) => {
  const deaths = [{ kind: 'refused' }, { kind: 'blackhole' }, { kind: 'failing', rate: 1, status: 500 }, { kind: 'slow', ms: 20_000 }];
  for (const [index, endpoint] of FIVE.filter((one) => one !== living).entries()) await lab.aws.control.setControlEndpoint(endpoint, deaths[index] as never);
  const ran = await run(`failover ${WEST} --yes --force --proof read-back --json`, { env: inFastTime(lab.aws, 4) });
  expect(ran.code).toBe(5);
  expect(documentOf(ran)).toMatchObject({ outcome: 'done', proof: 'read back', attempts: [{ endpoint: living, outcome: 'accepted' }] });
  expect(await active()).toEqual([WEST]);
});

test('an endpoint that tells old routes is shown, and is no proof', async () => {
  await lab.aws.control.setControlEndpoint('eu-west-1', { kind: 'stale' });
  await submitRoutes(lab.aws, made.manifest.accessPoint.arn, Object.fromEntries(REGIONS.map((region) => [region, region === IRELAND ? 100 : 0])), 'us-west-2');
  const ran = await run(`failover ${WEST} --yes --force --proof read-back --json`);
  const document = documentOf(ran);
  expect([ran.code, document.outcome, document.quarantines]).toEqual([5, 'done', [IRELAND, EAST].sort()]);
  expect(document.checks).toContainEqual(expect.objectContaining({ name: 'control endpoints', state: 'doubt', sentence: expect.stringMatching(/they disagree.*eu-west-1: active us-east-1/) }));
  expect(document.sentence).toMatch(/endpoints still disagree/);
  expect(await active()).toEqual([WEST]);
});

describe('asking', () => {
  test('fails when nobody can be asked and --yes is missing, before anything is asked of AWS', async () => {
    const since = Date.now();
    const { code, stderr } = await run(`failover ${WEST}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nobody can be asked here; '--yes' answers with yes/);
    expect((await lab.aws.control.accessLog(since)).filter(({ principal }) => principal === operator.accessKeyId)).toEqual([]);
  });

  test('fails when only --yes agreed to leave a Region that answers well', async () => {
    const { code, stdout } = await run(`failover ${WEST} --yes`);
    expect(code).toBe(3);
    expect(stdout).toMatch(/leaving us-east-1: its bucket answers well \(\d+ ms\): a switchover loses nothing/);
    expect(await active()).toEqual([EAST]);
  });

  const typed = (answer: string) => {
    let asked = false;
    return run(`failover ${WEST} --proof read-back`, {
      tty: true,
      onOutput(child, output) {
        if (asked || !/type the name of the target \(us-west-2\): /.test(output)) return;
        asked = true;
        child.stdin!.write(`${answer}\n`);
      },
    });
  };

  test.each(['', 'y', 'us-west-1'])("declines on a terminal where '%s' is typed instead of the target", async (answer) => {
    const { code, stdout } = await typed(answer);
    expect(code).toBe(4);
    expect(stdout).toMatch(/declined.*nothing was done/);
    expect(await active()).toEqual([EAST]);
  });

  test('goes on where the target is typed, having said that a switchover loses nothing', async () => {
    const { code, stdout } = await typed(WEST);
    expect(code).toBe(5);
    expect(stdout).toMatch(/a switchover loses nothing/);
    expect(await active()).toEqual([WEST]);
  });

  test('fails when the target is the dead one', async () => {
    await kill(WEST);
    const { code, stdout } = await run(`failover ${WEST} --yes`);
    expect(code).toBe(3);
    expect(stdout).toMatch(/target us-west-2: it looks dead/);
    expect(await active()).toEqual([EAST]);
  });
});

test.each(['served', 'read-back'])('two operators at once, with proof %s: one wins, the other is told who and what, and neither tells of a success that is not so', async (proof) => {
  const other = await lab.user(allowed('failover'));
  const env = proof === 'served' ? inFastTime(lab.aws, 3) : {};
  const ran = await Promise.all([
    run(`failover ${WEST} --yes --force --json --proof ${proof}`, { env }),
    run(`failover ${IRELAND} --yes --force --json --proof ${proof}`, { env, credentials: other }),
  ]);
  const [live] = await active();
  const [winner, loser] = live === WEST ? ran : [...ran].reverse();
  expect({ code: winner.code, said: documentOf(winner).sentence }).toMatchObject({ code: proof === 'served' ? 0 : 5 });
  // A process that was slow to start may have seen the other's routes in its plan, and undone them with --force: one after the other.
  const { leaves, checks } = documentOf(winner);
  const [theirs, saw] = [live === WEST ? IRELAND : WEST, JSON.stringify(checks)];
  if (loser.code === 5 && (leaves.includes(theirs) || saw.includes(`active ${theirs}`))) return;
  expect({ code: loser.code === 1 || loser.code === 3 ? 'lost' : loser.code, saw }).toMatchObject({ code: 'lost' });
  expect(documentOf(loser).sentence).toMatch(new RegExp(`by arn:aws:iam::${lab.aws.account}:user/user-\\d+, who began 'failover' to ${live}`));
});

describe('a tool that is stopped', () => {
  const stopped = (signal: 'SIGINT' | 'SIGKILL', at: RegExp) => {
    let sent = false;
    return run(`failover ${WEST} --yes --force --json`, {
      onOutput(child, output) {
        if (sent || !at.test(output)) return;
        sent = true;
        child.kill(signal);
      },
    });
  };

  test('with Ctrl-C while it waits for writes to land: routes are as meant, and it says how sure it is', async () => {
    const ran = await stopped('SIGINT', /see writes land/);
    expect([ran.code, documentOf(ran).outcome]).toEqual([5, 'done']);
    expect(await active()).toEqual([WEST]);
  });

  test.each([
    ['before it was sent', /^submit routes \.\.\.$/m],
    ['after it was accepted', /routes accepted by/],
  ])('by the kernel, %s: a second run ends it, and the Region stays quarantined', async (_, at) => {
    const ran = await stopped('SIGKILL', at);
    expect(ran.signal).toBe('SIGKILL');
    expect([[EAST], [WEST]]).toContainEqual(await active());
    const again = await run(`failover ${WEST} --yes --force --proof read-back --json`);
    expect(again.code).toBe(5);
    expect(await active()).toEqual([WEST]);
    const { acts } = await history();
    expect(acts.some(({ quarantines }: { quarantines: string[] }) => quarantines.includes(EAST))).toBe(true);
  });
});

test('routes set moves what was typed, pause has nothing to brake, and a quarantine is lifted on a word', async () => {
  const may = async (verb: PolicyVerb) => ({ credentials: await lab.user(allowed(verb)) });
  const line = `routes set ${EAST}=active ${WEST}=active ${IRELAND}=passive --yes --proof read-back`;
  expect((await run(line, await may('routes set'))).code).toBe(5);
  expect((await active()).sort()).toEqual([EAST, WEST]);
  expect((await run(['pause', '--why', 'maintenance'], await may('pause'))).stdout).toMatch(/there is no controller/);
  expect((await run(`failover ${WEST} --yes --force --proof read-back`)).code).toBe(5);
  expect(await run(`failover ${EAST} --yes --proof read-back`)).toMatchObject({ code: 3, stdout: expect.stringMatching(/target us-east-1: it is quarantined/) });
  const refused = await run(`routes set ${EAST}=active ${WEST}=passive ${IRELAND}=passive --yes --proof read-back`, await may('routes set'));
  expect([refused.code, refused.stdout]).toEqual([3, expect.stringMatching(/target us-east-1: it is quarantined/)]);
  expect((await run(['quarantine', 'lift', EAST, '--yes', '--why', 'compared by hand'], await may('quarantine lift'))).code).toBe(0);
  expect((await run(`routes set ${EAST}=active ${WEST}=passive ${IRELAND}=passive --yes --proof read-back`, await may('routes set'))).code).toBe(5);
  expect(await active()).toEqual([EAST]);
});

async function until(so: () => boolean, most = 60_000): Promise<void> {
  const end = Date.now() + most;
  while (!so()) {
    if (Date.now() > end) throw new Error('it never came to be so');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

