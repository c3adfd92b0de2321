import type { AccessPoint } from './access-point';
import { backoffMs } from './backoff';
import { CHANGE_TIMES, changeRoutes, type ChangeTimes } from './change';
import type { ChangeResult } from './change-result';
import { always, ifStill, type Decide } from './decision';
import { timeLeft, type Limits } from './endpoint';
import { wantedActive, type RoutesPlan } from './plan';
import type { WantedRoutes } from './properties';
import { prove } from './prove';
import { readRoutes, surveyRoutes, type ReadResult } from './read';
import { activeRegions, describeRoutes, list, memberRegions, routesWith, sameRoutes, type Routes } from './routes';
import { watchRoutes } from './watch';
import type { RouteWorld } from './world';

/** How the deployment ends. */
export type Outcome =
  | { readonly ok: true; readonly active?: readonly string[]; readonly drift: string; readonly proof: string; readonly sentence: string }
  | { readonly ok: false; readonly reason: string };

type Deed = Exclude<RoutesPlan, { kind: 'ask for the stack status' }>;

/** How long a new access point or a new permission may be unknown to the control endpoints; AWS documents no figure. */
const NEW_FOR_MS = 240_000;
/** How long one change may take; when no endpoint can be used for longer, a person should know. */
const CHANGE_MS = 300_000;
/** How long a change without a last word is watched for. Kept of the time there is, or a quarter of it when that is short. */
const WATCH_MS = 60_000;
/** Readings of live routes before a plan is made; each already asks five endpoints. */
const MOST_READS = 8;

/** Does what the plan says and tells how it went; only `submit`, `carry over` and `switch` ever send anything. */
export async function carryOut(world: RouteWorld, plan: Deed, limits: Limits, times: ChangeTimes = CHANGE_TIMES): Promise<Outcome> {
  switch (plan.kind) {
    case 'nothing':
      return { ok: true, drift: '', proof: '', sentence: plan.sentence };
    case 'fail':
      return { ok: false, reason: plan.sentence };
    case 'leave':
      return report(world, plan.wanted, plan.sentence, limits, times);
    case 'fail on drift':
      return failOnDrift(world, plan.wanted, plan.sentence, limits, times);
    case 'submit':
      return bring(world, plan.wanted, plan.sentence, always(routesWith(plan.active, plan.wanted.members)), limits, times, { newForMs: plan.isNew ? NEW_FOR_MS : 0 });
    case 'switch':
      return switchTo(world, plan.wanted, plan.to, plan.sentence, limits, times);
    case 'carry over':
      return carryOver(world, plan, limits, times);
  }
}

/** Live routes as well as they can be read: nothing is claimed about traffic, so that not being able to read is no failure. */
async function report(world: RouteWorld, wanted: WantedRoutes | undefined, sentence: string, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  if (!wanted) return { ok: true, drift: 'live routes were not read: the properties name no access point', proof: '', sentence };
  const survey = await surveyRoutes(world, wanted.accessPoint, limits, times.read);
  if (survey.views.length === 0) return { ok: true, drift: `live routes could not be read: ${survey.sentence}`, proof: '', sentence };
  const [view] = survey.views;
  const drift = survey.views.length > 1 ? `the control endpoints disagree about live routes: ${survey.sentence}` : driftOf(view.routes, wanted);
  return { ok: true, active: activeRegions(view.routes), drift, proof: survey.good.length > 1 ? 'read back elsewhere' : 'read back', sentence };
}

async function failOnDrift(world: RouteWorld, wanted: WantedRoutes, sentence: string, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  const read = await readPatiently(world, wanted.accessPoint, limits, times, 0);
  if (read.kind === 'failed') return { ok: false, reason: `could not tell whether traffic was moved: ${read.sentence}` };
  const reported = await report(world, wanted, sentence, limits, times);
  if (!reported.ok || reported.drift === '') return reported;
  return { ok: false, reason: `${reported.drift}; nothing was changed (FAIL_ON_DRIFT): switch with the stack parameters, or set 'onRedeploy' to PRESERVE or ENFORCE` };
}

async function switchTo(world: RouteWorld, wanted: WantedRoutes, to: string, sentence: string, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  const read = await readPatiently(world, wanted.accessPoint, limits, times, 0);
  if (read.kind === 'failed') return { ok: false, reason: `${sentence}: nothing was sent: ${read.sentence}` };
  const leaving = activeRegions(read.routes).filter((region) => region !== to);
  return bring(world, wanted, sentence, ifStill(read.routes, routesWith([to], wanted.members)), limits, times, { lastResort: leaving });
}

