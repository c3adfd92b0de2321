import { FOR_GOOD } from '../faults/episode';
import { edit, type Mutant } from './mutant';
import { APART, card, dies, endpoint, endpoints, lateLanding, person, schedule, storage } from './plans';

const ACT = 'controller/act.ts';
const CHANGE = 'routes/change.ts';
const WATCH = 'controller/routes-watch.ts';

function braked(seed: number) {
  return schedule(
    seed,
    (at) => {
      const from = at(60_000, 300_000);
      return [dies('eu-west-1', from), person('pause', from + at(42_000, 75_000), 'us-east-1')];
    },
    { rates: { 'submit slowed down': 0.8 } },
  );
}

/** The brake is put on while whoever is to send stands still. */
function frozenAtTheGate(seed: number) {
  return schedule(
    seed,
    (at) => {
      const from = at(60_000, 300_000);
      return [dies('eu-west-1', from), person('pause', from + at(45_000, 70_000), 'us-east-1')];
    },
    { rates: { 'frozen or killed at a look': 0.3, 'submit slowed down': 0.8 } },
  );
}

/** Somebody with the card moves traffic while the Region is failing, and before anybody has decided. */
function cardBefore(seed: number) {
  return schedule(seed, (at) => {
    const from = at(60_000, 300_000);
    return [storage('eu-west-1', from, 300_000), card('us-east-1', from + at(30_000, 60_000))];
  });
}

/** The same while the controller is at it: each submit is asked to slow down mostly, so that an act looks and sends again and again. */
function cardsWhileSending(seed: number) {
  return schedule(
    seed,
    (at) => {
      const from = at(60_000, 300_000);
      return [storage('eu-west-1', from, 300_000), ...[46_000, 51_000, 56_000, 61_000, 66_000].map((after) => card('us-east-1', from + after))];
    },
    { rates: { 'submit slowed down': 0.85 } },
  );
}

/** Guards of an act and of the route client: `act.ts`, `routes-watch.ts`, `routes/`. */
export const OF_ACT: readonly Mutant[] = [
  {
    name: 'sends before it has the epoch',
    guard: 'nothing is sent without a claim',
    breaks: [edit(ACT, `if (refused !== undefined) return this.report('not begun', refused);`, ``)],
    siblings: ['sends without asking again', 'claims without a condition'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { 'table throttles': 0.5 } }),
  },
  {
    name: 'sends without asking again',
    guard: 'the register is read again right before each send',
    breaks: [edit(ACT, `avoid: this.avoid, gate: this.gate }`, `avoid: this.avoid }`)],
    killedBy: 'the brake holds',
    plan: braked,
  },
  {
    name: 'lets the word that it may send hold for a minute',
    guard: 'a send follows the word that it is allowed within 1 s',
    breaks: [edit(ACT, `export const SEND_WITHIN_MS = 1_000;`, `export const SEND_WITHIN_MS = 60_000;`)],
    killedBy: 'the brake holds',
    plan: frozenAtTheGate,
  },
  {
    name: 'does not look at the clock before it sends',
    guard: 'the word that it may send lapses',
    breaks: [edit(CHANGE, `at > pass.until ?`, `false ?`)],
    killedBy: 'the brake holds',
    plan: frozenAtTheGate,
  },
  {
    name: 'does not look at the routes before it claims',
    guard: 'routes that nobody intended hold',
    breaks: [edit(ACT, `if (foreign) return`, `if (false) return`)],
    siblings: ['sends whatever the routes are'],
    killedBy: "a person's act stands",
    plan: cardBefore,
  },
  {
    name: 'sends whatever the routes are',
    guard: 'routes are read again before each send, and others than expected stop it',
    breaks: [edit(ACT, `decide: ifOneOf(expected, wanted)`, `decide: () => ({ kind: 'want', routes: wanted })`)],
    killedBy: "a person's act stands",
    plan: cardsWhileSending,
  },
  {
    name: 'acts for as long as it takes',
    guard: 'an act ends after its deadline',
    breaks: [edit(ACT, `deadline: world.clock.now() + ACT_DEADLINE_MS`, `deadline: world.clock.now() + 110_000`)],
    siblings: ['sends with an epoch that is lost', 'sends what another has ended'],
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { 'submit slowed down': 0.85 } }),
  },
  {
    name: 'starts a new cool-down with each finish',
    guard: 'to finish an act takes none of its time anew',
    breaks: [edit(ACT, `return action === 'finish' ? register.coolDownLeftMs : coolDownMs;`, `return coolDownMs;`)],
    killedBy: 'an act is not finished for ever',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000))], { rates: { 'submit failed': 1 }, quietFrom: 860_000, settings: { coolDownMs: 180_000 } }),
  },
  {
    name: 'calls done what has no last word',
    guard: 'an act without a last word stays open to a finish',
    breaks: [edit(ACT, `case 'unknown':\n      return 'unknown';`, `case 'unknown':\n      return 'done';`)],
    killedBy: 'only a person excludes',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000))], { ...APART, rates: { 'submit failed': 1 } }),
  },
  {
    name: 'sends the same again without reading',
    guard: 'after each word that is lost or a no, routes are read again',
    breaks: [edit(CHANGE, `const survey = await this.look();`, `const survey = this.survey && this.attempts.length > 0 ? this.survey : await this.look();`)],
    killedBy: "a person's act stands",
    plan: cardsWhileSending,
  },
  {
    name: 'sends at two endpoints at once',
    guard: 'a submit is never hedged',
    breaks: [
      edit(
        CHANGE,
        `(signal) => endpoint.submit(this.request.accessPoint, wanted, signal),`,
        `(signal) => {
          void this.world.endpoints.find((one) => one.region !== endpoint.region)!.submit(this.request.accessPoint, wanted, new AbortController().signal);
          return endpoint.submit(this.request.accessPoint, wanted, signal);
        },`,
      ),
    ],
    killedBy: "a person's act stands",
    plan: lateLanding,
  },
  {
    name: 'never looks at the routes',
    guard: 'live routes are looked at once a minute',
    breaks: [edit(WATCH, `if (!closely && this.lookedAt !== undefined && now - this.lookedAt < EVERY_MS)`, `if (now >= 0 || closely)`)],
    killedBy: 'routes converge to the register',
    plan: (seed) => schedule(seed, (at) => [card('us-east-1', at(60_000, 300_000))]),
  },
  {
    name: 'believes one endpoint',
    guard: 'two endpoints must say the same',
    breaks: [edit(WATCH, `const WITNESSES = 2;`, `const WITNESSES = 1;`)],
    killedBy: 'only live routes are adopted',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000)), endpoint('us-east-1', 0, FOR_GOOD, 'stale'), ...endpoints(['us-west-2', 'ap-southeast-2', 'ap-northeast-1'], at(190_000, 200_000), 400_000, 'refusing')]),
  },
  {
    name: 'minds no endpoint that says otherwise',
    guard: 'nobody may say otherwise',
    breaks: [edit(WATCH, `if (!view || others.length > 0)`, `if (!view)`)],
    killedBy: 'only live routes are adopted',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000)), ...endpoints(['us-east-1', 'us-west-2'], 0, FOR_GOOD, 'stale')]),
  },
];
