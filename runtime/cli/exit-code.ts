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
  /** Ended by Ctrl-C before there was a result: 128 and the signal's number, as shells have it. */
  INTERRUPTED: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The same for people, in the order of help. */
export const EXIT_CODE_WORDS: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.DONE, 'done; for an act that moves traffic: done and served'],
  [ExitCode.ERROR, 'error'],
  [ExitCode.USAGE, 'wrong usage'],
  [ExitCode.REFUSED, 'refused by a safety check'],
  [ExitCode.DECLINED, 'declined by the person who was asked'],
  [ExitCode.UNPROVEN, "done, with proof below 'served'"],
  [ExitCode.UNKNOWN, 'unknown: the last word was lost, live routes are one of two states'],
  [ExitCode.INTERRUPTED, 'interrupted with Ctrl-C before there was a result'],
];
