import { FORCE_PREFIX, OnRedeployMode, UNCHANGED, WhenLaggingMode } from '../../../lib/private/contract';
import { parseAccessPointArn, type AccessPoint } from './access-point';
import type { Parsed, PreviousRoutes, WantedRoutes } from './properties';
import { list } from './routes';

export interface RoutesFacts {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly wanted: Parsed<WantedRoutes>;
  /** Of an update. */
  readonly previous?: PreviousRoutes;
  /** For what a person is told to type. */
  readonly stackName: string;
  /** Absent until a plan asks for it. */
  readonly stack?: StackFacts;
}

export type StackFacts =
  | { readonly kind: 'going forward'; readonly status: string }
  | { readonly kind: 'rolling back'; readonly status: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type LagRule = { readonly kind: 'checked' } | { readonly kind: 'not checked'; readonly why: string };

/** What to do, and one sentence that says what and why. */
export type RoutesPlan =
  | { readonly kind: 'nothing'; readonly sentence: string }
  | { readonly kind: 'ask for the stack status'; readonly sentence: string }
  | { readonly kind: 'fail'; readonly sentence: string }
  /** Traffic stays where it is; live routes are reported as well as they can be read. */
  | { readonly kind: 'leave'; readonly wanted?: WantedRoutes; readonly sentence: string }
  | {
      readonly kind: 'submit';
      readonly wanted: WantedRoutes;
      readonly active: readonly string[];
      readonly isNew: boolean;
      readonly sentence: string;
    }
  | {
      readonly kind: 'carry over';
      readonly wanted: WantedRoutes;
      readonly from: AccessPoint;
      readonly unheeded?: string;
      readonly sentence: string;
    }
  | {
      readonly kind: 'switch';
      readonly wanted: WantedRoutes;
      readonly to: string;
      /** Whether the target must have what the active Regions hold, or why not. */
      readonly lag: LagRule;
      readonly stackName: string;
      readonly sentence: string;
    }
  | { readonly kind: 'fail on drift'; readonly wanted: WantedRoutes; readonly sentence: string };

/**
 * The contract of the routes resource; the first row that fits wins.
 *
 * Rows that could move traffic, or fail a deployment that must roll back, need the stack's status: without one they ask.
 */
export function planRoutes(facts: RoutesFacts): RoutesPlan {
  if (facts.requestType === 'Delete') return { kind: 'nothing', sentence: 'nothing to do: routes go when their access point goes' };

  const plan = forward(facts);
  if (plan.kind === 'leave') return plan;
  if (facts.stack === undefined)
    return { kind: 'ask for the stack status', sentence: `the stack's status decides whether to go on: ${plan.sentence}` };

  switch (facts.stack.kind) {
    case 'rolling back':
      return {
        kind: 'leave',
        wanted: facts.wanted.ok ? facts.wanted.value : undefined,
        sentence: `the stack is rolling back (${facts.stack.status}), and a rollback never moves traffic`,
      };
    case 'unreadable':
      if (plan.kind === 'fail' || plan.kind === 'fail on drift') return plan;
      return {
        kind: 'fail',
        sentence: `could not tell whether the stack is rolling back, and traffic may only move when it is not: ${facts.stack.reason}; deploy again`,
      };
    case 'going forward':
      return plan;
  }
}

/** The rows of a stack that goes forward. */
function forward({ requestType, wanted: parsed, previous = {}, stackName }: RoutesFacts): RoutesPlan {
  if (!parsed.ok) return { kind: 'fail', sentence: parsed.reason };
  const wanted = parsed.value;
  const active = wantedActive(wanted);

  if (requestType === 'Create')
    return { kind: 'submit', wanted, active, isNew: true, sentence: `first deployment: ${list(active)} to be active` };

  const switched = switchAsked(wanted, previous);
  if (previous.accessPointArn !== undefined && previous.accessPointArn !== wanted.accessPoint.arn) {
    const from = parseAccessPointArn(previous.accessPointArn);
    if (!from)
      return {
        kind: 'fail',
        sentence: `the access point was replaced, and the routes of the old one cannot be read: '${previous.accessPointArn}' is not the ARN of a Multi-Region Access Point`,
      };
    const unheeded =
      switched.kind === 'no' ? undefined : `the switch asked for in the same deployment was not made; deploy it again with a new switch id`;
    return {
      kind: 'carry over',
      wanted,
      from,
      unheeded,
      sentence: `the access point was replaced: the routes of ${from.alias} go to ${wanted.accessPoint.alias}`,
    };
  }

  if (switched.kind === 'no Region') {
    return {
      kind: 'fail',
      sentence: `'SwitchId' changed to '${wanted.switchId}' while 'ActiveRegion' names no Region; pass both, the Region (${wanted.members.join(', ')}) and a new switch id`,
    };
  }
  if (switched.kind === 'yes') {
    return { kind: 'switch', wanted, to: switched.to, lag: lagRule(wanted, previous), stackName, sentence: `switch to ${switched.to}: ${switched.why}` };
  }

  switch (wanted.onRedeploy) {
    case OnRedeployMode.PRESERVE:
      return { kind: 'leave', wanted, sentence: 'no switch was asked for: live routes stay as they are (PRESERVE)' };
    case OnRedeployMode.ENFORCE:
      return { kind: 'submit', wanted, active, isNew: false, sentence: `${list(active)} to be active, as each deployment asks (ENFORCE)` };
    case OnRedeployMode.FAIL_ON_DRIFT:
      return {
        kind: 'fail on drift',
        wanted,
        sentence: `no switch was asked for: live routes must be as deployed, ${list(active)} active (FAIL_ON_DRIFT)`,
      };
  }
}

/** Regions that the template, with its parameters, asks to be active. */
export function wantedActive(wanted: WantedRoutes): readonly string[] {
  return wanted.activeRegion === undefined ? wanted.activeRegions : [wanted.activeRegion];
}

/** A switch id that stuck from an earlier deployment forces nothing: it has to be new. */
function lagRule(wanted: WantedRoutes, previous: PreviousRoutes): LagRule {
  if (wanted.switchId?.startsWith(FORCE_PREFIX) && wanted.switchId !== previous.switchId)
    return { kind: 'not checked', why: `'${wanted.parameterNames.switchId}' is new and begins with '${FORCE_PREFIX}'` };
  if (wanted.whenLagging === WhenLaggingMode.SWITCH) return { kind: 'not checked', why: `'whenLagging' is ${WhenLaggingMode.SWITCH}` };
  return { kind: 'checked' };
}

type SwitchAsked =
  { readonly kind: 'no' } | { readonly kind: 'no Region' } | { readonly kind: 'yes'; readonly to: string; readonly why: string };

function switchAsked(wanted: WantedRoutes, previous: PreviousRoutes): SwitchAsked {
  const newId = wanted.switchId !== undefined && wanted.switchId !== previous.switchId;
  if (wanted.activeRegion === undefined) return newId ? { kind: 'no Region' } : { kind: 'no' };
  if (wanted.activeRegion !== previous.activeRegion)
    return { kind: 'yes', to: wanted.activeRegion, why: `'ActiveRegion' was ${previous.activeRegion ?? UNCHANGED} before` };
  if (newId) return { kind: 'yes', to: wanted.activeRegion, why: `'SwitchId' changed to '${wanted.switchId}'` };
  return { kind: 'no' };
}
