import type { Uploads } from './uploads';
import type { Tally } from './tally';
import type { Job, PairPlan } from './job';

export interface ReconcileReport {
  /** `clean`: replication owes neither side anything. Superseded, removed and never replicated versions are no debts. */
  readonly outcome: 'clean' | 'differences' | 'incomplete';
  readonly sentence: string;
  readonly job: Job;
  readonly pairs: readonly PairReport[];
  readonly uploads: readonly Uploads[];
  /** Regions whose quarantine ended. */
  readonly lifted: readonly string[];
  /** Regions that stay in quarantine, and why. */
  readonly held: readonly { readonly region: string; readonly why: string }[];
  /** Names of the files that were written. */
  readonly files: readonly string[];
  /** Worth a line: what was looked for and not found, what could not be left behind. */
  readonly remarks: readonly string[];
  readonly resumed: boolean;
  readonly seconds: number;
  /** Of this run; what was listed before it was interrupted is not in it. */
  readonly versionsPerSecond: number;
}

export type PairReport = {
  readonly plan: PairPlan;
  readonly keys: number;
  /** Versions listed, by Region. */
  readonly versions: { readonly [region: string]: number };
} & ({ readonly complete: true; readonly tally: Tally; /** What was waited for had not come when the time was up. */ readonly stillWaiting: boolean } | { readonly complete: false; readonly why: string });
