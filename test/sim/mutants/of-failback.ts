import { FOR_GOOD, type Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import { edit, type Mutant } from './mutant';
import { person, schedule } from './plans';

const DECIDE = 'controller/decide.ts';
const DRAINED = 'controller/drained.ts';
const HOME = 'eu-west-1';
const ALARM = { region: 'us-east-2', name: 'a migration is under way' };
const settings = { failback: { kind: 'when drained', forMs: 120_000 } } as const;
const rest = (at: number, forMs = FOR_GOOD): Episode => ({ at, forMs, kind: 'nobody writes' });

/** The second Region is active from the start, and applications are at rest now and then, or never. */
function away(episodes: (at: (least: number, most: number) => number) => readonly Episode[], more: Parameters<typeof schedule>[2] = {}): (seed: number) => Plan {
  return (seed) => schedule(seed, episodes, { begins: 'us-west-2', ...more, settings: { ...settings, ...more.settings } });
}

/** Guards of going back by itself: `decide.ts`, `drained.ts`. */
export const OF_FAILBACK: readonly Mutant[] = [
  {
    name: 'goes back at once',
    guard: 'a failback waits until the Region has been drained to for the time of the policy',
    breaks: [edit(DECIDE, `if (drainedForMs === undefined || drainedForMs < failback.forMs) return undefined;`, ``)],
    killedBy: 'a failback leaves nothing behind',
    plan: away(() => []),
  },
  {
    name: 'goes back although a person is to',
    guard: 'nothing goes back by itself unless the policy says so',
    breaks: [edit(DECIDE, `if (failback.kind === 'manual' || more.length > 0`, `if (more.length > 0`)],
    siblings: ['goes back at once'],
    killedBy: 'a failback leaves nothing behind',
    plan: away(() => [rest(0)], { settings: { failback: { kind: 'manual' } } }),
  },
  {
    name: 'goes back after a moment at rest',
    guard: 'the time of the policy is waited for',
    breaks: [edit(DECIDE, `drainedForMs < failback.forMs`, `drainedForMs < 60_000`)],
    killedBy: 'a failback leaves nothing behind',
    plan: away((at) => [rest(at(60_000, 90_000), at(125_000, 170_000))], { settings: { failback: { kind: 'when drained', forMs: 300_000 } } }),
  },
  {
    name: 'goes back within a cool-down',
    guard: 'nothing goes back within a cool-down',
    breaks: [edit(DECIDE, `|| coolDownLeftMs > 0 || turn.before`, `|| turn.before`)],
    killedBy: "a person's act stands",
    plan: (seed) => schedule(seed, (at) => [rest(0), person('failover', at(20_000, 40_000), 'us-west-2'), person('include', at(60_000, 90_000), HOME)], { settings: { ...settings, coolDownMs: 840_000 } }),
  },
  {
    name: 'goes back to a Region in quarantine, or excluded',
    guard: 'nothing goes back to a Region that is barred',
    breaks: [edit(DECIDE, `.find((one) => one.barred === undefined)`, `.find(() => true)`)],
    killedBy: 'an excluded or quarantined Region is no target',
    plan: away((at) => [rest(0), person('exclude', at(10_000, 30_000), HOME)]),
  },
  {
    name: 'goes back under an alarm',
    guard: 'an alarm in ALARM holds a failback',
    breaks: [edit(DECIDE, `if (veto.kind === 'veto') return hold(`, `if (false) return hold(`)],
    killedBy: 'a veto holds',
    plan: away(() => [rest(0), { at: 1_000, forMs: FOR_GOOD, kind: 'alarm', ...ALARM, state: 'in alarm' }], { settings: { vetoAlarms: [ALARM] } }),
  },
  {
    name: 'takes whatever is on its way for a heartbeat',
    guard: 'one operation of a few bytes is a heartbeat, and no more is',
    breaks: [edit(DRAINED, `return operations <= HEARTBEAT.operations && bytes <= HEARTBEAT.bytes;`, `return true;`)],
    killedBy: 'a failback leaves nothing behind',
    plan: away(() => []),
  },
  {
    name: 'takes what FAILED for arrived',
    guard: 'a copy that failed for good is no proof that all has arrived',
    breaks: [edit(DRAINED, `failedOperations.some(({ value }) => value > 0)`, `false`)],
    killedBy: 'a failback leaves nothing behind',
    plan: away((at) => [rest(at(90_000, 120_000))], { objects: { lagMs: 100, fails: 0.05 } }),
  },
];
