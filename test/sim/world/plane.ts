import { ACTIVE, PASSIVE, sortRoutes, type Routes } from '../../../runtime/core/routes/routes';
import type { Submit } from './facts';
import type { Stream } from './random';
import type { Time } from './time';

interface Applied {
  readonly at: number;
  readonly routes: Routes;
  /** When each edge begins to obey it. */
  readonly edgeAt: readonly number[];
}

/** Up to about 2 minutes (AWS), usually far less. */
const PROPAGATION_MS = { least: 2_000, most: 120_000 };

/** The routes as AWS truly holds them, and as each edge obeys them. */
export class Plane {
  private readonly history: Applied[];

  constructor(
    private readonly time: Time,
    private readonly edges: readonly string[],
    private readonly random: Stream,
    first: Routes,
  ) {
    this.history = [{ at: -1, routes: first, edgeAt: edges.map(() => -1) }];
  }

  get routes(): Routes {
    return this.history[this.history.length - 1].routes;
  }

  get changedAt(): number {
    return this.history[this.history.length - 1].at;
  }

  get active(): readonly string[] {
    return activeOf(this.routes);
  }

  /** As an endpoint that lags so far behind tells them. */
  asOf(moment: number): Routes {
    for (let i = this.history.length - 1; i > 0; i--) if (this.history[i].at <= moment) return this.history[i].routes;
    return this.history[0].routes;
  }

  /** A Region that a request leaves out keeps its state. */
  apply(submit: Submit): Routes {
    const named = new Map(submit.routes.map((route) => [route.region, route.dial]));
    const routes = sortRoutes(this.routes.map(({ region, dial }) => ({ region, dial: named.get(region) ?? dial })));
    const at = this.time.now;
    this.history.push({ at, routes, edgeAt: this.edges.map(() => at + this.random.between(PROPAGATION_MS.least, PROPAGATION_MS.most)) });
    return routes;
  }

  /** Where an edge sends its clients now: the newest change that has reached it. */
  seenFrom(edge: number): readonly string[] {
    for (let i = this.history.length - 1; i > 0; i--) if (this.history[i].edgeAt[edge] <= this.time.now) return activeOf(this.history[i].routes);
    return activeOf(this.history[0].routes);
  }
}

/** Cached: the same few routes are asked about all the time. */
const known = new WeakMap<Routes, readonly string[]>();

export function activeOf(routes: Routes): readonly string[] {
  let active = known.get(routes);
  if (!active) known.set(routes, (active = routes.filter((route) => route.dial > PASSIVE).map((route) => route.region)));
  return active;
}

export function activeOnly(region: string, members: readonly string[]): Routes {
  return sortRoutes(members.map((member) => ({ region: member, dial: member === region ? ACTIVE : PASSIVE })));
}
