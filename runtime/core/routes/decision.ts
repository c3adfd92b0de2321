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
  return ifOneOf([expected], routes);
}

/** Wants these routes whichever of the views is right that the plan was made from: what they differ in does not matter to it. */
export function ifOneOf(expected: readonly Routes[], routes: Routes): Decide {
  return (live) =>
    [...expected, routes].some((one) => sameRoutes(one, live))
      ? { kind: 'want', routes }
      : {
          kind: 'refuse',
          reason: `live routes are not what the plan was made from: planned from ${expected.map(describeRoutes).join(', or ')}; now ${describeRoutes(live)}`,
        };
}
