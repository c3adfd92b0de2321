import type { Survey } from '../../routes/read';
import { activeRegions, list, memberRegions, routesWith } from '../../routes/routes';
import { barChecks, controllerChecks, endpointsCheck, historyChecks, membersChecks, othersChecks, targetCheck } from '../act/checks';
import type { LagEstimate } from '../act/lag';
import type { Roles, Sight } from '../act/observe';
import type { Check, Plan } from '../act/plan';
import type { OperateWorld } from '../act/world';

/** Traffic leaves each Region that any endpoint calls active, but the target. */
export function rolesFor(to: string): (survey: Survey) => Roles {
  return ({ views }) => {
    const active = [...new Set(views.flatMap(({ routes }) => activeRegions(routes)))].sort();
    return { targets: [to], leaves: active.filter((region) => region !== to) };
  };
}

/** There must be at least one view of the routes. */
export function failoverPlan(world: OperateWorld, sight: Sight, { to, asks, withoutRegister }: { readonly to: string; readonly asks: boolean; readonly withoutRegister?: boolean }): Plan {
  const { survey, history, register, health, lag } = sight;
  const [{ routes: before }] = survey.views;
  const { leaves } = rolesFor(to)(survey);
  const checks: Check[] = [
    endpointsCheck(survey),
    ...membersChecks(survey, world.estate),
    targetCheck(to, health.get(to)),
    ...barChecks(to, history, register.ok ? register.view : undefined),
    ...controllerChecks(register, world.wall, withoutRegister),
    ...leaves.map((region) => leftCheck(region, sight, to, asks)),
    ...othersChecks(history, world.wall),
    ...historyChecks(history),
  ];
  return { verb: 'failover', before, after: routesWith([to], memberRegions(before)), leaves, targets: [to], checks, promises: promisesOf(to, leaves, lag) };
}

/** Whether the Region that is left still lives: then there is a way that loses nothing. */
function leftCheck(region: string, { health }: Sight, to: string, asks: boolean): Check {
  const name = `leaving ${region}`;
  const seen = health.get(region);
  switch (seen?.state) {
    case 'well':
      return {
        name,
        state: asks ? 'doubt' : 'bad',
        sentence: `its bucket answers well (${Math.max(1, Math.round(seen.latencyMs))} ms): a switchover loses nothing`,
        fix: `s3-failover switchover ${to}`,
      };
    case 'ill':
      return { name, state: 'good', sentence: `it does not do its work: ${seen.reason}` };
    default:
      return { name, state: 'good', sentence: `whether it is well is not known (${seen?.reason ?? 'it was not asked'}), and not waited for` };
  }
}

function promisesOf(to: string, leaves: readonly string[], lag: readonly LagEstimate[]): string[] {
  if (leaves.length === 0) return [`${to} is the only active Region already; nothing is sent.`];
  const from = list(leaves);
  return [
    `What ${from} took and has not replicated is missing in ${to}, until ${from} is back or for ever. An estimate: ${lag.map(({ sentence }) => sentence).join('; ')}.`,
    `${from} is quarantined: it is no target again until 's3-failover reconcile' has compared what it holds, or a person lifts it.`,
    `Until routes have spread, up to about two minutes, writes may still land in ${from}.`,
  ];
}
