import { readFailed } from '../../routes/read';
import type { Limits } from '../../routes/endpoint';
import { moveTraffic, MOVE_TIMES, type MoveTimes, type WantedProof } from '../act/move';
import { observe, OBSERVE_TIMES, type ObserveTimes } from '../act/observe';
import type { ActOutcome } from '../act/outcome';
import type { OperateWorld, Teller } from '../act/world';
import { nextAfter } from './next';
import { failoverPlan, rolesFor } from './plan';
import { unfinished } from './unfinished';

export interface FailoverRequest {
  readonly to: string;
  readonly why?: string;
  /** Goes ahead although checks speak against it. */
  readonly force: boolean;
  /** Goes on where the controller's register cannot be read or claimed. */
  readonly withoutRegister?: boolean;
  /** Somebody will see the plan and answer. Where nobody does, an answer given beforehand does not cover what only the plan shows. */
  readonly asks: boolean;
  readonly dryRun: boolean;
  readonly proof: WantedProof;
  readonly limits: Limits;
}

export interface FailoverTimes {
  readonly observe: ObserveTimes;
  readonly move: MoveTimes;
}

export const FAILOVER_TIMES: FailoverTimes = { observe: OBSERVE_TIMES, move: MOVE_TIMES };

/**
 * Sends all traffic to one Region, whether or not the Region that it leaves can be reached, and quarantines that Region: what it took
 * and had not replicated may be missing.
 */
export async function failover(world: OperateWorld, teller: Teller, request: FailoverRequest, times: FailoverTimes = FAILOVER_TIMES): Promise<ActOutcome> {
  const startedAt = world.clock.now();
  teller.step('look at routes, buckets and records');
  const { to, limits } = request;
  const sight = await observe(world, { rolesOf: rolesFor(to), target: to, limits }, times.observe);
  if (sight.survey.views.length === 0) {
    const sentence = `nothing was done: ${readFailed(sight.survey.failed, world.estate.accessPoint).sentence}`;
    return { kind: 'failed', sentence, proof: 'none', nothingLost: false, next: ['s3-failover routes show', 's3-failover card'] };
  }
  const plan = failoverPlan(world, sight, request);
  const views = sight.survey.views.map(({ routes }) => routes);
  const begun = plan.leaves.length === 0 ? unfinished(sight.history.records, to) : undefined;
  const move = {
    plan: begun ? { ...plan, leaves: begun.quarantines, before: begun.before(plan.after) } : plan,
    views,
    answered: sight.survey.good.map(({ endpoint }) => endpoint),
    planned: false,
    why: request.why ?? begun?.why,
    force: request.force,
    withoutRegister: request.withoutRegister,
    dryRun: request.dryRun,
    proof: request.proof,
    lag: sight.lag,
    quarantines: begun?.quarantines ?? plan.leaves,
    startedAt,
    limits,
  };
  const outcome = await moveTraffic(world, teller, move, times.move);
  return { ...outcome, next: [...outcome.next, ...nextAfter(outcome, move.quarantines, to)] };
}
