/** One Region of an access point and how much traffic it is offered. */
export interface Route {
  readonly region: string;
  /** Told by the service on reading; never sent, since one key per route is what every AWS sample agrees on. */
  readonly bucket?: string;
  /** The service documents 0 (passive) and 100 (active) only. */
  readonly dial: number;
}

/** Every Region of an access point, by Region name. */
export type Routes = readonly Route[];

export const ACTIVE = 100;
export const PASSIVE = 0;

/** Routes in which `active` takes the traffic and the other `members` wait. */
export function routesWith(active: readonly string[], members: readonly string[]): Routes {
  return sortRoutes(members.map((region) => ({ region, dial: active.includes(region) ? ACTIVE : PASSIVE })));
}

export function sortRoutes(routes: readonly Route[]): Routes {
  return [...routes].sort((a, b) => (a.region < b.region ? -1 : 1));
}

export function activeRegions(routes: Routes): string[] {
  return routes.filter((route) => route.dial > PASSIVE).map((route) => route.region);
}

export function memberRegions(routes: Routes): string[] {
  return routes.map((route) => route.region);
}

/** Whether two answers say the same about traffic. */
export function sameRoutes(one: Routes, other: Routes): boolean {
  return routesKey(one) === routesKey(other);
}

/** Text that is equal for equal routes. */
export function routesKey(routes: Routes): string {
  return sortRoutes(routes)
    .map((route) => `${route.region}=${route.dial}`)
    .join(',');
}

export function describeRoutes(routes: Routes): string {
  const active = activeRegions(routes);
  const passive = memberRegions(routes).filter((region) => !active.includes(region));
  const odd = routes.filter((route) => route.dial !== ACTIVE && route.dial !== PASSIVE).map((route) => `${route.region} at ${route.dial}`);
  return `active ${list(active)}, passive ${list(passive)}${odd.length > 0 ? ` (${odd.join(', ')})` : ''}`;
}

export function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}

/**
 * Why `plan` must not be sent, or nothing.
 *
 * Regions that a request leaves out keep their state, so a partial plan could leave two active; a plan without an
 * active Region would stop all traffic.
 */
export function planFault(plan: Routes, live: Routes): string | undefined {
  const planned = memberRegions(plan);
  const twice = planned.find((region, index) => planned.indexOf(region) !== index);
  if (twice !== undefined) return `a Region may stand in the routes only once, got '${twice}' twice`;

  const odd = plan.find((route) => route.dial !== ACTIVE && route.dial !== PASSIVE);
  if (odd) return `traffic dials are 0 or 100, got ${odd.dial} for '${odd.region}'`;

  if (activeRegions(plan).length === 0) return 'at least one Region must stay active, got none';

  const members = memberRegions(live);
  const missing = members.filter((region) => !planned.includes(region));
  const strange = planned.filter((region) => !members.includes(region));
  if (missing.length > 0 || strange.length > 0) {
    return `the routes must name each member of the access point (${list(sorted(members))}), got ${list(sorted(planned))}`;
  }
  return undefined;
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort();
}
