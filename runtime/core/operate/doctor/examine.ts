import { findingsOf, type Check } from './check';
import { CHECKS } from './checks';
import { credentials, USELESS } from './checks/credentials';
import { DOCTOR_TIMES, Facts, type DoctorTimes } from './facts';
import { inOrder, worst, type Finding, type Severity } from './finding';
import type { DoctorWorld } from './ports';

export interface Examination {
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly worst: Severity;
}

export interface ExamineOptions {
  /** Ends the look early: what was not seen by then was not checked. */
  readonly signal: AbortSignal;
  readonly times?: DoctorTimes;
  readonly checks?: readonly Check[];
  /** Told of each check that is done. */
  readonly done?: () => void;
}

/** Looks at everything that a failover needs, side by side. Changes nothing, and never rejects. */
export async function examine(world: DoctorWorld, { signal, times = DOCTOR_TIMES, checks = CHECKS, done = () => undefined }: ExamineOptions): Promise<Examination> {
  const enough = new AbortController();
  const giveUp = () => enough.abort();
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  const facts = new Facts(world, enough.signal, times);
  try {
    const first = findingsOf(credentials, facts, done);
    const rest = checks.filter((check) => check !== credentials).map((check) => findingsOf(check, facts, done));
    const useless = (await first).some(({ code }) => USELESS.has(code));
    const findings = inOrder([...(await first), ...(useless ? [nothingElse()] : (await Promise.all(rest)).flat())]);
    return { findings, worst: worst(findings) };
  } finally {
    signal.removeEventListener('abort', giveUp);
    // Without credentials nothing else is worth waiting for.
    giveUp();
  }
}

function nothingElse(): Finding {
  return { check: credentials.name, about: credentials.about, severity: 'not checked', code: 'no-credentials', sentence: 'nothing else was checked, for want of credentials' };
}
