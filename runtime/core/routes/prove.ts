import type { AccessPoint } from './access-point';
import { backoffMs, type Backoff } from './backoff';
import type { ChangeEvent } from './change-result';
import { timeLeft, type Limits } from './endpoint';
import { surveyRoutes, type GoodRow, type ReadTimes, type Survey } from './read';
import { sameRoutes, type Routes } from './routes';
import type { RouteWorld } from './world';

export interface Claim {
  readonly wanted: Routes;
  readonly before?: Routes;
  /** The endpoint that said yes, if one did. */
  readonly acceptedBy?: string;
  /** Endpoints whose word was lost; one of them took the change if no other did. */
  readonly doubted: readonly string[];
  /** Endpoints that showed it before anything was sent: they tell the past or the future, and prove nothing. */
  readonly told?: readonly string[];
}

export type Proven =
  | {
      readonly kind: 'shown';
      readonly proof: 'read back' | 'read back elsewhere';
      readonly secondEndpoint: 'agrees' | 'disagrees' | 'none lives';
      readonly live: Routes;
      readonly survey?: Survey;
    }
  | { readonly kind: 'overtaken'; readonly live: Routes; readonly survey?: Survey }
  | { readonly kind: 'not shown'; readonly live?: Routes; readonly survey?: Survey };

/** Looks per proof; with the back-off this outlasts the time a proof is given. */
const MOST_LOOKS = 20;
/** Looks that must agree before a lack is believed: of a second living endpoint, or of our own change. */
const LOOKS_TO_BELIEVE = 3;
const PAUSE: Backoff = { firstMs: 250, mostMs: 4_000 };

/** Reads until an endpoint other than the one that took the change shows it, or time is up. */
export async function prove(
  world: RouteWorld,
  request: { readonly accessPoint: AccessPoint; readonly limits: Limits; readonly tell?: (event: ChangeEvent) => void },
  times: { readonly read: ReadTimes; readonly proofMs: number },
  claim: Claim,
): Promise<Proven> {
  const limits = { ...request.limits, deadline: Math.min(request.limits.deadline, world.clock.now() + times.proofMs) };
  const isWanted = (row: GoodRow) => sameRoutes(row.routes, claim.wanted);
  // Slow endpoints are waited for: one that was not waited for must not count as one that does not live.
  const read = { ...times.read, settleMs: times.read.attemptMs };
  const { told = [] } = claim;
  const said = new Set<ChangeEvent['kind']>();
  const tell = (endpoint: string) => {
    const kind = shownElsewhere([endpoint], claim) ? 'read back elsewhere' : 'read back';
    if (!said.has(kind)) request.tell?.({ kind, endpoint });
    said.add(kind);
  };
  let last: Proven = { kind: 'not shown' };
  let alone = 0;
  let overtaken = 0;

  for (let look = 0; look < MOST_LOOKS && timeLeft(world.clock, limits) > 0; look++) {
    const survey = await surveyRoutes(world, request.accessPoint, limits, read, {
      enough: (row) => {
        if (!isWanted(row) || told.includes(row.endpoint)) return false;
        tell(row.endpoint);
        return claim.acceptedBy !== undefined && shownElsewhere([row.endpoint], claim);
      },
    });
    const shows = survey.good.filter(isWanted).map((row) => row.endpoint).filter((endpoint) => !told.includes(endpoint));
    const others = survey.good.filter((row) => !isWanted(row));
    // Where nobody said yes, one endpoint alone may tell old routes that only look like ours: none may contradict it.
    if (shownElsewhere(shows, claim) && (claim.acceptedBy !== undefined || others.length === 0))
      return { kind: 'shown', proof: 'read back elsewhere', secondEndpoint: 'agrees', live: claim.wanted, survey };

    if (shows.length > 0) {
      last = {
        kind: 'shown',
        proof: 'read back',
        secondEndpoint: others.length === 0 ? 'none lives' : 'disagrees',
        live: claim.wanted,
        survey,
      };
      alone = others.length === 0 ? alone + 1 : 0;
      if (alone >= LOOKS_TO_BELIEVE) return last;
    } else if (others.length > 0) {
      last = { kind: 'not shown', live: others[0].routes, survey };
      overtaken = thirdState(others, claim) ? overtaken + 1 : 0;
      if (overtaken >= LOOKS_TO_BELIEVE) return { kind: 'overtaken', live: others[0].routes, survey };
    } else if (last.kind === 'not shown') {
      last = { ...last, survey };
    }
    await world.clock.sleep(Math.min(backoffMs(PAUSE, look, world.random), timeLeft(world.clock, limits)), limits.signal);
  }
  return last;
}

/** Whether an endpoint shows the change that did not take it; of two that show it, one did not. */
function shownElsewhere(shows: readonly string[], { acceptedBy, doubted }: Claim): boolean {
  const takers = acceptedBy === undefined ? doubted : [acceptedBy];
  return shows.some((endpoint) => !takers.includes(endpoint)) || shows.length > 1;
}

/** Everybody shows one state that is neither what was nor what is wanted. */
function thirdState(others: readonly GoodRow[], { before }: Claim): boolean {
  const [first] = others;
  return before !== undefined && !sameRoutes(first.routes, before) && others.every((row) => sameRoutes(row.routes, first.routes));
}
