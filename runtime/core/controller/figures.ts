import { majorityOf, type Policy } from './policy';
import { sameRegions } from './regions';
import { brakeHolds } from './register-state';
import type { View } from './view';
import { freshVoters, isWell, selfObjects, tally } from './votes';

/** What one view says in numbers and names: for metrics, messages and commands alike. Nothing is decided from it. */
export interface Figures {
  /** Regions that should be active. Absent where the register could not be read, or is not written yet. */
  readonly intended?: readonly string[];
  /** As this voter, or the one that looks for all, saw the live routes last. Absent: nobody did. */
  readonly live?: readonly string[];
  /** Whether these two differ. Absent where one of them is. */
  readonly drift?: boolean;
  readonly brakeOn?: boolean;
  /** Voters whose reports are fresh. */
  readonly voters: readonly string[];
  /** Regions of the order that a majority finds well. */
  readonly healthy: readonly string[];
  /** Regions that a majority of voters calls down and their own observer calls well. */
  readonly disputed: readonly string[];
  /** Regions of which a fresh voter says that requests are refused by a policy, a key or a name. */
  readonly misconfigured: readonly string[];
}

/** `now`: time of day, for the brake's end alone. */
export function figuresOf(view: View, policy: Policy, now: number): Figures {
  const state = view.register.kind === 'read' ? view.register.state : undefined;
  const intent = state?.intent.length ? state.intent : undefined;
  const live = liveRoutes(view, policy);
  return {
    ...(intent && { intended: intent }),
    ...(state && { brakeOn: brakeHolds(state.brake, now) }),
    ...(live && { live }),
    ...(intent && live && { drift: !sameRegions(live, intent) }),
    voters: freshVoters(view, policy).map(({ observer }) => observer.region),
    healthy: policy.order.filter((region) => isWell(view, policy, region)),
    disputed: policy.order.filter((region) => tally(view, policy, region).votes >= majorityOf(policy) && selfObjects(view, policy, region)),
    misconfigured: misconfiguredRegions(view, policy),
  };
}

/** One voter that says so is enough to hold and to call a person: no act follows from it. */
export function misconfiguredRegions(view: View, policy: Policy): string[] {
  const names = freshVoters(view, policy).flatMap(({ regions }) => Object.entries(regions).filter(([, { result }]) => result === 'misconfigured').map(([region]) => region));
  return [...new Set(names)].sort();
}

/** Active Regions as last seen: by this voter, else by the first living one that looked. Up to a minute old. */
export function liveRoutes(view: View, policy: Policy): readonly string[] | undefined {
  if (view.routes.kind === 'seen') return view.routes.active;
  for (const { routes } of freshVoters(view, policy)) if (routes?.kind === 'seen') return routes.active;
  return undefined;
}

/** The first living voter looks at the routes for all; whoever comes after those that cannot, looks as well. */
export function looksAtRoutes(view: View, policy: Policy): boolean {
  for (const { observer, routes } of freshVoters(view, policy)) {
    if (observer.region === view.self) return true;
    if (routes?.kind !== 'not seen') return false;
  }
  return false;
}
