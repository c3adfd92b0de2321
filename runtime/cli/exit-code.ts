/** Exit codes of every verb; part of the contract with scripts. */
export const ExitCode = {
  /** Done; for an act that moves traffic: done and served. */
  DONE: 0,
  ERROR: 1,
  USAGE: 2,
  /** A safety check said no. */
  REFUSED: 3,
  /** The person said no. */
  DECLINED: 4,
  /** Done, and the proof is below `served`. */
  UNPROVEN: 5,
  /** The last word was lost: live routes are one of two states. */
  UNKNOWN: 6,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
