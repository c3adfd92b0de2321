import { lineOf } from '../history/line';
import { list } from '../../routes/routes';
import type { RegionStatus, Status } from './model';

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
    ['at work', list(status.history.atWork.map(({ record }) => `${record.who} (${record.verb})`))],
  ]);
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
