import { parseIncident } from '../../../../runtime/core/controller/incident';
import { policyOf, type PolicySettings } from '../../../../runtime/core/controller/policy';
import type { ProbeResult } from '../../../../runtime/core/controller/ports';
import { replay, type Probed } from '../../../../runtime/core/controller/replay';

const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
const ORDER = ['us-east-1', 'us-west-2', 'eu-west-1'];
const [EAST, WEST, EUROPE] = ORDER;
const policy = (changed: Partial<PolicySettings> = {}) => policyOf({ order: ORDER, voters: VOTERS, ...changed });

type Verdict = (voter: string, region: string, tick: number) => ProbeResult['kind'] | 'silent';
const result = (kind: ProbeResult['kind']): ProbeResult => (kind === 'ok' || kind === 'slow' ? { kind, ms: 1 } : kind === 'throttled' ? { kind } : { kind, reason: 'scripted' });

/** Voters that look each 10 s, one second after each other. */
function incident(ticks: number, verdict: Verdict): Probed[] {
  return Array.from({ length: ticks }, (_, tick) =>
    VOTERS.flatMap((voter, index) =>
      ORDER.flatMap((region): Probed[] => {
        const kind = verdict(voter, region, tick);
        return kind === 'silent' ? [] : [{ at: 1_000_000 + tick * 10_000 + index * 1_000, observer: { role: 'voter', region: voter }, region, result: result(kind) }];
      }),
    ),
  ).flat();
}

const down = (from: number, to = Infinity): Verdict => (_, region, tick) => (region === EAST && tick >= from && tick < to ? 'down' : 'ok');
const reasons = ({ turns }: ReturnType<typeof replay>) => turns.map(({ decision }) => `${decision.action}: ${decision.reason}`);

test('a quiet time ends with one sentence, and moves nothing', () => {
  const { turns, acts, active } = replay(incident(20, () => 'ok'), policy(), { active: EAST });
  expect([acts, active, turns.at(-1)?.decision.reason]).toEqual([[], [EAST], 'healthy']);
});

test('a Region that dies is left after the policy\'s time, once, for the first Region of the order', () => {
  const replayed = replay(incident(30, down(6)), policy(), { active: EAST });
  expect(reasons(replayed)).toEqual(expect.arrayContaining(['hold: healthy', 'hold: few votes', 'hold: suspect', 'fail over: down for long enough']));
  const [{ at, decision }, ...more] = replayed.acts;
  expect(more).toEqual([]);
  expect(decision).toMatchObject({ to: WEST, from: [EAST] });
  // 60 s of it, counted from the first failed probe of the second voter.
  expect((at - 1_060_000) / 1_000).toBeGreaterThanOrEqual(60);
  expect((at - 1_060_000) / 1_000).toBeLessThanOrEqual(75);
  expect(replayed.active).toEqual([WEST]);
});

test('a shorter policy acts earlier on the same file', () => {
  const at = (unhealthyForMs: number) => replay(incident(30, down(6)), policy({ unhealthyForMs }), { active: EAST }).acts[0].at;
  expect(at(60_000) - at(35_000)).toBeGreaterThanOrEqual(20_000);
});

test.each([
  ['a blip', down(6, 9)],
  ['one voter alone', (voter, region) => (voter === WEST && region === EAST ? 'down' : 'ok')],
  ['a mistake that answers 403', (_, region) => (region === EAST ? 'misconfigured' : 'ok')],
  ['voters that see nothing at all', () => 'blind'],
  ['voters of which one is left', (voter, region, tick) => (tick > 5 && voter !== WEST ? 'silent' : down(6)(voter, region, tick))],
] satisfies [string, Verdict][])('%s moves nothing', (_, verdict) => {
  expect(replay(incident(40, verdict), policy(), { active: EAST }).acts).toEqual([]);
});

// It was dead with its Region, and knows of nobody whether they are alive.
test('a voter that comes back after a silence was started anew, and raises no alarm about the others', () => {
  const gone: Verdict = (voter, region, tick) => (voter === EAST && tick >= 6 && tick < 16 ? 'silent' : region === EAST && tick >= 6 ? 'down' : 'ok');
  const replayed = replay(incident(30, gone), policy(), { active: EAST });
  expect(replayed.active).toEqual([WEST]);
  expect(reasons(replayed)).not.toContain('alarm: few voters');
});

test('a Region\'s own observer that calls it well disputes for as long as the policy says', () => {
  const own: Probed[] = Array.from({ length: 30 }, (_, tick) => ({ at: 1_000_500 + tick * 10_000, observer: { role: 'self', region: EAST }, region: EAST, result: { kind: 'ok', ms: 1 } }));
  const replayed = replay([...incident(30, down(6)), ...own], policy(), { active: EAST });
  expect(replayed.acts).toEqual([]);
  expect(reasons(replayed)).toContain('alarm: disputed');
});

