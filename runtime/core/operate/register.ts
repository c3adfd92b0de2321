/**
 * Where a controller keeps who may move traffic: the one place that people and controller share. Without a controller there
 * is none; then routes are compared before they are set, which narrows a race and does not close it.
 */
export interface Register {
  /** Undefined where there is no controller. Rejects when there is one and it cannot be read: doubt holds. */
  read(signal: AbortSignal): Promise<RegisterView | undefined>;
  /** Takes the next epoch for one act. Nobody else's claim is valid from then on. */
  claim(intent: Intent, signal: AbortSignal): Promise<Claimed>;
  /** Why a claim is good no longer, or undefined while it is: asked right before something is sent. Rejects when that cannot be told. */
  lost(claim: Claim, signal: AbortSignal): Promise<string | undefined>;
  /** Writes how the act of a claim ended. */
  settle(claim: Claim, settlement: Settlement, signal: AbortSignal): Promise<void>;
  /** Keeps everything automatic from acting. */
  brake(brake: Brake, signal: AbortSignal): Promise<Steered>;
  /** `only`: the brake that is meant; any other stays on. */
  release(signal: AbortSignal, only?: Brake): Promise<Steered>;
  /** Keeps a Region from being chosen automatically, or lets it be chosen again. */
  exclude(region: string, why: string, signal: AbortSignal): Promise<Steered>;
  include(region: string, signal: AbortSignal): Promise<Steered>;
  /** After `reconcile`, or by a person's word. */
  liftQuarantine(region: string, signal: AbortSignal): Promise<Steered>;
}

export interface RegisterView {
  readonly epoch: number;
  /** Regions that should be active. */
  readonly intent: readonly string[];
  readonly brake?: Brake;
  readonly excluded: readonly Excluded[];
  readonly quarantined: readonly string[];
}

export interface Excluded {
  readonly region: string;
  readonly why: string;
  /** Made because a person moved traffic away, and lifted when a person moves it back: it bars no person. */
  readonly moved?: boolean;
}

export interface Brake {
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch; absent: until it is released. */
  readonly until?: number;
}

/** Whether it stops a person at this moment. The controller, whose clock may differ, lets it hold a little longer. */
export function brakeIsOn(brake: Brake | undefined, now: number): brake is Brake {
  return brake !== undefined && (brake.until === undefined || now < brake.until);
}

export interface Intent {
  readonly actId: string;
  readonly by: string;
  readonly why: string;
  readonly active: readonly string[];
  /** Active Regions by the live routes from which it was planned. The register may not know of them, and they are left all the same. Absent: nobody looked. */
  readonly live?: readonly string[];
  /** Goes ahead although the brake is on. */
  readonly overBrake: boolean;
}

export interface Claim {
  /** Absent where there is no controller, and so nothing that was claimed. */
  readonly epoch?: number;
}

/** How an act ended. `failed`: nothing was sent, so that the register is as before. `unknown`: something may have been. */
export interface Settlement {
  readonly kind: 'done' | 'failed' | 'unknown';
  readonly sentence: string;
  /** Submits without a last word: each may still land, minutes later, over what somebody else has done by then. */
  readonly inDoubt?: number;
}

export type Claimed = { readonly kind: 'claimed'; readonly claim: Claim } | { readonly kind: 'refused'; readonly reason: string };

export type Steered = { readonly kind: 'done' } | { readonly kind: 'no controller' };

/** For an estate without a controller: everything may act, and there is nothing to steer. */
export const NO_REGISTER: Register = {
  read: async () => undefined,
  claim: async () => ({ kind: 'claimed', claim: {} }),
  lost: async () => undefined,
  settle: async () => undefined,
  brake: async () => ({ kind: 'no controller' }),
  release: async () => ({ kind: 'no controller' }),
  exclude: async () => ({ kind: 'no controller' }),
  include: async () => ({ kind: 'no controller' }),
  liftQuarantine: async () => ({ kind: 'no controller' }),
};
