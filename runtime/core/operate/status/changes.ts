import { lineOf } from '../history/line';
import { list } from '../../routes/routes';
import type { ControllerStatus, RegionStatus, Status } from './model';

/** What is different between two looks, one sentence each; figures that always move are none. */
export function changesBetween(before: Status | undefined, now: Status): string[] {
  const past = before && factsOf(before);
  return [...factsOf(now)].flatMap(([about, is]) => {
    const was = past?.get(about);
    if (was === is) return [];
    return [lineOf(was === undefined ? `${about}: ${is}` : `${about}: ${was} -> ${is}`)];
  });
}

/** What is watched, by what it is about. */
function factsOf(status: Status): Map<string, string> {
  const { survey } = status;
  return new Map([
    ['active', status.active ? list(status.active) : survey.good.length === 0 ? 'unknown' : 'disputed'],
    ...status.regions.flatMap(regionFacts),
    ...survey.rows.map((row) => [`endpoint ${row.endpoint}`, row.ok ? 'ok' : row.failure.kind] as const),
    ['controller', status.controller.kind],
    ...controllerFacts(status.controller),
    ['at work', list(status.history.atWork.map(({ record }) => `${record.who} (${record.verb})`))],
  ]);
}

/** What the controller is at: its decision by the reason, since sentences count seconds. */
function controllerFacts(controller: ControllerStatus): (readonly [string, string])[] {
  if (controller.kind !== 'there') return [];
  const { view, sight } = controller;
  const facts: (readonly [string, string])[] = [
    ['controller intent', list(view.intent) || 'none'],
    ['controller epoch', String(view.epoch)],
    ['controller brake', view.brake ? `on, by ${view.brake.by}: ${view.brake.why}` : 'off'],
  ];
  if (!sight) return facts;
  const { act } = sight.register ?? {};
  return [
    ...facts,
    ['controller act', act ? `${act.kind} by ${act.by}: ${act.state}` : 'none'],
    ['controller decision', `${sight.decision.action} (${sight.decision.reason})`],
    ...sight.observers.filter(({ role }) => role === 'voter').map(({ region, reports, says }) => [`voter ${region}`, `${reports === 'none' ? 'never reported' : reports}${says.length > 0 ? `, ${says.map((word) => word.split(/[ ,]/).slice(0, 2).join(' ')).join(', ')}` : ''}`] as const),
  ];
}

function regionFacts({ region, route, health, fence, quarantinedSince, excludedBecause }: RegionStatus): (readonly [string, string])[] {
  return [
    [`${region} route`, route],
    [`${region} health`, 'code' in health ? `${health.kind} (${health.code})` : health.kind],
    [`${region} fence`, fence.kind],
    [`${region} quarantine`, quarantinedSince ? `since ${quarantinedSince}` : 'none'],
    [`${region} exclusion`, excludedBecause ?? 'none'],
  ];
}
