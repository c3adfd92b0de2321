import type { Problem } from '../problem';
import type { Paint } from '../terminal';

export const ERROR_SCHEMA = { schema: 'cdk-s3-failover/error', version: 1 } as const;

/** The one document of a verb that came to no result. */
export function problemDocument(problem: Pick<Problem, 'code' | 'message' | 'next' | 'exit'>, verb: string | undefined): object {
  return { ...ERROR_SCHEMA, verb: verb ?? null, exitCode: problem.exit, error: { code: problem.code, message: problem.message, next: problem.next } };
}

export function problemText(problem: Pick<Problem, 'message' | 'next'>, paint: Paint): string {
  return `${paint.bad('error')}  ${problem.message}\n${problem.next.map((line) => `next   ${line}\n`).join('')}`;
}

/** The error and what it came from, for who must find a mistake. */
export function traceText(problem: Error): string {
  const lines: string[] = [];
  for (let one: unknown = problem.cause, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) lines.push(one.stack ?? one.message);
  return lines.length > 0 ? `${lines.join('\ncaused by ')}\n` : '';
}
