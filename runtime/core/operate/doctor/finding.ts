/** How bad a finding is, worst first: the order in which findings are shown. */
export const SEVERITIES = ['fails', 'warns', 'not checked', 'good'] as const;

/**
 * `fails`: a failover or a switchover would fail, or leave something behind. `warns`: it would go through, with less than it promises.
 * `not checked`: nobody could look, which is no pass. `good`: looked at, and as it should be.
 */
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  /** The check that found it, such as `versioning`. */
  readonly check: string;
  /** What that check looks at, in a few words. */
  readonly about: string;
  readonly severity: Severity;
  /** Stands for the kind of finding; part of the contract with scripts. */
  readonly code: string;
  /** A Region, an endpoint or a direction; absent where it is about everything. */
  readonly where?: string;
  /** What could not be looked at, where nothing else is to be said. */
  readonly subject?: string;
  /** What is so, and what that does to a failover. */
  readonly sentence: string;
  /** What was seen. */
  readonly evidence?: string;
  /** What to do about it, where that is no command. */
  readonly fix?: string;
  /** What to type, in order. Words in angle brackets are for the person to fill in. */
  readonly commands?: readonly string[];
}

/** What a check says of one thing; which check it was is added to it. */
export type Said = Omit<Finding, 'check' | 'about'>;

export function worst(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'good';
}

/** Worst first; within a severity in the order in which the checks are listed. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

export function good(sentence: string, more: Partial<Said> = {}): Said {
  return { severity: 'good', code: 'good', sentence, ...more };
}
