import type { Limits } from '../../routes/endpoint';
import { readFailed, type Survey } from '../../routes/read';
import { activeRegions, list, planFault, sortRoutes, type Routes } from '../../routes/routes';
import { barChecks, controllerChecks, endpointsCheck, historyChecks, membersChecks, othersChecks, targetCheck } from '../act/checks';
import { moveTraffic, type WantedProof } from '../act/move';
import { observe, type Roles, type Sight } from '../act/observe';
import type { ActOutcome } from '../act/outcome';
import type { Plan } from '../act/plan';
import type { OperateWorld, Teller } from '../act/world';
import { FAILOVER_TIMES, type FailoverTimes } from '../failover/failover';

export interface RoutesSetRequest {
  /** Every Region of the access point. */
  readonly routes: Routes;
  readonly why?: string;
  readonly force: boolean;
  /** Goes on where the controller's register cannot be read or claimed. */
  readonly withoutRegister?: boolean;
  readonly dryRun: boolean;
  readonly proof: WantedProof;
  readonly limits: Limits;
}

/**
 * Sets the routes to what was typed, with the same care as a failover and none of its promises: nothing is drained, nothing is fenced
 * and nothing quarantined.
 */
export async function setRoutes(world: OperateWorld, teller: Teller, request: RoutesSetRequest, times: FailoverTimes = FAILOVER_TIMES): Promise<ActOutcome> {
  const startedAt = world.clock.now();
  const { limits } = request;
  const after = sortRoutes(request.routes);
  teller.step('look at routes, buckets and records');
  const sight = await observe(world, { rolesOf: (survey) => rolesOf(survey, after), limits }, times.observe);
  const { views: seen, failed, good } = sight.survey;
  if (seen.length === 0) {
    const sentence = `nothing was done: ${readFailed(failed, world.estate.accessPoint).sentence}`;
    return { kind: 'failed', sentence, proof: 'none', nothingLost: false, next: ['s3-failover routes show', 's3-failover card'] };
  }
  const fault = seen.map(({ routes }) => planFault(after, routes)).find((one) => one !== undefined);
  if (fault) return { kind: 'refused', sentence: `nothing was sent: ${fault}`, proof: 'none', nothingLost: false, live: seen[0].routes, next: ['s3-failover routes show'] };

  return moveTraffic(
    world,
    teller,
    {
      plan: planOf(world, sight, after, request.withoutRegister),
      views: seen.map(({ routes }) => routes),
      answered: good.map(({ endpoint }) => endpoint),
      // Who only adds a Region leaves nothing behind.
      planned: rolesOf(sight.survey, after).leaves.length === 0,
      why: request.why,
      force: request.force,
      withoutRegister: request.withoutRegister,
      dryRun: request.dryRun,
      proof: request.proof,
      lag: sight.lag,
      quarantines: [],
      startedAt,
      limits,
    },
    times.move,
  );
}

/** Regions that take traffic and did not, and those that lose it; by any endpoint's view. */
function rolesOf({ views }: Survey, after: Routes): Roles {
  const wanted = activeRegions(after);
  const active = [...new Set(views.flatMap(({ routes }) => activeRegions(routes)))].sort();
  const targets = wanted.filter((region) => views.some(({ routes }) => !activeRegions(routes).includes(region)));
  return { targets, leaves: active.filter((region) => !wanted.includes(region)) };
}

function planOf(world: OperateWorld, sight: Sight, after: Routes, withoutRegister?: boolean): Plan {
  const { survey, history, register, health, lag } = sight;
  const { targets, leaves } = rolesOf(survey, after);
  const view = register.ok ? register.view : undefined;
  return {
    verb: 'routes set',
    before: survey.views[0].routes,
    after,
    leaves,
    targets: activeRegions(after),
    checks: [
      endpointsCheck(survey),
      ...membersChecks(survey, world.estate),
      ...targets.flatMap((region) => [targetCheck(region, health.get(region)), ...barChecks(region, history, view)]),
      ...controllerChecks(register, world.wall, withoutRegister),
      ...othersChecks(history, world.wall),
      ...historyChecks(history),
    ],
    promises: promisesOf(targets, leaves, lag.map(({ sentence }) => sentence), activeRegions(after).length),
  };
}

function promisesOf(targets: readonly string[], leaves: readonly string[], lag: readonly string[], active: number): string[] {
  const losing = `Nothing is waited for: what ${list(leaves)} took and has not replicated is missing elsewhere until it has.${lag.length > 0 ? ` An estimate: ${lag.join('; ')}.` : ''}`;
  const fencing = 'Until routes have spread, writes to one key in two Regions may supersede each other.';
  const several = 'With several Regions active, writes to one key in two of them may supersede each other, at any time.';
  return [...(leaves.length > 0 ? [losing] : []), ...(leaves.length > 0 && targets.length > 0 ? [fencing] : []), ...(active > 1 ? [several] : [])];
}
