/** The register as the world reads it: straight from the table, never through the eyes of an actor. */
export interface RegisterFacts {
  readonly epoch: number;
  readonly intent: readonly string[];
  readonly braked: boolean;
  readonly excluded: readonly string[];
  readonly quarantined: readonly string[];
  /** Live routes that are no proof of a person's act: of submits without a last word, and as they were before an act that nobody ended. */
  readonly looksOld?: readonly (readonly string[])[];
  /** Milliseconds on the wall clock until which nothing automatic may act. */
  readonly coolDownUntil?: number;
  /** Kind of the act that holds the epoch. */
  readonly act?: string;
  /** Nobody has said how that act ended, and it may be under way. */
  readonly open?: boolean;
  /** Who holds the epoch: a controller's run or a person. */
  readonly by?: string;
}
