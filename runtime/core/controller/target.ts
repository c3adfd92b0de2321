import type { Policy } from './policy';
import type { RegisterState } from './register-state';
import type { View } from './view';
import { isWell } from './votes';

export interface Candidate {
  readonly region: string;
  readonly well: boolean;
  /** Why it may not be chosen automatically, whatever its health. */
  readonly barred?: 'excluded' | 'quarantined';
}

/** Each Region of the order, as a target. */
export function candidates(view: View, policy: Policy, { excluded, quarantined }: RegisterState): Candidate[] {
  return policy.order.map((region) => {
    const barred = quarantined.includes(region) ? 'quarantined' : excluded.some((one) => one.region === region) ? 'excluded' : undefined;
    return { region, well: isWell(view, policy, region), ...(barred && { barred }) };
  });
}

export type Choice =
  | { readonly kind: 'chosen'; readonly region: string }
  | { readonly kind: 'none well' }
  | { readonly kind: 'barred' | 'lag unknown' | 'lag exceeded'; readonly regions: readonly string[] };

/** The first Region of the order that is well, may be chosen, and was not too far behind. Never one that is active now. */
export function choose(view: View, policy: Policy, state: RegisterState, leaving: string): Choice {
  const well = candidates(view, policy, state).filter((one) => one.well && one.region !== leaving && !state.intent.includes(one.region));
  if (well.length === 0) return { kind: 'none well' };
  const open = well.filter((one) => one.barred === undefined).map((one) => one.region);
  if (open.length === 0) return { kind: 'barred', regions: well.map((one) => `${one.region} (${one.barred})`) };
  const { maxDataLossMs } = policy;
  if (maxDataLossMs === undefined) return { kind: 'chosen', region: open[0] };
  const lagOf = (region: string) => view.lag[region]?.lagMs;
  const near = open.find((region) => (lagOf(region) ?? Infinity) <= maxDataLossMs);
  if (near !== undefined) return { kind: 'chosen', region: near };
  const unknown = open.filter((region) => lagOf(region) === undefined);
  return unknown.length > 0 ? { kind: 'lag unknown', regions: unknown } : { kind: 'lag exceeded', regions: open };
}
