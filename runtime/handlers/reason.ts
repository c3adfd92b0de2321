import { CallError } from '../core/calls/call-error';

/**
 * Bytes of a reason. CloudFormation takes 4096 for the whole answer, which also holds ids, the name of the log group that the
 * provider framework adds, and JSON's escapes.
 */
const LONGEST_REASON = 2_600;

/** An error that carries a reason and nothing else: the provider framework would send a stack trace to CloudFormation. */
export function failure(error: unknown): Error {
  const answer = new Error(clip(reasonOf(error)));
  answer.stack = '';
  return answer;
}

function reasonOf(error: unknown): string {
  if (error instanceof CallError) return `${error.message}; deploy again when that is cured`;
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? `an error without a message (${error.name}); see the log` : error.message;
}

function clip(text: string): string {
  const bytes = Buffer.from(text.replace(/\s+/g, ' '));
  return bytes.length <= LONGEST_REASON ? bytes.toString() : `${bytes.subarray(0, LONGEST_REASON).toString().replace(/\uFFFD+$/, '')}...`;
}
