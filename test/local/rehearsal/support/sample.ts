import type { Mark, Recording, SwitchRecord } from '../../../../local/rehearsal/analysis/recording';
import type { StepsRun } from '../../../../local/rehearsal/engine/steps';
import { buildReport } from '../../../../local/rehearsal/report/build';
import type { Report } from '../../../../local/rehearsal/report/schema';
import type { AuditedCopy } from '../../../../local/rehearsal/traffic/audit';
import type { ReadAttempt, WriteAttempt } from '../../../../local/rehearsal/traffic/ledger';
import type { BacklogSample } from '../../../../local/rehearsal/traffic/sightings';

const [EAST, WEST, EU] = ['us-east-1', 'us-west-2', 'eu-west-1'];
const REGIONS = [EU, EAST, WEST];

/** Moments of an invented run, in milliseconds: what a machine with 2 cores takes, roughly. */
const AT = {
  traffic: 30_000, killed: 40_000, command: 45_000, accepted: 54_000, served: 60_400,
  healed: 65_500, command2: 69_000, accepted2: 78_000, served2: 84_000, stopped: 89_000,
};
const PROPAGATION = 5_000;
const LAG = 2_000;

/** A rehearsal that never happened, made from rules: a write every 200 ms, replication after 2 s, no randomness. */
export function sampleRecording(): Recording {
  const writes: WriteAttempt[] = [];
  const reads: ReadAttempt[] = [];
  const copies: AuditedCopy[] = [];
  const firstSeen = new Map(REGIONS.map((region) => [region, new Map<number, number>()]));

  let id = 0;
  for (let at = AT.traffic; at < AT.stopped; at += 200) {
    id += 1;
    const region = servingAt(at);
    const key = id % 10 === 0 ? 'rehearsal/latest' : `rehearsal/object-${String(id).padStart(6, '0')}`;
    const base = { id, key, md5: `md5-${id}`, sha256: `sha-${id}`, startedAt: at };
    if (region === undefined) {
      writes.push({ ...base, endedAt: at + 3_000, outcome: 'failed', error: 'no answer within 3 s' });
      continue;
    }
    const endedAt = at + 18 + ((id * 7) % 23);
    writes.push({ ...base, endedAt, outcome: 'acknowledged', versionId: `v${id}` });
    for (const copy of REGIONS) {
      const seenAt = copy === region ? endedAt : arrival(region, copy, endedAt);
      firstSeen.get(copy)!.set(id, Math.ceil(seenAt / 1_000) * 1_000);
      copies.push({ id, region: copy, intact: true, replica: copy !== region, isLatest: true });
    }
  }
  for (let at = AT.traffic + 400; at < AT.stopped; at += 333) {
    const region = servingAt(at);
    const wanted = writes.filter((write) => write.outcome === 'acknowledged' && write.endedAt < at).at(-1 - (at % 40));
    if (wanted === undefined) continue;
    if (region === undefined) reads.push({ key: wanted.key, startedAt: at, endedAt: at + 3_000, outcome: 'failed', error: 'no answer within 3 s' });
    else reads.push({ key: wanted.key, startedAt: at, endedAt: at + 12, outcome: firstSeen.get(region)!.get(wanted.id)! <= at ? 'found' : 'missing' });
  }
  return {
    regions: REGIONS,
    writes,
    reads,
    firstSeen,
    backlog: backlogOf(writes, firstSeen),
    switches: [failover(missingAt(writes, firstSeen.get(WEST)!, AT.accepted)), failback(missingAt(writes, firstSeen.get(EAST)!, AT.accepted2))],
    marks: MARKS,
    audit: { copies, divergentKeys: [] },
  };
}

const STEPS: StepsRun = {
  outcome: 'passed',
  results: [
    { id: 'start', title: 'Start the local AWS', outcome: 'done', startedAt: 0, endedAt: 4_100, detail: 'http://localhost:40000, account 111122223333, IAM enforced' },
    { id: 'deploy', title: 'Deploy it', outcome: 'done', startedAt: 4_100, endedAt: 30_000, detail: 'us-east-1 active, us-west-2 passive, eu-west-1 passive' },
    { id: 'kill', title: 'Kill the active Region', outcome: 'done', startedAt: AT.killed, endedAt: AT.command, detail: 'writes fail: no answer within 3 s' },
    { id: 'failover', title: 'Fail over', outcome: 'done', startedAt: AT.command, endedAt: AT.accepted + 900, detail: 'us-east-1 passive, us-west-2 active, eu-west-1 passive' },
    { id: 'verify', title: 'Check every object in every Region', outcome: 'done', startedAt: AT.stopped, endedAt: 96_000, detail: '194 acknowledged objects, each in 3 Regions, byte for byte' },
  ],
};

