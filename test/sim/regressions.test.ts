import { FOR_GOOD, type Episode } from './faults/episode';
import type { Plan } from './faults/plan';
import { NO_RATES } from './faults/rates';
import { shipped } from './shipped';
import { plan, runWorld } from './support/in-world';
import type { Process } from './world/process';
import type { World } from './world/world';

/** Schedules that the search found and that broke something once, shrunk: each failed before its mending. */
function again(seed: number, episodes: readonly Episode[], changes: Partial<Plan>, during?: (world: World) => void) {
  return runWorld(plan({ durationMs: 15 * 60_000, seed, episodes, ...changes }), shipped(), during);
}

const HALF_A_MINUTE = { intervalMs: 30_000, probeTimeoutMs: 5_000, unhealthyForMs: 125_000, disputedForMs: 180_000, staggerMs: 30_000, coolDownMs: 300_000 };

// What a process took over from the one before was as young as its last report, so that with long ticks no time ever added up.
test('a dead Region that each new process of a voter called younger than the one before had is left', async () => {
  const ran = await again(113, ['eu-west-1', 'us-east-1'].map((region) => ({ at: 22_646, forMs: FOR_GOOD, kind: 'region dead', region })), { data: ['eu-west-1', 'us-east-1', 'us-west-2'], settings: HALF_A_MINUTE });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-west-2']);
  expect(ran.world.plane.changedAt).toBeLessThan(300_000);
});

// The first look was made by a process that did not decide yet, and its second came after the next process had taken over.
test.each([[377, 617_700], [390, 619_000]])('routes that no process looked at twice are adopted, with seed %d', async (seed, at) => {
  const ran = await again(seed, [{ at, forMs: 0, kind: 'card', target: 'us-west-2', endpoint: 'us-west-2' }], { data: ['eu-west-1', 'us-west-2', 'us-east-1'], settings: { ...HALF_A_MINUTE, unhealthyForMs: 95_000, coolDownMs: 180_000 } });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.register).toMatchObject({ intent: ['us-west-2'], epoch: 2 });
});

