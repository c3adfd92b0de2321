import type { Gate } from './change';

/** What keeps a deployment and everybody else who moves traffic apart, where there is a controller. */
export interface Mutex {
  take(claim: RoutesClaim): Promise<Taken>;
  /** Active Regions as the controller's register intends them; undefined where nobody has said so yet. Rejects when it cannot be read. */
  intent(): Promise<readonly string[] | undefined>;
}

export interface RoutesClaim {
  readonly active: readonly string[];
  /** Active Regions by the live routes, where they were looked at before. */
  readonly live?: readonly string[];
  readonly why: string;
  /** Begins routes, or takes them over, and moves no traffic: no brake is against that. */
  readonly overBrake: boolean;
}

export type Taken =
  | { readonly ok: true; readonly gate?: Gate; readonly end: (how: { readonly kind: 'done' | 'failed' | 'unknown'; readonly sentence: string }) => Promise<void> }
  | { readonly ok: false; readonly reason: string };

/** Without a controller routes are compared before they are sent, and nothing else. */
export const NO_MUTEX: Mutex = { take: async () => ({ ok: true, end: async () => undefined }), intent: async () => undefined };
