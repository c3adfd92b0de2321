import { ExitCode } from './exit-code';

export interface ProblemOptions {
  /** @default ExitCode.ERROR */
  readonly exit?: ExitCode;
  /** What to look at or to type next, in order. */
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

/** What keeps a verb from its work, in words for the person who typed it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exit: ExitCode;
  readonly next: readonly string[];

  /** `code` is PascalCase and part of the contract with scripts; the message is one line, lower case, no full stop. */
  constructor(
    readonly code: string,
    message: string,
    { exit = ExitCode.ERROR, next = [], cause }: ProblemOptions = {},
  ) {
    super(message, { cause });
    this.exit = exit;
    this.next = next;
  }
}

/** Wrong usage: what was typed, the rule, and where to read it. */
export function misuse(message: string, next: readonly string[] = []): Problem {
  return new Problem('Usage', message, { exit: ExitCode.USAGE, next });
}

/** A safety check said no. */
export function refusal(code: string, message: string, next: readonly string[] = []): Problem {
  return new Problem(code, message, { exit: ExitCode.REFUSED, next });
}
