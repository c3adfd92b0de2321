import { policyOf } from '../../../runtime/core/controller/policy';
import { CONTROL } from '../world/layout';
import { outsidePromises } from '../world/time';
import { NoisyDay } from './noise';
import { settingNamed } from './settings';
import { SkimmedDay, type Decided } from './skim';
import { liveWhole } from './whole';

const DATA = ['eu-west-1', 'us-west-2', 'ap-southeast-2'];
const MINUTE = 60_000;

function policyNamed(name: string) {
  return policyOf({ ...settingNamed(name).given, order: DATA, voters: CONTROL });
}

const told = ({ observer, run, tick, decision: { action, reason, sentence } }: Decided) => `${tick} ${observer} ${run} ${action}: ${reason}: ${sentence}`;
const inOrder = (decisions: readonly Decided[]) => [...decisions].sort((a, b) => a.tick - b.tick);
const movesOf = (decisions: readonly Decided[]) => decisions.filter(({ decision }) => decision.action === 'fail over');
/** Up to the interval of the look that decided to move: from then on the whole loop acts, and the skimmed day is over. */
const untilMoved = (decisions: readonly Decided[], intervalMs: number) => {
  const moved = (movesOf(decisions)[0]?.tick ?? Infinity) - intervalMs;
  return decisions.filter(({ tick }) => tick < moved);
};

/** Much more noise than ever, so that a few hours hold enough of it. */
test.each([
  ['2 s', 3, 400, 40],
  ['2 s', 4, 60, 40],
  ['2 s, quorum 3 of 5', 5, 200, 30],
  ['10 s, least unhealthyFor', 1, 400, 120],
  ['10 s, least unhealthyFor', 2, 100, 120],
  ['5 s', 6, 300, 60],
  ['10 s, actOnSlow', 7, 300, 120],
] as const)('lived whole and skimmed, a day of %s makes the same decisions, seed %i at %i times the noise', async (name, seed, level, minutes) => {
  const policy = policyNamed(name);
  const day = new NoisyDay(seed, DATA, CONTROL, level, policy.intervalMs, minutes * MINUTE);
  const { whole, skimmed, every } = await outsidePromises(() => ({ whole: inOrder(liveWhole(day, policy, true).decisions), skimmed: new SkimmedDay(day, policy), every: new SkimmedDay(day, policy, true).decisions() }));

  const lines = (decisions: readonly Decided[], keep: (tick: number) => boolean = () => true) =>
    untilMoved(decisions, policy.intervalMs).filter(({ tick }) => tick < day.lengthMs - 2 * policy.intervalMs && keep(tick)).map(told).sort();
  // Every decision of the day, look by look.
  expect(lines(every)).toEqual(lines(whole));
  expect(movesOf(every)[0]?.tick).toBe(movesOf(whole)[0]?.tick);
  // And where only suspicious stretches are lived, nothing is missed.
  const within = (tick: number) => skimmed.windows.some(({ at, until }) => tick >= at && tick < until);
  expect(lines(skimmed.decisions(), within)).toEqual(lines(every, within));
  expect(movesOf(skimmed.decisions())[0]?.tick).toBe(movesOf(every)[0]?.tick);
  expect(skimmed.windows.length).toBeGreaterThan(0);
  expect(whole.length).toBeGreaterThan(1_000);
});
