import { FOR_GOOD } from '../faults/episode';
import { edit, type Mutant } from './mutant';
import { APART, cut, dies, fooledTwice, lateLanding, lies, noRuns, person, schedule, storage } from './plans';

const DECIDE = 'controller/decide.ts';
const VOTES = 'controller/votes.ts';
const TARGET = 'controller/target.ts';

/** Guards of the decision: `decide.ts`, `votes.ts`, `target.ts`. */
export const OF_DECIDE: readonly Mutant[] = [
  {
    name: 'decides under the brake',
    guard: 'a brake holds, in each decision',
    breaks: [edit(DECIDE, `if (brakeHolds(state.brake, now))`, `if (false)`)],
    siblings: ['sends under the brake'],
    killedBy: 'the brake holds',
    plan: (seed) => schedule(seed, (at) => [person('pause', at(30_000, 60_000), 'eu-west-1'), dies('eu-west-1', at(70_000, 300_000))]),
  },
  {
    name: 'knows no cool-down',
    guard: 'nothing is moved within a cool-down',
    breaks: [edit(DECIDE, `if (coolDownLeftMs > 0) return alarm(`, `if (false) return alarm(`)],
    killedBy: 'no failover within a cool-down',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000)), dies('us-west-2', at(200_000, 220_000))]),
  },
  {
    name: 'takes one vote for a majority',
    guard: 'a majority of voters calls the Region down',
    breaks: [edit(DECIDE, `tallies.find(({ votes }) => votes >= majorityOf(policy))`, `tallies.find(({ votes }) => votes >= 1)`), edit(VOTES, `spans[majorityOf(policy) - 1]`, `spans[0]`)],
    killedBy: 'one liar moves nothing',
    plan: (seed) => schedule(seed, (at) => [lies('voter:us-east-2', at(60_000, 120_000), 300_000, 'active down')]),
  },
  {
    name: 'believes whoever has called it down for longest',
    guard: 'the time is that of which a majority is sure',
    breaks: [edit(VOTES, `spans[majorityOf(policy) - 1]`, `spans[0]`)],
    killedBy: 'no failover for a blip',
    plan: (seed) => schedule(seed, (at) => [lies('voter:us-east-2', at(60_000, 90_000), 400_000, 'active down'), storage('eu-west-1', at(280_000, 300_000), 28_000)]),
  },
  {
    name: 'believes one voter that the target is well',
    guard: 'a majority of voters finds the target well',
    breaks: [edit(VOTES, `well.length >= majorityOf(policy)`, `well.length >= 1`)],
    killedBy: 'the target was well',
    plan: (seed) => schedule(seed, (at) => [lies('voter:us-east-2', 20_000, 500_000, 'all well'), dies('ap-northeast-1', at(60_000, 70_000)), dies('eu-west-1', at(150_000, 200_000))], { data: ['eu-west-1', 'ap-northeast-1', 'eu-central-1'] }),
  },
  {
    name: 'asks nobody whether the target is well',
    guard: 'a target must be well',
    breaks: [edit(TARGET, `(one) => one.well && `, `(one) => `)],
    killedBy: 'the target was well',
    plan: (seed) => schedule(seed, (at) => [dies('us-west-2', at(60_000, 70_000)), dies('eu-west-1', at(150_000, 200_000))]),
  },
  {
    name: 'chooses a Region that is excluded',
    guard: 'an excluded Region is no target',
    breaks: [edit(TARGET, `excluded.some((one) => one.region === region) ? 'excluded'`, `false ? 'excluded'`)],
    killedBy: 'an excluded or quarantined Region is no target',
    plan: (seed) => schedule(seed, (at) => [person('exclude', at(30_000, 60_000), 'us-west-2'), dies('eu-west-1', at(70_000, 300_000))]),
  },
  {
    name: 'chooses a Region in quarantine',
    guard: 'a quarantined Region is no target',
    breaks: [edit(TARGET, `quarantined.includes(region) ? 'quarantined'`, `false ? 'quarantined'`)],
    killedBy: 'an excluded or quarantined Region is no target',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 90_000), 120_000), dies('us-west-2', at(360_000, 400_000))], { data: ['eu-west-1', 'us-west-2'] }),
  },
  {
    name: 'acts at once',
    guard: 'the Region has been down for unhealthyFor',
    breaks: [edit(DECIDE, `if (downForMs < policy.unhealthyForMs) return`, `if (false) return`), edit(DECIDE, `policy.disputedForMs : policy.unhealthyForMs;`, `policy.disputedForMs : 0;`)],
    killedBy: 'no failover for a blip',
    plan: (seed) => schedule(seed, (at) => [storage('eu-west-1', at(60_000, 300_000), 30_000)]),
  },
  {
    name: "overrules the Region's own observer",
    guard: 'a dispute asks for disputedFor',
    breaks: [edit(DECIDE, `const disputed = selfObjects(view, policy, region);`, `const disputed = false;`)],
    killedBy: 'a dispute is waited out',
    plan: (seed) =>
      schedule(
        seed,
        (at) => {
          const from = at(60_000, 300_000);
          return [cut('us-east-2', 'eu-west-1', from, 120_000), cut('us-west-2', 'eu-west-1', from, 120_000)];
        },
        APART,
      ),
  },
  {
    name: 'counts the votes of the blind',
    guard: 'who reached nothing else has no vote',
    breaks: [edit(VOTES, `sight?.downForMs !== undefined && sight.elsewhere`, `sight?.downForMs !== undefined`)],
    siblings: ['asks nobody whether the target is well'],
    killedBy: 'only a down Region is left',
    plan: (seed) => schedule(seed, (at) => everywhere((voter, region, from) => cut(voter, region, from, 300_000), at(60_000, 300_000)), APART),
  },
  {
    name: 'acts with one living voter',
    guard: 'a majority of voters is heard',
    breaks: [edit(DECIDE, `if (fresh.length < majorityOf(policy)) return`, `if (false) return`)],
    siblings: ['takes one vote for a majority', 'believes one voter that the target is well'],
    killedBy: 'no failover while clients are served',
    plan: (seed) => schedule(seed, (at) => [noRuns('us-east-2', 20_000, FOR_GOOD), noRuns('us-west-2', 20_000, FOR_GOOD), lies('voter:us-east-1', at(180_000, 200_000), FOR_GOOD, 'active down')], APART),
  },
  {
    name: 'does not wait for its turn',
    guard: 'an order of voters, and a stagger',
    breaks: [edit(DECIDE, `waitMs: before.length * policy.staggerMs`, `waitMs: 0`)],
    siblings: ['claims without a condition', 'sends with an epoch that is lost', 'sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))]),
  },
  {
    name: 'decides although nobody hears it',
    guard: 'a voter whose report does not arrive does not decide',
    breaks: [edit(DECIDE, `if (!fresh.some(({ observer }) => observer.region === self)) return`, `if (false) return`)],
    siblings: ['claims without a condition', 'sends with an epoch that is lost', 'sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [lies('voter:us-east-1', at(20_000, 50_000), FOR_GOOD, 'nonsense'), dies('eu-west-1', at(120_000, 300_000))]),
  },
  {
    name: 'takes no notice of an act under way',
    guard: 'nobody decides while another acts',
    breaks: [edit(DECIDE, `if (act.state !== 'open') return false;`, `return false;`)],
    killedBy: "a person's act stands",
    plan: (seed) => schedule(seed, (at) => [person('failover', at(250_000, 262_000), 'us-west-2')], { quietFrom: 302_000, rates: { 'submit slowed down': 0.97 } }),
  },
  {
    name: 'finishes what is still under way',
    guard: "a neighbour's act is finished after its deadline",
    breaks: [edit(DECIDE, `if (actAgeMs < ACT_DEADLINE_MS + turn.waitMs) return`, `if (false) return`)],
    siblings: ['takes no notice of an act under way', 'sends with an epoch that is lost', 'sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { 'submit slowed down': 0.8 } }),
  },
  {
    name: 'leaves what a neighbour began',
    guard: 'an act that nobody ended is finished',
    breaks: [edit(DECIDE, `if (!isUnended(act) || act.kind === 'human' || coolDownLeftMs <= 0) return undefined;`, `return undefined;`)],
    killedBy: 'no act is called off in an outage',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000))], { ...APART, quietFrom: 300_000, rates: { 'submit failed': 1 }, settings: { coolDownMs: 840_000 } }),
  },
  {
    name: 'sends traffic where an older act meant to, ill or well',
    guard: 'what is finished or repaired goes to a Region that is well',
    breaks: [edit(DECIDE, `return isWell(view, policy, region) && !quarantined`, `return !quarantined`)],
    killedBy: 'the target was well',
    plan: (seed) =>
      schedule(seed, (at) => [dies('eu-west-1', at(60_000, 90_000)), dies('ap-northeast-1', at(200_000, 230_000))], { ...APART, quietFrom: 320_000, rates: { 'submit failed': 1 }, settings: { coolDownMs: 840_000 } }),
  },
  {
    name: 'finishes what has no reason any more',
    guard: 'an unfinished act is called off where the Region is well again',
    breaks: [edit(DECIDE, `if (moved) return moved;`, `if (false) return moved;`)],
    killedBy: 'no well Region is left',
    plan: (seed) => schedule(seed, (at) => [storage('eu-west-1', at(60_000, 120_000), 70_000)], { ...APART, quietFrom: 300_000, rates: { 'submit failed': 1 }, settings: { coolDownMs: 840_000 } }),
  },
  {
    name: 'takes what it never did for a person',
    guard: 'an act that moved nothing is called off, and not adopted',
    breaks: [edit(DECIDE, `if (isUnended(act) && sameRegions(act.from, routes.active)) return`, `if (false) return`)],
    killedBy: 'only a person excludes',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000))], { ...APART, rates: { 'submit failed': 1 } }),
  },
  {
    name: 'takes a late landing for a person',
    guard: 'an older submit that lands is repaired, and not adopted',
    breaks: [edit(DECIDE, `if (state.doubts.some(`, `if (false && state.doubts.some(`)],
    killedBy: "a person's act stands",
    plan: lateLanding,
  },
  {
    name: 'adopts within seconds of an act',
    guard: 'nothing is adopted within 30 s of an act',
    breaks: [edit(DECIDE, `if (!routes.confirmed || settling) return`, `if (!routes.confirmed) return`)],
    killedBy: "a person's act stands",
    plan: (seed) => fooledTwice(seed, 24_500),
  },
];

/** Two voters are kept from both data Regions at once. */
function everywhere<T>(make: (voter: string, region: string, from: number) => T, from: number): T[] {
  return ['us-east-2', 'us-west-2'].flatMap((voter) => APART.data.map((region) => make(voter, region, from)));
}