async function carryOver(world: RouteWorld, plan: Extract<Deed, { kind: 'carry over' }>, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  const old = await readPatiently(world, plan.from, limits, times, NEW_FOR_MS);
  if (old.kind === 'failed') return { ok: false, reason: `${plan.sentence}: the routes of the old access point could not be read, so nothing was sent: ${old.sentence}` };

  const active = activeRegions(old.routes);
  const kept = active.filter((region) => plan.wanted.members.includes(region));
  if (kept.length === 0) {
    return { ok: false, reason: `${plan.sentence}: none of its active Regions (${list(active)}) is a Region of the new one (${list(plan.wanted.members)}), so nothing was sent; move traffic of the old access point to a Region that both have, then deploy again` };
  }
  const outcome = await bring(world, plan.wanted, plan.sentence, always(routesWith(kept, plan.wanted.members)), limits, times, { newForMs: NEW_FOR_MS });
  if (!outcome.ok) return outcome;
  const lost = active.filter((region) => !kept.includes(region));
  const notes = [outcome.drift, lost.length > 0 ? `active before and no longer a Region of the access point: ${list(lost)}` : '', plan.unheeded ?? ''];
  return { ...outcome, drift: notes.filter((note) => note !== '').join('; ') };
}

/** Changes the routes and demands proof: what the API merely accepted is no success of a deployment. */
async function bring(
  world: RouteWorld,
  wanted: WantedRoutes,
  why: string,
  decide: Decide,
  limits: Limits,
  times: ChangeTimes,
  options: { readonly newForMs?: number; readonly lastResort?: readonly string[] },
): Promise<Outcome> {
  const { accessPoint } = wanted;
  const kept = Math.min(WATCH_MS, timeLeft(world.clock, limits) / 4);
  const deadline = Math.min(limits.deadline - kept, world.clock.now() + (options.newForMs ?? 0) + CHANGE_MS);
  const result = await changeRoutes(world, { accessPoint, decide, limits: { ...limits, deadline }, ...options }, times);
  world.log.info('changed routes', { kind: result.kind, sentence: result.sentence, attempts: result.attempts });

  if (result.kind === 'done' && (result.proof === 'read back elsewhere' || result.secondEndpoint === 'none lives')) {
    return { ok: true, active: activeRegions(result.routes), drift: driftOf(result.routes, wanted), proof: result.proof, sentence: `${why}; ${result.sentence}` };
  }
  if (result.kind === 'unknown') return awaitLastWord(world, wanted, why, result, result.oneOf, limits, times);
  if (result.kind === 'accepted' && result.before) return awaitLastWord(world, wanted, why, result, [result.before, result.routes], limits, times);
  return { ok: false, reason: `${why}; ${result.sentence}` };
}

/** Watches for a change that may have been made, or may yet be, and that nobody has shown so far. */
async function awaitLastWord(
  world: RouteWorld,
  wanted: WantedRoutes,
  why: string,
  result: ChangeResult,
  [before, after]: readonly [Routes, Routes],
  limits: Limits,
  times: ChangeTimes,
): Promise<Outcome> {
  const until = { ...limits, deadline: Math.min(limits.deadline, world.clock.now() + WATCH_MS) };
  const watched = await watchRoutes(world, wanted.accessPoint, { expected: before, awaited: [after] }, until, times.read);
  world.log.warn('watched for a late landing', { kind: watched.kind, sentence: watched.sentence });
  if (watched.kind !== 'landed late') return { ok: false, reason: `${why}; ${result.sentence}; ${watched.sentence}` };

  const doubted = [...result.pending.map((one) => one.endpoint), ...result.attempts.filter((one) => one.outcome === 'accepted').map((one) => one.endpoint)];
  const proven = await prove(world, { accessPoint: wanted.accessPoint, limits }, times, { wanted: after, before, doubted });
  if (proven.kind !== 'shown' || (proven.proof === 'read back' && proven.secondEndpoint !== 'none lives')) {
    return { ok: false, reason: `${why}; ${watched.sentence}, and that could not be confirmed: ${proven.survey?.sentence ?? 'no time was left to read again'}` };
  }
  return { ok: true, active: activeRegions(after), drift: driftOf(after, wanted), proof: proven.proof, sentence: `${why}; ${watched.sentence}` };
}

/** A read that is repeated while nobody answers, and, for a new access point or permission, while it is not known yet. */
async function readPatiently(world: RouteWorld, accessPoint: AccessPoint, limits: Limits, times: ChangeTimes, newForMs: number): Promise<ReadResult> {
  const began = world.clock.now();
  for (let attempt = 1; ; attempt++) {
    const read = await readRoutes(world, accessPoint, limits, times.read);
    if (read.kind === 'read') return read;
    const isNew = world.clock.now() - began < newForMs && (read.because.kind === 'refused' || (read.because.kind === 'named' && read.because.failure.kind === 'no such access point'));
    if (read.because.kind !== 'silent' && !isNew) return read;
    if ((attempt >= MOST_READS && !isNew) || timeLeft(world.clock, limits) === 0) return read;
    await world.clock.sleep(Math.min(backoffMs(times.silence, attempt, world.random), timeLeft(world.clock, limits)), limits.signal);
  }
}

/** Empty, or how live routes differ from what the template and its parameters ask for. */
export function driftOf(live: Routes, wanted: WantedRoutes): string {
  const asked = routesWith(wantedActive(wanted), wanted.members);
  if (sameRoutes(live, asked)) return '';
  const members = memberRegions(live).join() === memberRegions(asked).join() ? '' : `; the access point's Regions are ${list(memberRegions(live))}`;
  return `live routes differ from the template: live ${describeRoutes(live)}; asked for ${describeRoutes(asked)}${members}`;
}
