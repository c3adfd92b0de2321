import type { AccessPoint } from './access-point';
import { backoffMs, type Backoff } from './backoff';
import type { RouteWorld } from './change';
import { timeLeft, type ControlEndpoint, type Limits } from './endpoint';
import { surveyRoutes, type ReadTimes, type Survey } from './read';
import { sameRoutes, type Routes } from './routes';

export interface Claim {
  readonly wanted: Routes;
  readonly before?: Routes;
  /** The endpoint that said yes, if one did. */
  readonly acceptedBy?: string;
  /** Endpoints whose word was lost; one of them took the change if no other did. */
  readonly doubted: readonly string[];
}

export type Proven =
  | { readonly kind: 'shown'; readonly proof: 'read back' | 'read back elsewhere'; readonly secondEndpoint: 'agrees' | 'disagrees' | 'none lives'; readonly live: Routes; readonly survey?: Survey }
  | { readonly kind: 'overtaken'; readonly live: Routes; readonly survey?: Survey }
  | { readonly kind: 'not shown'; readonly live?: Routes; readonly survey?: Survey };

/** Looks per proof; with the back-off this outlasts the time a proof is given. */
const MOST_LOOKS = 20;
/** Looks that must find no second living endpoint before its lack is believed. */
const LOOKS_FOR_A_SECOND = 3;
const PAUSE: Backoff = { firstMs: 250, mostMs: 4_000 };

/** Reads until an endpoint other than the one that took the change shows it, or time is up. */
export async function prove(
  world: RouteWorld,
  endpoints: readonly ControlEndpoint[],
  request: { readonly accessPoint: AccessPoint; readonly limits: Limits },
  times: { readonly read: ReadTimes; readonly proofMs: number },
  claim: Claim,
): Promise<Proven> {
  const until = Math.min(request.limits.deadline, world.clock.now() + times.proofMs);
  const limits = { ...request.limits, deadline: until };
  const takers = claim.acceptedBy === undefined ? claim.doubted : [claim.acceptedBy];
  const elsewhere = (endpoint: string) => !takers.includes(endpoint);
  let last: Proven = { kind: 'not shown' };

  for (let look = 0; look < MOST_LOOKS && timeLeft(world.clock, limits) > 0; look++) {
    const survey = await surveyRoutes(world.clock, endpoints, request.accessPoint, limits, times.read, (row) => elsewhere(row.endpoint) && sameRoutes(row.routes, claim.wanted));
    const shows = survey.good.filter((row) => sameRoutes(row.routes, claim.wanted)).map((row) => row.endpoint);
    const others = survey.good.filter((row) => !shows.includes(row.endpoint));
    if (shows.some(elsewhere)) return { kind: 'shown', proof: 'read back elsewhere', secondEndpoint: 'agrees', live: claim.wanted, survey };

    const third = others.find((row) => claim.before === undefined || !sameRoutes(row.routes, claim.before));
    if (shows.length > 0) {
      const alone = !survey.good.some((row) => elsewhere(row.endpoint));
      last = { kind: 'shown', proof: 'read back', secondEndpoint: alone ? 'none lives' : 'disagrees', live: claim.wanted, survey };
      if (alone && look + 1 >= LOOKS_FOR_A_SECOND) return last;
    } else if (third && others.every((row) => sameRoutes(row.routes, third.routes))) {
      return { kind: 'overtaken', live: third.routes, survey };
    } else if (survey.good.length > 0 && last.kind !== 'shown') {
      last = { kind: 'not shown', live: survey.good[0].routes, survey };
    }
    await world.clock.sleep(Math.min(backoffMs(PAUSE, look, world.random), timeLeft(world.clock, limits)), limits.signal);
  }
  return last;
}
