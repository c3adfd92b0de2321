import { FOR_GOOD } from '../faults/episode';
import { edit, type Mutant } from './mutant';
import { APART, blind, cut, dies, lies, person, schedule, storage } from './plans';

const HEALTH = 'controller/health.ts';
const OBSERVER = 'controller/observer.ts';
const MEMORY = 'controller/observer-memory.ts';
const REPORT = 'controller/report.ts';
const VOTES = 'controller/votes.ts';

/** An outage under the brake, a voter that is gone since, and another that is cut off once the outage is long over. */
function wordOfTheDead(seed: number) {
  return schedule(
    seed,
    (at) => [
      person('pause', 20_000, 'eu-west-1'),
      storage('eu-west-1', 60_000, 130_000),
      dies('us-west-2', at(150_000, 180_000)),
      person('resume', 240_000, 'eu-west-1'),
      cut('us-east-2', 'eu-west-1', at(440_000, 460_000), 400_000),
    ],
    { ...APART, quietFrom: 880_000, settings: { disputedForMs: 60_000 } },
  );
}

/** Guards of what an observer sees, remembers and reports, and of what others make of it. */
export const OF_SIGHT: readonly Mutant[] = [
  {
    name: 'counts the reports of the dead',
    guard: 'a report counts for three intervals and a probe',
    breaks: [edit(VOTES, `ageMs !== undefined && ageMs <= freshForMs(policy)`, `true`)],
    killedBy: 'no failover while clients are served',
    plan: wordOfTheDead,
  },
  {
    name: 'takes a first sight for a sign of life',
    guard: 'a report has no age before its sequence is seen to move',
    breaks: [edit(REPORT, `this.seen.set(key, { report, since: asked });`, `this.seen.set(key, { report, since: asked, movedAt: asked });`)],
    killedBy: 'no failover while clients are served',
    plan: wordOfTheDead,
  },
  {
    name: 'takes whatever it reads again for new',
    guard: "age counts from when a sequence moved, not from when it was read",
    breaks: [edit(REPORT, `else if (isNewer(report, before.report))`, `else`)],
    killedBy: 'no failover while clients are served',
    plan: wordOfTheDead,
  },
  {
    name: 'lets one report that nobody understands stop all',
    guard: 'a malformed report is left out',
    breaks: [edit(REPORT, `if (!(error instanceof Malformed)) throw error;`, `throw error;`)],
    killedBy: 'a dead Region is left in time',
    plan: (seed) => schedule(seed, (at) => [lies('voter:us-east-2', at(20_000, 50_000), FOR_GOOD, 'nonsense'), dies('eu-west-1', at(120_000, 300_000))]),
  },
  {
    name: 'calls a Region down by one probe in three',
    guard: 'k of the last n probes must have failed',
    breaks: [edit(HEALTH, `countFailed(memory.failed) < this.policy.quorum.k`, `countFailed(memory.failed) < 1`), edit(HEALTH, `countFailed(window) >= this.policy.quorum.k`, `countFailed(window) >= 1`)],
    killedBy: 'no failover for a blip',
    plan: (seed) =>
      schedule(seed, (at) => {
        const from = at(60_000, 120_000);
        return Array.from({ length: 8 }, (_, i) => storage('eu-west-1', from + i * 31_000, 5_500));
      }, APART),
  },
  {
    name: 'remembers across a gap',
    guard: 'a gap in the looking ends what was known',
    breaks: [edit(HEALTH, `before && at - before.lastAt <= freshForMs(this.policy) ? before : undefined`, `before`)],
    killedBy: 'no failover for a blip',
    plan: (seed) =>
      schedule(seed, (at) => {
        const from = at(60_000, 240_000);
        const frozen = from + 26_000;
        return [storage('eu-west-1', from, 27_000), ...['us-east-1', 'us-east-2', 'us-west-2'].map((region) => ({ at: frozen, forMs: 60_000, kind: 'all frozen', region }) as const), storage('eu-west-1', frozen + 58_000, 30_000)];
      }, APART),
  },
  {
    name: 'takes over what the dead saw',
    guard: 'only a process that is seen alive hands on how long a Region has been down',
    breaks: [edit(MEMORY, `if (ageMs !== undefined && ageMs <= freshForMs(this.policy)) {`, `if (ageMs === undefined || ageMs >= 0) {`), edit(MEMORY, `, ageMs, now)`, `, ageMs ?? 0, now)`)],
    killedBy: 'no failover for a blip',
    plan: (seed) =>
      schedule(seed, (at) => {
        const from = at(60_000, 120_000);
        const gone = from + 79_000;
        return [storage('eu-west-1', from, 80_000), ...['us-east-1', 'us-east-2', 'us-west-2'].map((region) => dies(region, gone, 120_000)), storage('eu-west-1', gone + 128_000, 80_000)];
      }, { ...APART, settings: { unhealthyForMs: 100_000 } }),
  },
  {
    name: 'watches the silence of the dead anew in each process',
    guard: "a process goes on from what the one before has watched of a Region's own observer",
    breaks: [edit(REPORT, `if (lastWord) this.goOn(`, `if (lastWord === undefined) this.goOn(`)],
    killedBy: 'a dead Region is left in time',
    // Longer than one process looks.
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { settings: { unhealthyForMs: 120_000 } }),
  },
  {
    name: 'takes a refusal for an outage',
    guard: 'a mistake in a policy or a key is no outage',
    breaks: [edit(HEALTH, `case 'down':\n      return true;`, `case 'down':\n    case 'misconfigured':\n      return true;`)],
    killedBy: 'only a down Region is left',
    plan: (seed) => schedule(seed, (at) => [storage('eu-west-1', at(60_000, 300_000), 400_000, seed % 2 === 0 ? 'forbidden' : 'keyless')]),
  },
  {
    name: 'takes throttling for an outage',
    guard: 'throttling is an answer',
    breaks: [edit(HEALTH, `default:\n      return false;`, `default:\n      return result.kind === 'throttled';`)],
    killedBy: 'no failover while clients are served',
    plan: (seed) => schedule(seed, (at) => [storage('eu-west-1', at(300_000, 310_000), 300_000, 'throttling')]),
  },
  {
    name: 'takes its own blindness for an outage',
    guard: 'expired credentials and the like say nothing of a Region',
    breaks: [edit(HEALTH, `case 'blind':\n      return undefined;`, `case 'blind':\n      return true;`)],
    siblings: ['counts the votes of the blind', 'asks nobody whether the target is well'],
    killedBy: 'only a down Region is left',
    plan: (seed) => schedule(seed, (at) => [blind('voter:us-east-2', at(60_000, 300_000), 300_000), blind('voter:us-west-2', at(60_000, 300_000), 300_000)], APART),
  },
  {
    name: 'waits for a probe for as long as it takes',
    guard: 'a probe without an answer in time has failed',
    breaks: [edit(OBSERVER, `this.policy.probeTimeoutMs, (abort)`, `60_000, (abort)`)],
    killedBy: 'a dead Region is left in time',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { settings: { intervalMs: 5_000, probeTimeoutMs: 2_000, unhealthyForMs: 20_000 } }),
  },
];
