import { bring } from './bring';
import { CHANGE_TIMES, type ChangeTimes, type Gate } from './change';
import { always, ifStill } from './decision';
import { driftOf } from './drift';
import type { Limits } from './endpoint';
import type { Outcome } from './outcome';
import { refusedForLag, type LookAtLag } from './lag-refusal';
import { NO_MUTEX, type Mutex, type RoutesClaim } from './mutex';
import type { RoutesPlan } from './plan';
import type { WantedRoutes } from './properties';
import { surveyRoutes } from './read';
import { readPatiently } from './read-patiently';
import { activeRegions, list, routesWith } from './routes';
import type { RouteWorld } from './world';

type Plan<Kind extends RoutesPlan['kind']> = Extract<RoutesPlan, { kind: Kind }>;
type FinalPlan = Exclude<RoutesPlan, { kind: 'ask for the stack status' }>;

/** How long a new access point or a new permission may be unknown to the control endpoints; AWS documents no figure. */
const NEW_FOR_MS = 240_000;

/** Does what the plan says and tells how it went; only `submit`, `carry over` and `switch` ever send anything. */
export async function carryOut(
  world: RouteWorld,
  plan: FinalPlan,
  limits: Limits,
  lookAtLag: LookAtLag,
  mutex: Mutex = NO_MUTEX,
  times: ChangeTimes = CHANGE_TIMES,
): Promise<Outcome> {
  switch (plan.kind) {
    case 'nothing':
      return { ok: true, drift: '', proof: '', sentence: plan.sentence };
    case 'fail':
      return { ok: false, reason: plan.sentence };
    case 'leave':
      return plan.wanted ? report(world, plan.wanted, plan.sentence, limits, times) : unread(plan.sentence);
    case 'fail on drift':
      return failOnDrift(world, plan, limits, mutex, times);
    case 'submit':
      return submit(world, plan, limits, mutex, times);
    case 'switch':
      return switchTo(world, plan, limits, lookAtLag, mutex, times);
    case 'carry over':
      return carryOver(world, plan, limits, mutex, times);
  }
}

function unread(sentence: string): Outcome {
  return { ok: true, drift: 'live routes were not read: the properties name no access point', proof: '', sentence };
}

/** Live routes as well as they can be read: nothing is claimed about traffic, so that not being able to read is no failure. */
async function report(world: RouteWorld, wanted: WantedRoutes, sentence: string, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  const survey = await surveyRoutes(world, wanted.accessPoint, limits, times.read);
  const [view] = survey.views;
  if (!view) return { ok: true, drift: `live routes could not be read: ${survey.sentence}`, proof: '', sentence };
  const agreed = survey.views.length === 1;
  const drift = agreed ? driftOf(view.routes, wanted) : `the control endpoints disagree about live routes: ${survey.sentence}`;
  return {
    ok: true,
    active: activeRegions(view.routes),
    drift,
    proof: view.endpoints.length > 1 ? 'read back elsewhere' : 'read back',
    sentence,
  };
}

/** Takes the epoch, and says how it ended: nobody who moves traffic does so beside somebody else. */
async function exclusively(mutex: Mutex, claim: RoutesClaim, go: (gate: Gate | undefined) => Promise<Outcome>): Promise<Outcome> {
  const taken = await mutex.take(claim);
  if (!taken.ok) return { ok: false, reason: `${claim.why}: nothing was sent: ${taken.reason}` };
  const outcome = await go(taken.gate);
  await taken.end(outcome.ok ? { kind: 'done', sentence: outcome.sentence } : { kind: outcome.mayHaveMoved ? 'unknown' : 'failed', sentence: outcome.reason });
  return outcome;
}

/** With a controller, what its register intends is no drift: it did what it is for, or a person did. */
async function failOnDrift(world: RouteWorld, plan: Plan<'fail on drift'>, limits: Limits, mutex: Mutex, times: ChangeTimes): Promise<Outcome> {
  const read = await readPatiently(world, plan.wanted.accessPoint, limits, times);
  if (read.kind === 'failed') return { ok: false, reason: `could not tell whether traffic was moved: ${read.sentence}` };
  const reported = await report(world, plan.wanted, plan.sentence, limits, times);
  if (!reported.ok || reported.drift === '') return reported;
  const { intended, note } = await intentOf(mutex);
  if (reported.active && intended && sameRegions(intended, reported.active)) {
    return { ...reported, sentence: `${plan.sentence}; live routes are as the controller's register intends: ${list(intended)} active` };
  }
  const wayOut = `switch with the stack parameters, or set 'onRedeploy' to PRESERVE or ENFORCE`;
  return { ok: false, reason: `${reported.drift}${note}; nothing was changed (FAIL_ON_DRIFT): ${wayOut}` };
}

