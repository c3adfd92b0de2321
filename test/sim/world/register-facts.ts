/** The register as the world reads it: straight from the table, never through the eyes of an actor. */
export interface RegisterFacts {
  readonly epoch: number;
  readonly intent: readonly string[];
  readonly braked: boolean;
  readonly excluded: readonly string[];
  readonly quarantined: readonly string[];
  /** Routes of submits without a last word, which may land late. */
  readonly doubts?: readonly (readonly string[])[];
  /** Milliseconds on the wall clock until which nothing automatic may act. */
  readonly coolDownUntil?: number;
  /** Who holds the epoch: a controller's run or a person. */
  readonly by?: string;
}
