import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetBucketPolicyCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { XMLValidator } from 'fast-xml-parser';
import { policyFor } from '../../runtime/core/operate/policy/document';
import { scopeOf } from '../../runtime/core/operate/policy/scope';
import { Writer } from '../campaign/writer';
import { makeOperatorEstate, type OperatorEstate } from './operator-estate';
import { EAST, Lab, WEST, type Statement } from './replication-lab';
import { documentOf, inFastTime, runCli, type CliResult } from './run-cli';

/** All drills are run before the first test, a few at a time: they wait for most of their time, but not when they begin. */
jest.setTimeout(300_000);
const AT_ONCE = 3;
const APART_MS = 2_000;
/** With more, answers come too late where three drills share a small machine. */
const FACTOR = 6;
/** A drill that the machine was too slow for says nothing of drills: it is run again. */
const TOO_SLOW = /(stopped: |"surprise": "|error {2})[^\n]*TimedOut/;
const MOST_RUNS = 3;

const WRITE_EVERY_MS = 150;
/** What a fence lasts at most; the time of day does not run faster in a drill that is tried. */
const FENCE_MS = 180_000;

let lab: Lab;
const folder = mkdtempSync(join(tmpdir(), 's3-failover-drill-'));
const manifests = mkdtempSync(join(tmpdir(), 's3-failover-drill-manifests-'));
const page = join(folder, 'drill.html');
const ran = new Map<string, Ran>();

interface Ran extends CliResult {
  readonly estate: OperatorEstate;
  readonly active: readonly string[];
  readonly writer: Writer;
}

interface Scenario {
  readonly name: string;
  readonly args?: readonly string[];
  /** Before the drill begins. */
  readonly first?: (estate: OperatorEstate) => Promise<unknown>;
  /** Once the drill has written this, the other is done. */
  readonly when?: RegExp;
  readonly then?: (estate: OperatorEstate, child: ChildProcess) => unknown;
  /** Once it has ended, before anybody looks. */
  readonly last?: (estate: OperatorEstate) => Promise<unknown>;
}

const pause = (region: string, paused: boolean) => ({ estate }: OperatorEstate) => lab.aws.control.setReplication({ source: estate.buckets[region], paused });
const bucketOf = ({ estate }: OperatorEstate, region: string) => estate.buckets[region];
const interrupt = (_: OperatorEstate, child: ChildProcess) => child.kill('SIGINT');

const SCENARIOS: readonly Scenario[] = [
  { name: 'passes', args: ['--json', '--html', page] },
  // Nothing that us-west-2 takes comes to us-east-1: the way back may not be gone.
  { name: 'stalls', args: ['--wait', '20'], when: /with us-west-2 active/, then: pause(WEST, true), last: pause(WEST, false) },
  { name: 'target dies', when: /with us-west-2 active/, then: (estate) => lab.aws.control.setBucket(bucketOf(estate, WEST), { kind: 'refused' }), last: (estate) => lab.aws.control.setBucket(bucketOf(estate, WEST), { kind: 'healthy' }) },
  { name: 'interrupted after the submit', when: /keep the fence while routes spread \.\.\./, then: interrupt },
  { name: 'interrupted behind the fence', first: pause(EAST, true), when: /drain us-east-1 into us-west-2 \.\.\./, then: interrupt, last: pause(EAST, false) },
  { name: 'interrupted before', args: ['--json'], when: /with us-east-1 active/, then: interrupt },
];

/** Its Region dies for everybody. */
const DEAD: Scenario = {
  name: 'origin dies behind the fence',
  first: pause(EAST, true),
  when: /drain us-east-1 into us-west-2 \.\.\./,
  then: () => lab.aws.control.setRegion(EAST, { kind: 'refused' }),
  last: async (estate) => (await lab.aws.control.setRegion(EAST, { kind: 'healthy' }), pause(EAST, false)(estate)),
};

async function run(scenario: Scenario): Promise<void> {
  for (let tries = 0; tries < MOST_RUNS; tries++) {
    const { one, reached } = await runOnce(scenario);
    ran.set(scenario.name, one);
    if (reached && !TOO_SLOW.test(one.stdout)) return;
  }
}

async function runOnce({ args = [], first, when, then, last }: Scenario): Promise<{ readonly one: Ran; readonly reached: boolean }> {
  const estate = await makeOperatorEstate(lab);
  const { document } = policyFor('drill', scopeOf(estate.estate, estate.parameter));
  const credentials = await lab.user(document.Statement as unknown as Statement[]);
  const manifest = join(manifests, `${estate.parameter.split('/').at(-1)}.json`);
  writeFileSync(manifest, JSON.stringify(estate.manifest));
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket: bucketOf(estate, EAST), Key: 'film.mov', Body: 'x' }));
  await lab.idle({ source: bucketOf(estate, EAST) });
  await first?.(estate);
  const writer = new Writer(lab.aws, estate.manifest.accessPoint.arn, 'app');
  writer.start(WRITE_EVERY_MS);
  let done: { readonly it: unknown } | undefined;
  const result = await runCli(lab.aws, ['drill', WEST, '--yes', '--steady', '5', '--why', 'rehearsal', '--manifest', manifest, ...args], {
    credentials,
    env: inFastTime(lab.aws, FACTOR),
    cwd: folder,
    onOutput: (child, output) => {
      if (when?.test(output)) done ??= { it: then!(estate, child) };
    },
  });
  await done?.it;
  await writer.stop();
  await last?.(estate);
  const { accessPoints } = await lab.aws.control.state();
  const active = accessPoints[estate.manifest.accessPoint.arn.split('/')[1]].submitted.filter(({ dial }) => dial > 0).map(({ region }) => region);
  return { one: { ...result, estate, active, writer }, reached: when === undefined || done !== undefined };
}

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setPropagation({ ms: 200 });
  const rest = [...SCENARIOS];
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * APART_MS));
    for (let next = rest.shift(); next; next = rest.shift()) await run(next);
  }));
  await run(DEAD);
});

