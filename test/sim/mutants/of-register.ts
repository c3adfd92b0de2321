import { edit, type Mutant } from './mutant';
import { APART, card, dies, lateLanding, person, schedule, storage } from './plans';

const MOVES = 'controller/register-moves.ts';
const REGISTER = 'controller/register.ts';
const WATCH = 'controller/register-watch.ts';

/** A voter's act that many endpoints turn away for a while, and a person in the midst of it. */
function personMeanwhile(verb: 'pause' | 'failover') {
  return (seed: number) =>
    schedule(
      seed,
      (at) => {
        const from = at(60_000, 300_000);
        return [dies('eu-west-1', from), person(verb, from + at(42_000, 75_000), 'us-east-1')];
      },
      { rates: { 'submit slowed down': 0.8 } },
    );
}

/** Guards of the register: `register.ts`, `register-moves.ts`, `register-watch.ts`. */
export const OF_REGISTER: readonly Mutant[] = [
  {
    name: 'claims without a condition',
    guard: 'the epoch is taken by a conditional write',
    breaks: [edit(REGISTER, `this.put(next, from?.revision, signal)`, `this.put(next, (await this.look(signal))?.revision, signal)`)],
    siblings: ['sends with an epoch that is lost', 'sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { 'run doubled': 1 }, quietFrom: 9 * 60_000 }),
  },
  {
    name: 'sends under the brake',
    guard: 'the brake is looked for again right before each send',
    breaks: [edit(MOVES, `return brakeHolds(state.brake, wallNow) ?`, `return false ?`)],
    killedBy: 'the brake holds',
    plan: personMeanwhile('pause'),
  },
  {
    name: 'sends with an epoch that is lost',
    guard: "the epoch must be this act's right before each send",
    breaks: [edit(MOVES, `if (!state || state.epoch !== epoch || state.act.id !== id) return`, `if (!state) return`)],
    siblings: ['sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: personMeanwhile('failover'),
  },
  {
    name: 'sends what another has ended',
    guard: 'the act must be open right before each send',
    breaks: [edit(MOVES, `if (state.act.state !== 'open') return`, `if (false) return`)],
    siblings: ['sends with an epoch that is lost'],
    killedBy: 'submits own the epoch',
    plan: personMeanwhile('failover'),
  },
  {
    name: 'takes a lost answer for a yes',
    guard: 'a claim without an answer is read back by its id',
    breaks: [edit(REGISTER, `return this.readBack(act.id, error, signal);`, `return { kind: 'written', state: next };`)],
    siblings: ['sends without asking again'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { 'table throttles': 0.3 } }),
  },
  {
    name: 'takes a lost answer for a no',
    guard: 'a claim that was made is carried out, though its answer was lost',
    breaks: [edit(REGISTER, `return this.readBack(act.id, error, signal);`, `return { kind: 'no', reason: 'no answer' };`)],
    siblings: ['leaves what a neighbour began'],
    killedBy: 'no act is called off in an outage',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000))], { ...APART, quietFrom: 300_000, rates: { 'table write made, answer lost': 0.5 }, settings: { coolDownMs: 840_000 } }),
  },
  {
    name: 'counts time that passed before the act',
    guard: 'a cool-down is counted from when the epoch was first seen',
    breaks: [edit(WATCH, `return [epoch, coolDownMs, ...doubts.map(({ leftMs }) => leftMs)].join(' ');`, `return '';`)],
    killedBy: 'no failover within a cool-down',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000)), dies('us-west-2', at(180_000, 220_000))]),
  },
  {
    name: 'writes the times back over whatever is there',
    guard: 'what is left of a cool-down is written on condition',
    breaks: [
      edit(
        REGISTER,
        `(await this.put(next, revision, signal)) === 'written' ? next : undefined`,
        `(await this.put(next, revision, signal)) === 'written' || (await this.put(next, (await this.look(signal))?.revision, signal)) === 'written' ? next : undefined`,
      ),
    ],
    killedBy: 'epochs never conflict',
    plan: (seed) =>
      schedule(seed, (at) => [card('us-west-2', 20_000), ...Array.from({ length: 10 }, (_, i) => person('failover', at(130_000 + i * 45_000, 165_000 + i * 45_000), i % 2 === 0 ? 'us-east-1' : 'eu-west-1'))], {
        rates: { 'frozen or killed at a write': 0.4 },
      }),
  },
  {
    name: 'settles whatever act is open',
    guard: 'an act is settled only by who has its epoch',
    breaks: [edit(REGISTER, `(state?.epoch === epoch && state.act.id === id ? settled(`, `(state ? settled(`)],
    killedBy: 'epochs never conflict',
    plan: personMeanwhile('failover'),
  },
  {
    name: 'forgets what it left',
    guard: 'a failover puts what it left into quarantine',
    breaks: [edit(MOVES, `const quarantines = kind === 'failover' ?`, `const quarantines = false ?`)],
    killedBy: 'what was left stays left',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 90_000), 120_000), dies('us-west-2', at(360_000, 400_000))], { data: ['eu-west-1', 'us-west-2'] }),
  },
  {
    name: 'forgets what a person left',
    guard: "a person's move away excludes what it left",
    breaks: [edit(MOVES, `exclusionsAfter(excluded, byPerson ? left : [], active, clip(by))`, `exclusionsAfter(excluded, [], active, clip(by))`)],
    killedBy: 'what was left stays left',
    plan: (seed) => schedule(seed, (at) => [seed % 2 === 0 ? card('us-west-2', at(60_000, 90_000)) : person('failover', at(60_000, 90_000), 'us-west-2'), dies('us-west-2', at(400_000, 450_000))], { data: ['eu-west-1', 'us-west-2'] }),
  },
  {
    name: 'knows only from the register what a person leaves',
    guard: 'a person leaves what the live routes have active, too',
    breaks: [edit(MOVES, `[...new Set([...intended, ...live])]`, `intended`)],
    killedBy: 'what was left stays left',
    plan: (seed) =>
      schedule(
        seed,
        (at) => {
          const from = at(200_000, 250_000);
          return [card('us-west-2', from), person('failover', from + at(3_000, 15_000), 'eu-west-1'), dies('eu-west-1', from + 30_000)];
        },
        { data: ['eu-west-1', 'us-west-2'] },
      ),
  },
  {
    name: 'loses the brake in a claim',
    guard: 'a claim keeps the brake that is on',
    breaks: [edit(MOVES, `...(before?.brake && { brake: before.brake }),`, ``)],
    killedBy: 'the brake holds',
    plan: (seed) => schedule(seed, (at) => [person('pause', at(20_000, 40_000), 'eu-west-1'), person('failover', at(60_000, 90_000), 'us-west-2'), dies('us-west-2', at(350_000, 400_000))]),
  },
  {
    name: 'forgets a submit without a last word when its act is done',
    guard: 'a done act leaves its doubtful submits behind',
    breaks: [edit(MOVES, `ended === 'done' ? inDoubt :`, `ended === 'done' ? 0 :`)],
    killedBy: "a person's act stands",
    plan: lateLanding,
  },
  {
    name: 'forgets what nobody ended',
    guard: 'an act without a known end leaves a doubtful submit behind',
    breaks: [edit(MOVES, `open ? 1 : 0`, `0`)],
    killedBy: "a person's act stands",
    plan: (seed) => schedule(seed, (at) => [storage('eu-west-1', at(60_000, 90_000), 540_000), person('failover', at(140_000, 180_000), 'us-east-1')], { quietFrom: 170_000, rates: { 'submit applied late': 1 } }),
  },
  {
    name: 'doubts one submit of several',
    guard: 'each submit without a last word is repaired once',
    breaks: [edit(MOVES, `new Array<Doubt>(Math.max(0, times))`, `new Array<Doubt>(Math.min(1, Math.max(0, times)))`), edit(MOVES, `ended === 'unknown' ? inDoubt - 1`, `ended === 'unknown' ? 0`)],
    killedBy: "a person's act stands",
    plan: lateLanding,
  },
  {
    name: 'doubts for a minute',
    guard: 'a submit may land for a quarter of an hour',
    breaks: [edit(MOVES, `export const DOUBT_MS = 900_000;`, `export const DOUBT_MS = 60_000;`)],
    killedBy: "a person's act stands",
    plan: lateLanding,
  },
];
