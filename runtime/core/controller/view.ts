import type { VetoAlarm } from './policy';
import type { RegisterState } from './register-state';
import type { SeenReport } from './report';

/** All that a decision is made from, as one voter sees it at one moment. Ages are the voter's own. */
export interface View {
  /** Region of the voter that decides. */
  readonly self: string;
  readonly register: RegisterSight;
  /** Its own report among them, with age 0 where it reached the table. */
  readonly reports: readonly SeenReport[];
  readonly routes: RoutesSight;
  /** Of each Region that may take over, seen from the active one. Absent: not known, or not asked. */
  readonly lag: { readonly [region: string]: LagSight | undefined };
  /** Of each veto alarm of the policy. Absent: not asked, since nothing was to be done. */
  readonly vetoes?: readonly VetoSight[];
}

export type RegisterSight =
  | {
      readonly kind: 'read';
      readonly state: RegisterState;
      readonly revision: number;
      /** What is left of the cool-down. */
      readonly coolDownLeftMs: number;
      /** Since this voter first saw the act as it is. */
      readonly actAgeMs: number;
      /** Since this voter first saw the times that are left. */
      readonly seenForMs: number;
    }
  /** Nobody has written it yet. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type RoutesSight =
  /** Not this voter's turn to look, or no endpoint answered, or they disagree. */
  | { readonly kind: 'not known'; readonly reason: string }
  /** Every endpoint that answered says so; `confirmed`: two of them at least, twice in a row. */
  | { readonly kind: 'seen'; readonly active: readonly string[]; readonly confirmed: boolean };

/** An alarm that may hold an act, as it was right before. */
export type VetoSight = VetoAlarm & ({ readonly state: 'in alarm' | 'quiet' } | { readonly state: 'not known'; readonly why: string });

export interface LagSight {
  /** As it was when the active Region last answered a look. */
  readonly lagMs?: number;
  /** For how long nothing has been on its way. */
  readonly drainedForMs?: number;
}
