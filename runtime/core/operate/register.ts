/**
 * Where a controller keeps who may move traffic: the one place that people and controller share. Without a controller there
 * is none; then routes are compared before they are set, which narrows a race and does not close it.
 */
export interface Register {
  /** Undefined where there is no controller. Rejects when there is one and it cannot be read: doubt holds. */
  read(signal: AbortSignal): Promise<RegisterView | undefined>;
  /** Takes the next epoch for one act. Nobody else's claim is valid from then on. */
  claim(intent: Intent, signal: AbortSignal): Promise<Claimed>;
  /** Writes how the act of a claim ended. */
  settle(claim: Claim, outcome: string, signal: AbortSignal): Promise<void>;
  /** Keeps everything automatic from acting. */
  brake(brake: Brake, signal: AbortSignal): Promise<Steered>;
  release(signal: AbortSignal): Promise<Steered>;
  /** Keeps a Region from being chosen automatically, or lets it be chosen again. */
  exclude(region: string, why: string, signal: AbortSignal): Promise<Steered>;
  include(region: string, signal: AbortSignal): Promise<Steered>;
}

export interface RegisterView {
  readonly epoch: number;
  /** Regions that should be active. */
  readonly intent: readonly string[];
  readonly brake?: Brake;
  readonly excluded: readonly { readonly region: string; readonly why: string }[];
  readonly quarantined: readonly string[];
}

export interface Brake {
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch; absent: until it is released. */
  readonly until?: number;
}

export interface Intent {
  readonly actId: string;
  readonly by: string;
  readonly why: string;
  readonly active: readonly string[];
  /** Goes ahead although the brake is on. */
  readonly overBrake: boolean;
}

export interface Claim {
  /** Absent where there is no controller, and so nothing that was claimed. */
  readonly epoch?: number;
}

export type Claimed = { readonly kind: 'claimed'; readonly claim: Claim } | { readonly kind: 'refused'; readonly reason: string };

export type Steered = { readonly kind: 'done' } | { readonly kind: 'no controller' };

/** For an estate without a controller: everything may act, and there is nothing to steer. */
export const NO_REGISTER: Register = {
  read: async () => undefined,
  claim: async () => ({ kind: 'claimed', claim: {} }),
  settle: async () => undefined,
  brake: async () => ({ kind: 'no controller' }),
  release: async () => ({ kind: 'no controller' }),
  exclude: async () => ({ kind: 'no controller' }),
  include: async () => ({ kind: 'no controller' }),
};
