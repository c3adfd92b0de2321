import { liveRoutes, misconfiguredRegions } from './figures';
import type { Policy } from './policy';
import { ACT_DEADLINE_MS, majorityOf } from './policy';
import { sentenceOf, type Facts, type Reason } from './reasons';
import { sameRegions } from './regions';
import { isUnended } from './register-moves';
import { brakeHolds, type RegisterState } from './register-state';
import { candidates, choose } from './target';
import type { RegisterSight, View } from './view';
import { vetoOf } from './vetoes';
import { freshVoters, isWell, selfObjects, tally, type Tally } from './votes';

/** What to do, and why. `alarm` is a hold that a person must hear of. */
export type Decision = (
  | { readonly action: 'hold' | 'alarm' }
  | { readonly action: 'fail over' | 'fail back'; readonly from: readonly string[]; readonly to: string }
  /** Takes live routes for what is intended; moves nothing. */
  | { readonly action: 'adopt'; readonly active: readonly string[] }
  /** Takes back what an unfinished act intended, since it moved nothing and there is no reason left; moves nothing itself. */
  | { readonly action: 'call off'; readonly active: readonly string[] }
  /** Brings live routes back to the intent: after a late landing, or because whoever began it did not finish. */
  | { readonly action: 'repair'; readonly active: readonly string[]; readonly landed: readonly string[] }
  | { readonly action: 'finish'; readonly active: readonly string[] }
) & { readonly reason: Reason; readonly sentence: string };

/** After an act endpoints may tell old routes for a moment. */
export const SETTLING_MS = 30_000;

type ReadRegister = Extract<RegisterSight, { kind: 'read' }>;

/**
 * The one place that decides. Pure, total and bounded: the same view gives the same decision, whatever it holds.
 *
 * `now` is the time of day, for the brake's end alone; all else is ages.
 */
export function decide(view: View, policy: Policy, now: number): Decision {
  const { register, self } = view;
  if (!policy.voters.includes(self)) return hold('no voter', self);
  if (register.kind === 'unreadable') return hold('register unreadable', register.reason);
  if (register.kind === 'absent') return begin(view);
  const { state } = register;
  if (brakeHolds(state.brake, now)) return hold('paused', state.brake.by, state.brake.why, driftOf(view, state, policy));
  if (state.intent.length === 0) return begin(view);
  if (underWay(register)) return hold('act under way', state.act.kind, state.act.by);

  const fresh = freshVoters(view, policy);
  const others = fresh.filter(({ policy: theirs }) => theirs !== policy.hash);
  if (!fresh.some(({ observer }) => observer.region === self)) return hold('not heard', self);
  if (fresh.length < majorityOf(policy)) return alarm('few voters', fresh.length, majorityOf(policy));
  if (others.length > 0) return hold('mixed policies', others.map(({ observer }) => observer.region));

  const turn: Turn = turnOf(self, fresh.map(({ observer }) => observer.region), policy);
  return unfinished(view, register, policy, turn) ?? compareRoutes(view, register, policy) ?? judge(view, register, policy, turn);
}

/** Voters that live and come before this one, and how long it waits for them. */
interface Turn {
  readonly before: readonly string[];
  readonly waitMs: number;
}

function turnOf(self: string, fresh: readonly string[], policy: Policy): Turn {
  const before = policy.voters.slice(0, policy.voters.indexOf(self)).filter((region) => fresh.includes(region));
  return { before, waitMs: before.length * policy.staggerMs };
}

function begin({ routes }: View): Decision {
  if (routes.kind !== 'seen') return hold('no register yet', routes.reason);
  if (routes.active.length === 0) return alarm('nothing active');
  if (!routes.confirmed) return hold('no register yet', 'one look is no proof');
  return { action: 'adopt', active: routes.active, ...because('first look', routes.active) };
}

/** Somebody holds the epoch and may be about to send. */
function underWay({ state: { act }, actAgeMs, coolDownLeftMs }: ReadRegister): boolean {
  if (act.state !== 'open') return false;
  // A person's act may drain for long; when it has said nothing for a whole cool-down, its tool is gone.
  return act.kind === 'human' ? coolDownLeftMs > 0 : actAgeMs < ACT_DEADLINE_MS && coolDownLeftMs > 0;
}