afterAll(async () => {
  for (const each of [folder, manifests]) rmSync(each, { recursive: true, force: true });
  await lab?.stop();
});

/** When the fences of a Region end that are still in its bucket's policy. */
async function fences({ estate }: OperatorEstate, region: string): Promise<number[]> {
  const { Policy } = await lab.s3(region).send(new GetBucketPolicyCommand({ Bucket: estate.buckets[region] }));
  const statements = (JSON.parse(Policy!) as { Statement: { Condition?: { DateLessThan?: { 'aws:CurrentTime': string } } }[] }).Statement;
  return statements.flatMap(({ Condition }) => (Condition?.DateLessThan ? [Date.parse(Condition.DateLessThan['aws:CurrentTime'])] : []));
}

async function versionsOf({ estate }: OperatorEstate, region: string, Prefix?: string): Promise<{ key: string; id: string }[]> {
  const found: { key: string; id: string }[] = [];
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const listed = await lab.s3(region).send(new ListObjectVersionsCommand({ Bucket: estate.buckets[region], Prefix, ...marker }));
    found.push(...(listed.Versions ?? []).map(({ Key, VersionId }) => ({ key: Key!, id: VersionId! })));
    if (!listed.IsTruncated) return found;
    marker = { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker };
  }
}

/** Acknowledged writes of the application that a Region's bucket does not have, when everything has come. */
async function lacking(name: string, region: string): Promise<string[]> {
  const { estate, writer } = ran.get(name)!;
  for (const one of [EAST, WEST]) await lab.idle({ source: bucketOf(estate, one) });
  const ids = new Set((await versionsOf(estate, region, 'app/')).map(({ id }) => id));
  return writer.acknowledged.filter(({ versionId }) => !ids.has(versionId)).map(({ key }) => key);
}

