import { RoutesAttribute } from '../../lib/private/contract';
import { withDefaults } from '../../lib/private/controller-contract';
import { Explained } from '../core/calls/explained';
import { stackPlace } from '../core/custom-resource/stack';
import { checkBeforeSwitch } from '../core/lag/before-switch';
import { registerMutex } from '../core/operate/deployment/mutex';
import { carryOut } from '../core/routes/carry-out';
import { timeLeft } from '../core/routes/endpoint';
import type { LookAtLag } from '../core/routes/lag-refusal';
import { NO_MUTEX, type Mutex } from '../core/routes/mutex';
import type { Outcome } from '../core/routes/outcome';
import { planRoutes, type RoutesFacts } from '../core/routes/plan';
import { parseRoutesProperties, previousRoutes } from '../core/routes/properties';
import { readStackFacts } from '../core/routes/stack';
import type { RouteWorld } from '../core/routes/world';
import { awsRoutesPorts, type RoutesPorts } from './routes-ports';
import type { CustomResourceEvent, HandlerDeps, HandlerResult } from './types';

/**
 * `Custom::S3FailoverRoutes`: how traffic flows after a deployment.
 *
 * What it does for which event is a contract, in `core/routes/plan.ts`. The physical id is made once, from the first
 * access point's alias, and kept: another id would make CloudFormation delete "the old one" after a replacement.
 */
export async function handleRoutes(event: CustomResourceEvent, deps: HandlerDeps, ports?: RoutesPorts): Promise<HandlerResult> {
  const aws = ports ? undefined : awsRoutesPorts();
  try {
    return await answer(event, deps, ports ?? aws!);
  } finally {
    aws?.close();
  }
}

/** Of the time there is, the larger part is left for the change itself. */
const SHARE_FOR_LAG = 0.4;

function lookAtLag(event: CustomResourceEvent, deps: HandlerDeps, ports: RoutesPorts): LookAtLag {
  return (wanted, { from, to }, limits) => {
    const others = wanted.members.filter((region) => region !== to && !from.includes(region));
    const deadline = deps.clock.now() + timeLeft(deps.clock, limits) * SHARE_FOR_LAG;
    // Part of a key: letters, digits and hyphens.
    const runId = event.RequestId.replace(/[^A-Za-z0-9-]/g, '').slice(0, 60);
    return checkBeforeSwitch({ ...ports.lag(wanted), clock: deps.clock, log: deps.log }, { from, to, others, runId, deadline });
  };
}

/** A deployment takes the epoch as a person does who acts by hand. */
function mutexOf(event: CustomResourceEvent, deps: HandlerDeps, ports: RoutesPorts, { wanted, stackName }: RoutesFacts): Mutex {
  const controller = wanted.ok ? wanted.value.controller : undefined;
  if (!controller) return NO_MUTEX;
  const { replicas, wall } = ports.register(controller);
  const { coolDownMs } = withDefaults({ ...controller.policy, order: [] });
  return registerMutex({ ...deps, wall }, { replicas, coolDownMs, actId: `deployment ${event.RequestId}`, by: `deployment of ${stackName}`, limits: { deadline: deps.deadline } });
}

/** Of a note in the answer: CloudFormation takes 4096 bytes in all. */
const MOST_CHARACTERS = 1_500;

async function answer(event: CustomResourceEvent, deps: HandlerDeps, ports: RoutesPorts): Promise<HandlerResult> {
  const world: RouteWorld = { ...deps, endpoints: ports.endpoints };
  const limits = { deadline: deps.deadline };
  const facts: RoutesFacts = {
    requestType: event.RequestType,
    stackName: stackPlace(event.StackId).name,
    wanted: parseRoutesProperties(event.ResourceProperties),
    previous: event.RequestType === 'Update' ? previousRoutes(event.OldResourceProperties) : undefined,
  };

  let plan = planRoutes(facts);
  if (plan.kind === 'ask for the stack status')
    plan = planRoutes({ ...facts, stack: await readStackFacts(world, ports.stackStatus, event.StackId, limits) });
  deps.log.info('planned routes', { plan: plan.kind, sentence: plan.sentence });
  if (plan.kind === 'ask for the stack status') throw new Explained(`could not plan: ${plan.sentence}`);

  const outcome = await carryOut(world, plan, limits, lookAtLag(event, deps, ports), mutexOf(event, deps, ports, facts));
  if (!outcome.ok) throw new Explained(outcome.reason);
  deps.log.info('routes are settled', { sentence: outcome.sentence, drift: outcome.drift, proof: outcome.proof });
  return { PhysicalResourceId: physicalId(event, facts), Data: event.RequestType === 'Delete' ? {} : attributes(outcome) };
}

function physicalId(event: CustomResourceEvent, facts: RoutesFacts): string {
  if (event.RequestType !== 'Create') return event.PhysicalResourceId;
  if (!facts.wanted.ok) throw new Explained(facts.wanted.reason);
  return `routes/${facts.wanted.value.accessPoint.alias}`;
}

function attributes(outcome: Extract<Outcome, { ok: true }>): HandlerResult['Data'] {
  return {
    [RoutesAttribute.ACTIVE_REGIONS]: (outcome.active ?? []).join(','),
    [RoutesAttribute.DRIFT]: clip(outcome.drift),
    [RoutesAttribute.PROOF]: outcome.proof,
  };
}

function clip(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} ...` : text;
}
