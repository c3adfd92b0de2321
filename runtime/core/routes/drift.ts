import { wantedActive } from './plan';
import type { WantedRoutes } from './properties';
import { describeRoutes, list, memberRegions, routesWith, sameRoutes, type Routes } from './routes';

/** Empty, or how live routes differ from what the template and its parameters ask for. */
export function driftOf(live: Routes, wanted: WantedRoutes): string {
  const asked = routesWith(wantedActive(wanted), wanted.members);
  if (sameRoutes(live, asked)) return '';
  const sameMembers = list(memberRegions(live)) === list(memberRegions(asked));
  const members = sameMembers ? '' : `; the access point's Regions are ${list(memberRegions(live))}`;
  return `live routes differ from the template: live ${describeRoutes(live)}; asked for ${describeRoutes(asked)}${members}`;
}