async function intentOf(mutex: Mutex): Promise<{ readonly intended?: readonly string[]; readonly note: string }> {
  try {
    const intended = await mutex.intent();
    return { intended, note: intended ? `; the controller's register intends ${list(intended)}` : '' };
  } catch (error) {
    return { note: `; the controller's register could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function submit(world: RouteWorld, plan: Plan<'submit'>, limits: Limits, mutex: Mutex, times: ChangeTimes): Promise<Outcome> {
  const { active, wanted, isNew, sentence: why } = plan;
  const decide = always(routesWith(active, wanted.members));
  return exclusively(mutex, { active, why, overBrake: isNew }, (gate) => bring(world, { wanted, why, decide, newForMs: isNew ? NEW_FOR_MS : 0, gate }, limits, times));
}

/** Compares with what was live when the switch began, so that it undoes nobody else's move. */
async function switchTo(world: RouteWorld, plan: Plan<'switch'>, limits: Limits, lookAtLag: LookAtLag, mutex: Mutex, times: ChangeTimes): Promise<Outcome> {
  const { wanted, to, sentence } = plan;
  const read = await readPatiently(world, wanted.accessPoint, limits, times);
  if (read.kind === 'failed') return { ok: false, reason: `${sentence}: nothing was sent: ${read.sentence}` };
  const decide = ifStill(read.routes, routesWith([to], wanted.members));
  // A Region that traffic leaves may be leaving because it is ill.
  const leaving = activeRegions(read.routes).filter((region) => region !== to);
  const go = (why: string) => exclusively(mutex, { active: [to], live: activeRegions(read.routes), why, overBrake: false }, (gate) => bring(world, { wanted, why, decide, lastResort: leaving, gate }, limits, times));
  if (leaving.length === 0) return go(sentence);
  if (plan.lag.kind === 'not checked') return go(`${sentence}; the lag was not looked at, since ${plan.lag.why}`);

  const { finding, clean } = await lookAtLag(wanted, { from: leaving, to }, limits);
  const act = finding.ok ? go(`${sentence}; ${finding.sentence}`) : Promise.resolve(refusedForLag(plan, finding));
  const [outcome] = await Promise.all([act, clean()]);
  return outcome;
}

async function carryOver(world: RouteWorld, plan: Plan<'carry over'>, limits: Limits, mutex: Mutex, times: ChangeTimes): Promise<Outcome> {
  const { wanted, from, sentence: why } = plan;
  const old = await readPatiently(world, from, limits, times, NEW_FOR_MS);
  if (old.kind === 'failed') {
    return { ok: false, reason: `${why}: the routes of the old access point could not be read, so nothing was sent: ${old.sentence}` };
  }
  const active = activeRegions(old.routes);
  const kept = active.filter((region) => wanted.members.includes(region));
  if (kept.length === 0) {
    const what = `none of its active Regions (${list(active)}) is a Region of the new one (${list(wanted.members)}), so nothing was sent`;
    return { ok: false, reason: `${why}: ${what}; move traffic of the old access point to a Region that both have, then deploy again` };
  }
  const decide = always(routesWith(kept, wanted.members));
  const outcome = await exclusively(mutex, { active: kept, why, overBrake: true }, (gate) => bring(world, { wanted, why, decide, newForMs: NEW_FOR_MS, gate }, limits, times));
  if (!outcome.ok) return outcome;
  const lost = active.filter((region) => !kept.includes(region));
  const gone = lost.length > 0 ? `active before and no longer a Region of the access point: ${list(lost)}` : '';
  return { ...outcome, drift: [outcome.drift, gone, plan.unheeded ?? ''].filter((note) => note !== '').join('; ') };
}

function sameRegions(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}