export function sampleReport(change: (input: { run: StepsRun; recording: Recording }) => { run?: StepsRun; recording?: Recording } = () => ({})): Report {
  const input = { run: STEPS, recording: sampleRecording() };
  return buildReport({
    ...input,
    ...change(input),
    setting: {
      regions: REGIONS, homeRegion: EU, activeRegion: EAST, targetRegion: WEST,
      accessPointArn: 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap',
      fault: 'blackhole', writesPerSecond: 5, requestTimeout: 3, propagation: PROPAGATION / 1000, replicationLag: LAG / 1000,
    },
    startedAt: new Date('2026-11-22T06:00:00Z'),
    elapsedMs: 96_400,
    notes: ['Routes act 5.0 s after they are accepted here.', 'The home Region, eu-west-1, stayed alive.'],
  });
}

const MARKS: Mark[] = [
  { at: AT.traffic, kind: 'traffic', text: 'writing and reading begin' },
  { at: AT.killed, kind: 'killed', region: EAST, text: `${EAST} dies` },
  { at: AT.command, kind: 'command', region: WEST, text: `command given: switch to ${WEST}` },
  { at: AT.accepted, kind: 'accepted', region: WEST, text: `routes accepted: ${WEST} active` },
  { at: AT.served, kind: 'served', region: WEST, text: `${WEST} serves` },
  { at: AT.healed, kind: 'healed', region: EAST, text: `${EAST} is healed` },
  { at: AT.healed + 3_000, kind: 'caught-up', text: 'replication has caught up' },
  { at: AT.command2, kind: 'command', region: EAST, text: `command given: switch to ${EAST}` },
  { at: AT.accepted2, kind: 'accepted', region: EAST, text: `routes accepted: ${EAST} active` },
  { at: AT.served2, kind: 'served', region: EAST, text: `${EAST} serves` },
  { at: AT.stopped, kind: 'stopped', text: 'writing and reading end' },
];

function servingAt(at: number): string | undefined {
  if (at < AT.killed) return EAST;
  if (at < AT.accepted + PROPAGATION) return undefined;
  return at < AT.accepted2 + PROPAGATION ? WEST : EAST;
}

/** Replication waits while either end is dead. */
function arrival(from: string, to: string, writtenAt: number): number {
  const at = writtenAt + LAG;
  return (from === EAST || to === EAST) && at >= AT.killed && at < AT.healed ? AT.healed + 400 + (writtenAt % 1_500) : at;
}

function missingAt(writes: readonly WriteAttempt[], seen: ReadonlyMap<number, number>, at: number): number[] {
  return writes.filter((write) => write.outcome === 'acknowledged' && write.endedAt <= at && !((seen.get(write.id) ?? Infinity) <= at)).map((write) => write.id);
}

function backlogOf(writes: readonly WriteAttempt[], firstSeen: ReadonlyMap<string, ReadonlyMap<number, number>>): BacklogSample[] {
  const samples: BacklogSample[] = [];
  for (let at = AT.traffic; at <= AT.stopped + 3_000; at += 1_000) {
    for (const region of REGIONS) {
      const dead = region === EAST && at >= AT.killed && at < AT.healed;
      samples.push({ at, region, missing: dead ? undefined : missingAt(writes, firstSeen.get(region)!, at).length });
    }
  }
  return samples;
}

function failover(missingAtSwitch: readonly number[]): SwitchRecord {
  return {
    kind: 'failover', from: EAST, to: WEST, command: 'npx cdk deploy Media --exclusively --parameters Media:ActiveRegion=us-west-2 --parameters Media:SwitchId=force-us-west-2',
    commandAt: AT.command, acceptedAt: AT.accepted, commandEndedAt: AT.accepted + 900,
    routesBefore: { [EAST]: 'active', [WEST]: 'passive', [EU]: 'passive' },
    routesAfter: { [EAST]: 'passive', [WEST]: 'active', [EU]: 'passive' },
    missingAtSwitch,
  };
}

function failback(missingAtSwitch: readonly number[]): SwitchRecord {
  return {
    kind: 'failback', from: WEST, to: EAST, command: 'npx cdk deploy Media --exclusively --parameters Media:ActiveRegion=us-east-1',
    commandAt: AT.command2, acceptedAt: AT.accepted2, commandEndedAt: AT.accepted2 + 800,
    routesBefore: { [EAST]: 'passive', [WEST]: 'active', [EU]: 'passive' },
    routesAfter: { [EAST]: 'active', [WEST]: 'passive', [EU]: 'passive' },
    missingAtSwitch,
  };
}