// No code can know it: the word that the act was done was lost in the partition, and a bare submit leaves no other trace than the routes as they were.
test('an act of unknown end that a person took back by the card within a moment is done again, and nothing else', async () => {
  const settings = { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 44_000, disputedForMs: 90_000, staggerMs: 10_000, coolDownMs: 300_000 };
  const ran = await again(1451, [{ at: 216_784, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' }], {
    data: ['eu-west-1', 'us-east-1', 'us-west-2'],
    settings,
    aimed: [
      { phase: 'sending', afterMs: 13, episode: { at: 0, forMs: 0, kind: 'card', target: 'eu-west-1', endpoint: 'ap-northeast-1' } },
      { phase: 'sending', afterMs: 51, episode: { at: 0, forMs: 61_000, kind: 'partition', side: ['us-east-1'] } },
    ],
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-east-1']);
});

// The voter that was stopped knows the outage only from when it went on, and so nothing of what had arrived before: the bound holds.
test('a bound to what may be lost holds where a majority saw the outage late, and that is no failure to act', async () => {
  const settings = { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 34_000, disputedForMs: 90_000, staggerMs: 10_000, coolDownMs: 180_000, maxDataLossMs: 90_000 };
  const ran = await again(259, [{ at: 77_215, forMs: FOR_GOOD, kind: 'region dead', region: 'us-west-2' }, { at: 115_515, forMs: 90_000, kind: 'all frozen', region: 'us-east-2' }], { data: ['us-west-2', 'us-east-1'], settings });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-west-2']);
});

// The world failed every request of clients and of probes there, and the judges alone did not call it an outage.
test.each([
  ['only a down Region is left', 544, [{ at: 184_849, forMs: 63_000, kind: 'storage', region: 'us-west-2', state: 'keys failing' }]],
  ['no failover for a blip', 3671, [{ at: 97_980, forMs: 503_000, kind: 'storage', region: 'us-west-2', state: 'keys failing' }, { at: 135_469, forMs: 175_000, kind: 'storage', region: 'us-west-2', state: 'refusing' }]],
] satisfies [string, number, Episode[]][])('a Region in which KMS itself is out of order is down, for "%s" as well', async (invariant, seed, episodes) => {
  const settings = { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 44_000, disputedForMs: 90_000, staggerMs: 10_000, coolDownMs: 300_000 };
  const ran = await again(seed, episodes, { data: ['us-west-2', 'us-east-1'], settings });
  expect(ran.violation).toBeUndefined();
  expect(ran.judged(invariant)).toBe(1);
  expect(ran.world.plane.active).toEqual(['us-east-1']);
});

const TWENTY_SECONDS = { intervalMs: 20_000, probeTimeoutMs: 5_000, unhealthyForMs: 65_000, disputedForMs: 90_000, staggerMs: 20_000, coolDownMs: 300_000, maxDataLossMs: 90_000 };

// The judge counted to the death of a Region that nobody had reached for half a minute: no client was told anything in it that could be lost.
test('what is lost ends with the last write that a client was told is safe, and not with the Region', async () => {
  const ran = await again(3288, [
    { at: 151_484.572, forMs: 121_139, kind: 'blind', observer: 'voter:us-west-2', reason: 'clock skew' },
    { at: 320_069.014, forMs: 156_419, kind: 'partition', side: ['eu-west-1'] },
    { at: 354_010.131, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' },
  ], {
    data: ['eu-west-1', 'us-east-1', 'us-west-2'],
    settings: TWENTY_SECONDS,
    rates: { ...NO_RATES, 'table write made, answer lost': 0.044552688052079716, 'run late': 0.012120371752331336 },
    aimed: [{ phase: 'quiet', afterMs: 3106.0451513621956, episode: { at: 0, forMs: 97_876, kind: 'partition', side: ['eu-west-1', 'us-west-2', 'ap-southeast-2', 'edge-europe', 'edge-asia'] } }],
    quietFrom: 600_000,
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.judged('no more is lost than is allowed')).toBe(1);
});

// The last of a majority saw the death nearly a tick late, and what it said was nearly a tick old when another read it: no code knows better, and the bound holds.
test('a bound to what may be lost holds for what two ticks of the outage hide, and that is no failure to act', async () => {
  const ran = await again(447, [{ at: 157_669.045, forMs: FOR_GOOD, kind: 'region dead', region: 'us-west-2' }], { data: ['us-west-2', 'eu-west-1', 'us-east-1'], settings: TWENTY_SECONDS, quietFrom: 600_000 });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-west-2']);
});

// Its own time was up while it stood still, and it took its silence for the alarm's.
test('an alarm that may hold is asked again by a voter that was frozen while it asked', async () => {
  const alarm = { region: 'us-east-2', name: 'orders-are-paused' };
  const ran = await again(3784, [{ at: 60_000, forMs: FOR_GOOD, kind: 'alarm', ...alarm, state: 'in alarm' }, { at: 120_000, forMs: FOR_GOOD, kind: 'region dead', region: 'us-east-1' }], { settings: { ...plan({}).settings, vetoAlarms: [alarm] } }, (world) => {
    const frozen = new Set<Process>();
    world.chance.draw = (process, call) => {
      if (call !== 'read alarms' || frozen.has(process)) return undefined;
      frozen.add(process);
      return { kind: 'frozen before', forMs: 5_400, clockStops: false };
    };
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-east-1']);
});

// The lag was told as of the first failed look, and what clients were told is safe while the Region was up again for 17 s was counted as if it had arrived.
test('a bound to what may be lost counts what a Region took in a pause of its outage', async () => {
  const settings = { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 64_000, disputedForMs: 90_000, staggerMs: 10_000, coolDownMs: 180_000, maxDataLossMs: 90_000 };
  const ran = await again(18, [{ at: 192_449, forMs: 55_184, kind: 'storage', region: 'us-east-1', state: 'silent' }, { at: 264_633, forMs: FOR_GOOD, kind: 'region dead', region: 'us-east-1' }], { data: ['us-east-1', 'us-west-2'], settings });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-east-1']);
  expect(ran.rows.some((row) => row.includes('lag exceeded'))).toBe(true);
});

// A person moved on to a Region that died, and an older submit of theirs brought traffic back to what they had left: nobody means it to stay there.
test('a Region that a person has left, and to which an older submit brought traffic back, is left again where the one they meant is dead', async () => {
  const ran = await again(3035, [
    { at: 8435.97914557904, forMs: 0, kind: 'person', verb: 'fence lift', region: 'ap-northeast-1' },
    { at: 53843.65891106427, forMs: 0, kind: 'person', verb: 'failover', region: 'ap-northeast-1' },
    { at: 93764.42531123757, forMs: 506235.5746887624, kind: 'nobody writes' },
    { at: 116107.55721107125, forMs: 0, kind: 'person', verb: 'forced switchover', region: 'us-east-1' },
    { at: 167504.9494486302, forMs: FOR_GOOD, kind: 'region dead', region: 'us-east-1' },
  ], {
    data: ['eu-west-1', 'ap-northeast-1', 'us-east-1', 'us-west-2'],
    settings: { intervalMs: 20_000, probeTimeoutMs: 5_000, unhealthyForMs: 95_000, disputedForMs: 180_000, staggerMs: 20_000, coolDownMs: 180_000, failback: { kind: 'when drained', forMs: 120_000 } },
    rates: { ...NO_RATES, 'submit applied late': 0.0559363542363275 },
    aimed: [{ phase: 'proving', afterMs: 349.13338371552527, episode: { at: 0, forMs: 27381.946942409406, kind: 'storage', region: 'ap-northeast-1', state: 'keyless' } }],
    quietFrom: 600_000,
    objects: { lagMs: 400, fails: 0 },
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-west-2']);
});

// A voter that had read no table for a minute took what others had said at the beginning of it for new, and moved traffic out of a Region that was well.
test('what others said before a voter could read no table for a minute is no vote after it', async () => {
  const ran = await again(6897, [
    { at: 163_037.99031302333, forMs: 0, kind: 'person', verb: 'reconcile', region: 'ap-northeast-1' },
    { at: 166_139.94813524187, forMs: 129_262.81357693154, kind: 'table replica lost', region: 'us-east-2' },
    { at: 168_604.29891385138, forMs: 79_221.30991772712, kind: 'region dead', region: 'ap-northeast-1' },
    { at: 210_474.197762087, forMs: 0, kind: 'person', verb: 'forced switchover', region: 'ap-northeast-1' },
    { at: 226_531.44909301773, forMs: 14_429.540782002732, kind: 'alarm', region: 'us-west-2', name: 'orders-are-paused', state: 'in alarm' },
    { at: 237_829.8846166581, forMs: 52_129.814197841304, kind: 'cut', from: 'us-east-1', to: 'us-west-2', bothWays: true },
    { at: 244_270.8757566288, forMs: 55_392.80288716039, kind: 'table replica lost', region: 'us-west-2' },
  ], {
    data: ['ap-northeast-1', 'us-east-1', 'us-west-2', 'eu-west-1'],
    settings: { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 44_000, disputedForMs: 180_000, staggerMs: 10_000, coolDownMs: 180_000, vetoAlarms: [{ region: 'us-west-2', name: 'orders-are-paused' }, { region: 'us-east-2', name: 'a migration is under way' }] },
    rates: { ...NO_RATES, 'process frozen': 0.0007628662174999854, 'run skipped': 0.04458384702528175 },
    aimed: [{ phase: 'quiet', afterMs: 3590.213662246242, episode: { at: 0, forMs: 24_022.08582890728, kind: 'storage', region: 'eu-west-1', state: 'failing' } }],
    worse: { phase: 'deciding', times: 30 },
    quietFrom: 600_000,
    objects: { lagMs: 2_000, fails: 0 },
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['ap-northeast-1']);
});
