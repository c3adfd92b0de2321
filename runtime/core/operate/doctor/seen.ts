import { CallError } from '../../calls/call-error';
import type { Said } from './finding';

/** What a Region told, or why it told nothing. */
export type Seen<T> =
  | { readonly kind: 'seen'; readonly value: T }
  /** It answered that the caller may not know. */
  | { readonly kind: 'denied'; readonly error: CallError }
  /** It did not answer, or failed. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** It answered something else. */
  | { readonly kind: 'failed'; readonly error: unknown };

export type Unseen = Exclude<Seen<unknown>, { readonly kind: 'seen' }>;

export function unseen(error: unknown): Unseen {
  if (error instanceof CallError && error.unreachable) return { kind: 'silent', reason: error.message };
  if (error instanceof CallError && error.denied) return { kind: 'denied', error };
  return { kind: 'failed', error };
}

const NOT_TAKEN = /^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|TokenRefreshRequired)$/;

/** Whether AWS says that it does not take the credentials themselves, whatever they may do. */
export function notTaken({ code }: CallError): boolean {
  return NOT_TAKEN.test(code);
}

export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
}

/** The finding of a check that could not look: which never passes for a good one. */
export function notChecked(what: string, where: string, seen: Unseen): Said {
  const about = { severity: 'not checked' as const, where, subject: what };
  switch (seen.kind) {
    case 'silent':
      return { ...about, code: 'no-answer', sentence: `${what}: not checked, for ${where} did not answer`, evidence: seen.reason };
    case 'denied':
      return {
        ...about,
        code: 'not-allowed',
        sentence: `${what}: not checked, for the caller may not look`,
        evidence: reasonOf(seen.error),
        commands: ['s3-failover policy doctor'],
      };
    case 'failed':
      return { ...about, code: 'no-sense', sentence: `${what}: not checked, for the answer made no sense`, evidence: reasonOf(seen.error) };
  }
}