/** An automatic act without a known end: its actor was stopped, or lost the last word. Sending the same again is harmless. */
function unfinished(view: View, { state, actAgeMs, coolDownLeftMs }: ReadRegister, policy: Policy, turn: Turn): Decision | undefined {
  const { act, intent } = state;
  if (!isUnended(act) || act.kind === 'human' || coolDownLeftMs <= 0) return undefined;
  if (actAgeMs < ACT_DEADLINE_MS + turn.waitMs) return hold('act under way', act.kind, act.by);
  if (movedElsewhere(view, state)) return undefined;
  const moved = calledOff(view, policy, state);
  if (moved) return moved;
  const ill = intent.find((region) => !mayReceive(view, policy, state, region));
  if (ill !== undefined) return alarm('target ill', ill);
  return { action: 'finish', active: intent, ...because('left unfinished', act.kind, act.by, intent) };
}

/** Somebody has moved traffic to where neither this act nor an older one would have it: there is nothing to finish any more. */
function movedElsewhere({ routes }: View, { act, intent, doubts }: RegisterState): boolean {
  return routes.kind === 'seen' && routes.confirmed && ![intent, act.from, ...doubts.map(({ active }) => active)].some((active) => sameRegions(active, routes.active));
}

/** What an unfinished act would leave is well again: it is not moved for nothing. */
function calledOff(view: View, policy: Policy, { act, intent }: RegisterState): Decision | undefined {
  if (act.from.length === 0 || sameRegions(act.from, intent) || !act.from.every((region) => isWell(view, policy, region))) return undefined;
  const { routes } = view;
  if (routes.kind !== 'seen') return hold('act under way', act.kind, act.by);
  if (sameRegions(routes.active, intent)) return undefined;
  if (!routes.confirmed) return hold('routes differ', routes.active, intent);
  return sameRegions(routes.active, act.from) ? { action: 'call off', active: act.from, ...because('called off', act.kind, act.by, act.from) } : undefined;
}

/** Under a brake nothing is adopted and nothing repaired, but it is said. */
function driftOf(view: View, { intent }: RegisterState, policy: Policy): { readonly live: readonly string[]; readonly intent: readonly string[] } | undefined {
  const live = liveRoutes(view, policy);
  return live === undefined || intent.length === 0 || sameRegions(live, intent) ? undefined : { live, intent };
}

/** Live routes other than intended are an old submit's, or a person's. */
function compareRoutes(view: View, { state, coolDownLeftMs }: ReadRegister, policy: Policy): Decision | undefined {
  const { routes } = view;
  if (routes.kind !== 'seen' || sameRegions(routes.active, state.intent)) return undefined;
  if (routes.active.length === 0) return alarm('nothing active');
  const settling = policy.coolDownMs - coolDownLeftMs < SETTLING_MS;
  if (!routes.confirmed || settling) return hold('routes differ', routes.active, state.intent);
  if (state.doubts.some(({ active }) => sameRegions(active, routes.active))) {
    // What is intended is ill, too: that is for the votes to judge, unless traffic is where the act found it, and well.
    if (!state.intent.every((region) => mayReceive(view, policy, state, region))) return isWellWhereItWas(view, policy, state, routes.active) ? callOff(state) : undefined;
    return { action: 'repair', active: state.intent, landed: routes.active, ...because('late landing', routes.active, state.intent) };
  }
  const { act } = state;
  if (isUnended(act) && sameRegions(act.from, routes.active)) return callOff(state);
  return { action: 'adopt', active: routes.active, ...because('moved by a person', routes.active, state.intent) };
}

/** An act that nobody ended left traffic where it was, in Regions that are well. */
function isWellWhereItWas(view: View, policy: Policy, { act }: RegisterState, live: readonly string[]): boolean {
  return isUnended(act) && sameRegions(act.from, live) && live.every((region) => isWell(view, policy, region));
}

function callOff({ act }: RegisterState): Decision {
  return { action: 'call off', active: act.from, ...because('moved nothing', act.kind, act.by, act.from) };
}

/** Whether traffic may be sent to a Region that an earlier act chose. */
function mayReceive(view: View, policy: Policy, { excluded, quarantined }: RegisterState, region: string): boolean {
  return isWell(view, policy, region) && !quarantined.includes(region) && !excluded.some((one) => one.region === region);
}