describe('there and back', () => {
  const whole = () => ran.get('passes')!;

  test('ends where it began, by two switches that were each proven, and passes', () => {
    const document = documentOf(whole());
    expect({ code: whole().code, document }).toEqual({
      code: 0,
      document: expect.objectContaining({ schema: 'cdk-s3-failover/drill', version: 1, outcome: 'passed', surprise: null, restored: true, leftovers: [], next: [], expectedOutage: expect.any(Number) }),
    });
    expect(document.switches.map(({ from, to, outcome }: any) => [from, to, outcome])).toEqual([[EAST, WEST, 'served'], [WEST, EAST, 'served']]);
    expect(whole().active).toEqual([EAST]);
  });

  test('measures what its own client saw: who served, how long nobody did, and what the target lacked', () => {
    const { switches, writes, timeline, outages } = documentOf(whole());
    for (const one of switches) {
      expect(one).toEqual(expect.objectContaining({ missing: 0, recoveryTime: expect.any(Number), commandToAccepted: expect.any(Number) }));
      expect(one.withoutService).toBeGreaterThan(0);
      expect(one.failedWrites).toBeGreaterThan(0);
      expect(one.recoveryTime).toBeGreaterThanOrEqual(one.commandToAccepted);
    }
    expect(writes.servedBy[EAST]).toBeGreaterThan(0);
    expect(writes.servedBy[WEST]).toBeGreaterThan(0);
    expect(writes.acknowledged + writes.failed).toBe(writes.attempted);
    expect(outages.length).toBeGreaterThanOrEqual(2);
    expect(timeline.active.map(({ region }: any) => region)).toEqual([EAST, WEST, EAST]);
    expect(new Set(timeline.backlog.map(({ region }: any) => region))).toEqual(new Set([EAST, WEST]));
    expect(timeline.marks.map(({ kind }: any) => kind).filter((kind: string) => kind !== 'step')).toEqual(['command', 'accepted', 'served', 'command', 'accepted', 'served', 'stopped']);
  });

  test("lost none of the application's acknowledged writes, in either Region", async () => {
    expect(documentOf(whole()).switches.map(({ sentence }: any) => /nothing lost/.test(sentence))).toEqual([true, true]);
    expect(whole().writer.acknowledged.length).toBeGreaterThan(50);
    expect([await lacking('passes', EAST), await lacking('passes', WEST)]).toEqual([[], []]);
  });

  test('leaves no fence and nothing of its own', async () => {
    const { estate } = whole();
    for (const region of [EAST, WEST]) {
      expect(await fences(estate, region)).toEqual([]);
      const own = (await versionsOf(estate, region, '.s3-failover/')).map(({ key }) => key);
      expect(own.filter((key) => /^\.s3-failover\/(drill|probe\/drill-|fence-check)/.test(key))).toEqual([]);
    }
  });

  test('has its page in one file that parses, refers to nothing else and shows the timeline', () => {
    expect(readdirSync(folder)).toEqual(['drill.html']);
    const html = readFileSync(page, 'utf8');
    expect(XMLValidator.validate(html.replace(/^<!doctype html>/i, ''))).toBe(true);
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|audio|video|source|base)\b|\s(src|srcset|href|xlink:href|action|poster|on\w+)=|url\((?!#)|@import/i);
    expect(html).toMatch(/id="timeline"[^]*<svg [^]*us-east-1 to us-west-2[^]*us-west-2 to us-east-1/);
  });
});

describe('stops at the first surprise', () => {
  const textOf = (name: string) => ran.get(name)!.stdout.replace(/\s+/g, ' ');

  test('and does not go back where replication stalls: it says what is on its way, lifts its fence and what to type', async () => {
    const { code, active, estate } = ran.get('stalls')!;
    expect([code, textOf('stalls')]).toEqual([1, expect.stringMatching(/^Drill stopped .*the way back: .* of us-west-2 had not come to us-east-1 .*Traffic is NOT where it was at the beginning\. .*Next: .*s3-failover switchover us-east-1/)]);
    expect([active, await fences(estate, EAST), await fences(estate, WEST)]).toEqual([[WEST], [], []]);
    expect([await lacking('stalls', EAST), await lacking('stalls', WEST)]).toEqual([[], []]);
  });

  test('and where the target stops answering says so, and that only a failover brings traffic back', () => {
    const { code, active } = ran.get('target dies')!;
    expect([code, textOf('target dies')]).toEqual([1, expect.stringMatching(/^Drill stopped .*(writes|reads) in a row failed while us-west-2 was to serve.*traffic could not be brought back: .*us-west-2 does not answer.*Next: .*s3-failover failover us-east-1/)]);
    expect(active).toEqual([WEST]);
  });

  test('and where the origin dies behind the fence leaves routes as they were, and a fence that lapses by itself', async () => {
    const { code, active, estate } = ran.get(DEAD.name)!;
    expect([code, textOf(DEAD.name)]).toEqual([expect.any(Number), expect.stringMatching(/routes are as they were; the fence in us-east-1 is still up and lapses by itself at .*Traffic is where it was at the beginning\..*Next: .*s3-failover fence lift us-east-1/)]);
    expect([1, 3]).toContain(code);
    expect(active).toEqual([EAST]);
    const ends = await fences(estate, EAST);
    expect(ends).toHaveLength(1);
    expect(ends[0] - Date.now()).toBeLessThan(FENCE_MS);
  });
});

describe('SIGINT', () => {
  test('before the first switch leaves everything as it was', async () => {
    const { code, active, estate, stdout } = ran.get('interrupted before')!;
    expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ outcome: 'surprised', surprise: 'the drill was interrupted', restored: true, leftovers: [], switches: [] })]);
    expect([active, await fences(estate, EAST)]).toEqual([[EAST], []]);
  });

  test('behind the fence lifts it, and routes are as they were', async () => {
    const { code, active, estate, stdout } = ran.get('interrupted behind the fence')!;
    expect([code, stdout]).toEqual([1, expect.stringMatching(/it was interrupted; routes are as they were; the fence in us-east-1 is lifted[^]*Traffic is where it was at the beginning\./)]);
    expect([active, await fences(estate, EAST), await fences(estate, WEST)]).toEqual([[EAST], [], []]);
    expect([await lacking('interrupted behind the fence', EAST), await lacking('interrupted behind the fence', WEST)]).toEqual([[], []]);
  });

  test('after the submit brings traffic back, and loses nothing', async () => {
    const { code, active, estate, stdout } = ran.get('interrupted after the submit')!;
    expect([code, stdout]).toEqual([1, expect.stringMatching(/traffic is back in us-east-1[^]*Traffic is where it was at the beginning\./)]);
    expect(active).toEqual([EAST]);
    expect([await fences(estate, EAST), await fences(estate, WEST)]).toEqual([[], []]);
    expect([await lacking('interrupted after the submit', EAST), await lacking('interrupted after the submit', WEST)]).toEqual([[], []]);
  });
});

test('fails when the page cannot be written, before anything is asked of AWS', async () => {
  const { estate } = ran.get('passes')!;
  const { code, stderr } = await runCli(undefined, ['drill', WEST, '--yes', '--html', '/nowhere/at/all.html', '--name', estate.parameter]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/'--html'.*\/nowhere\/at\/all\.html/)]);
});
