import { describeRoutes, sameRoutes, type Routes } from './routes';

/** What to make of the live routes. Asked again after each new reading. */
export type Decide = (
  live: Routes,
) => { readonly kind: 'want'; readonly routes: Routes } | { readonly kind: 'refuse'; readonly reason: string };

/** Wants these routes, whatever is live. */
export function always(routes: Routes): Decide {
  return () => ({ kind: 'want', routes });
}

/** Wants these routes only as long as live routes are what the plan was made from, or are already as wanted. */
export function ifStill(expected: Routes, routes: Routes): Decide {
  return (live) =>
    sameRoutes(live, expected) || sameRoutes(live, routes)
      ? { kind: 'want', routes }
      : {
          kind: 'refuse',
          reason: `live routes are not what the plan was made from: planned from ${describeRoutes(expected)}; now ${describeRoutes(live)}`,
        };
}