test('what follows within a cool-down is held, and said', () => {
  const both: Verdict = (_, region, tick) => ((region === EAST && tick >= 6) || (region === WEST && tick >= 20) ? 'down' : 'ok');
  const replayed = replay(incident(40, both), policy(), { active: EAST });
  expect(replayed.acts.map(({ decision }) => 'to' in decision && decision.to)).toEqual([WEST]);
  expect(reasons(replayed)).toContain('alarm: cooling down');
});

test("a policy with 'maxDataLoss' holds while no lag is known, and goes by the one that is given", () => {
  const acts = (lagMs?: number) => replay(incident(30, down(6)), policy({ maxDataLossMs: 65_000 }), { active: EAST, ...(lagMs !== undefined && { lagMs }) }).acts.length;
  expect([acts(), acts(64_000), acts(66_000)]).toEqual([0, 1, 0]);
});

test('alarms that may hold are taken for quiet', () => {
  expect(replay(incident(30, down(6)), policy({ vetoAlarms: [{ region: EAST, name: 'orders' }] }), { active: EAST }).acts).toHaveLength(1);
});

test('traffic that begins elsewhere is left where it is', () => {
  expect(replay(incident(30, down(6)), policy(), { active: EUROPE })).toMatchObject({ acts: [], active: [EUROPE] });
});

describe('a file', () => {
  const read = (text: string) => parseIncident(text, { timeOf: (time) => (Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time)) });
  const HEAD = 'time,observer,region,result,reason';
  const LINE = '2026-11-24T03:00:00Z,us-east-1,us-west-2,down,no answer, it says';
  const probe = { at: Date.UTC(2026, 10, 24, 3), observer: { role: 'voter', region: EAST }, region: WEST, result: { kind: 'down', reason: 'no answer, it says' } };

  test('of CSV is read, with its last column as it stands, comments and empty lines left out', () => {
    expect(read(`${HEAD}\n# a comment\n${LINE}\r\n\n`)).toEqual({ probes: [probe] });
  });

  test('of CSV needs no reasons, takes columns in any order, seconds for times, and self-observers', () => {
    expect(read('region,result,time,observer\nus-west-2,ok,12.5,self/us-west-2\n')).toEqual({ probes: [{ at: 12_500, observer: { role: 'self', region: WEST }, region: WEST, result: { kind: 'ok', ms: 0 } }] });
  });

  test('of JSON is read, as a list and as an object', () => {
    const row = { time: '2026-11-24T03:00:00Z', observer: 'voter/us-east-1', region: WEST, result: 'down', reason: 'no answer, it says' };
    expect(read(JSON.stringify([row]))).toEqual({ probes: [probe] });
    expect(read(JSON.stringify({ probes: [row] }))).toEqual({ probes: [probe] });
  });

  test.each([
    ['has no header', LINE, /^line 1 must name the columns time, observer, region, result.*'time' is not among them/],
    ['has a line too short', `${HEAD}\n${LINE}\n2026-11-24T03:00:00Z,us-east-1`, /^line 3 must have 5 columns, got 2/],
    ['has a time that is none', `${HEAD}\nsoon,us-east-1,us-west-2,ok,`, /^line 2: 'time' must be a time such as 2026-11-24T03:00:00Z, or seconds, got 'soon'/],
    ['has an observer that is none', `${HEAD}\n1,moon,us-west-2,ok,`, /^line 2: 'observer' must be a Region, of a voter, or self\/ and a Region, got 'moon'/],
    ['has a Region that is none', `${HEAD}\n1,us-east-1,mars,ok,`, /^line 2: 'region' must be the name of a Region, got 'mars'/],
    ['has a result that is none', `${HEAD}\n${LINE}\n1,us-east-1,us-west-2,dead,`, /^line 3: 'result' must be one of ok, slow, throttled, misconfigured, blind, down, got 'dead'/],
    ['holds no probe', `${HEAD}\n`, /^it holds no probe/],
    ['is empty', '', /^line 1 must name the columns/],
    ['is broken JSON', '[\n  {"time": 1,\n  x }\n]', /^line \d is no JSON/],
    ['is JSON of something else', '{"a": 1}', /^'probes' must be a list of probes/],
    ['has a JSON probe that is none', '[\n{"time":1,"observer":"us-east-1","region":"us-west-2","result":"ok"},\n{"time":1}\n]', /^probe 2 \(line 3\): 'observer' must be/],
    ['has a JSON probe that is no object', '[\n1\n]', /^probe 1 \(line \d\): it must be an object/],
  ])('fails when it %s', (_, text, words) => {
    expect(read(text)).toEqual({ problem: expect.stringMatching(words) });
  });
});