function judge(view: View, register: ReadRegister, policy: Policy, turn: Turn): Decision {
  const { intent } = register.state;
  const tallies = intent.map((region) => tally(view, policy, region));
  const down = tallies.find(({ votes }) => votes >= majorityOf(policy));
  if (down) return intent.length > 1 ? alarm('several active', down.region, intent) : leave(view, register, policy, turn, down);

  const mistaken = misconfiguredRegions(view, policy);
  if (mistaken.length > 0) return alarm('misconfigured', mistaken);
  const doubted = tallies.find(({ votes }) => votes > 0);
  if (doubted) return hold('few votes', doubted.region, doubted.votes, majorityOf(policy));
  return failBack(view, register, policy, turn) ?? hold('healthy', intent);
}

/** The active Region is down to a majority. Each line that holds is a doubt of its own. */
function leave(view: View, { state, coolDownLeftMs }: ReadRegister, policy: Policy, turn: Turn, { region, votes, downForMs }: Tally): Decision {
  if (downForMs < policy.unhealthyForMs) return hold('suspect', region, votes, downForMs, policy.unhealthyForMs);
  const disputed = selfObjects(view, policy, region);
  const needMs = disputed ? policy.disputedForMs : policy.unhealthyForMs;
  if (downForMs < needMs) return alarm('disputed', region, downForMs, needMs);
  if (coolDownLeftMs > 0) return alarm('cooling down', region, coolDownLeftMs);

  const choice = choose(view, policy, state, region);
  switch (choice.kind) {
    case 'none well':
      return alarm('no healthy Region', region);
    case 'barred':
      return alarm('targets barred', region, choice.regions);
    case 'lag unknown':
      return alarm('lag unknown', region, choice.regions);
    case 'lag exceeded':
      return alarm('lag exceeded', region, choice.regions, policy.maxDataLossMs ?? 0);
    case 'chosen': {
      const waitMs = needMs + turn.waitMs - downForMs;
      if (waitMs > 0) return hold('not my turn', region, turn.before, waitMs);
      const veto = vetoOf(view, policy);
      if (veto.kind === 'not asked') return hold('vetoes not asked', `${region} is down`, veto.alarms);
      if (veto.kind === 'veto') return alarm('vetoed', `${region} is down`, veto.alarms);
      return { action: 'fail over', from: state.intent, to: choice.region, ...because('down for long enough', region, votes, downForMs, choice.region, veto.unread) };
    }
  }
}

function failBack(view: View, { state, coolDownLeftMs }: ReadRegister, policy: Policy, turn: Turn): Decision | undefined {
  const { failback } = policy;
  const [active, ...more] = state.intent;
  if (failback.kind === 'manual' || more.length > 0 || coolDownLeftMs > 0 || turn.before.length > 0) return undefined;
  const preferred = candidates(view, policy, state).find((one) => one.barred === undefined);
  if (!preferred || !preferred.well || policy.order.indexOf(preferred.region) >= orderOf(active, policy)) return undefined;
  const drainedForMs = view.lag[preferred.region]?.drainedForMs;
  if (drainedForMs === undefined || drainedForMs < failback.forMs) return undefined;
  const veto = vetoOf(view, policy);
  if (veto.kind === 'not asked') return hold('vetoes not asked', `${preferred.region} is preferred and drained to`, veto.alarms);
  if (veto.kind === 'veto') return hold('vetoed', `${preferred.region} is preferred and drained to`, veto.alarms);
  return { action: 'fail back', from: state.intent, to: preferred.region, ...because('drained', preferred.region, drainedForMs, veto.unread) };
}

/** A Region outside the order was chosen by a person, and comes after all of it. */
function orderOf(region: string, { order }: Policy): number {
  const index = order.indexOf(region);
  return index === -1 ? order.length : index;
}


function because<R extends Reason>(reason: R, ...facts: Facts<R>) {
  return { reason, sentence: sentenceOf(reason, ...facts) };
}

function hold<R extends Reason>(reason: R, ...facts: Facts<R>): Decision {
  return { action: 'hold', ...because(reason, ...facts) };
}

export function alarm<R extends Reason>(reason: R, ...facts: Facts<R>): Decision {
  return { action: 'alarm', ...because(reason, ...facts) };
}

