import { CallError } from '../core/calls/call-error';
import { Explained } from '../core/calls/explained';
import { ExitCode } from './exit-code';
import { Problem } from './problem';

const CREDENTIALS = /^(CredentialsProviderError|TokenProviderError)$/;
const EXPIRED = /^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|TokenRefreshRequired)$/;
const SKEWED = /^(RequestTimeTooSkewed|RequestExpired)$/;
const LOG_IN = ['aws sts get-caller-identity', 'aws sso login --profile <profile>', 's3-failover ... --profile <profile>'];

export interface Circumstances {
  /** The verb as typed. */
  readonly verb: string;
  readonly interrupted: boolean;
  readonly timedOut: boolean;
  readonly timeoutMs: number;
}

/** Any error as what was tried, where, and what to do next; never an SDK's stack. */
export function explainError(error: unknown, circumstances: Circumstances): Problem {
  if (error instanceof Problem) return error;
  if (circumstances.interrupted) return new Problem('Interrupted', 'interrupted before there was a result', { exit: ExitCode.INTERRUPTED, cause: error });
  if (circumstances.timedOut) {
    const seconds = Math.round(circumstances.timeoutMs / 1_000);
    return new Problem('TimedOut', `'${circumstances.verb}' was not done within ${seconds} s`, { next: [`s3-failover ${circumstances.verb} --timeout ${seconds * 3}`], cause: error });
  }
  if (error instanceof Explained) return new Problem('Failed', error.message, { cause: error });
  if (error instanceof CallError) return new Problem(error.code, error.message, { next: nextAfter(error), cause: error });
  const { name = 'Error', message = String(error) } = error as Error;
  if (CREDENTIALS.test(name)) return new Problem('NoCredentials', `there are no usable credentials: ${oneLine(message)}`, { next: LOG_IN, cause: error });
  return new Problem('Internal', `a mistake of this tool's own, or of its surroundings: ${name}: ${oneLine(message)}`, { next: [`s3-failover ${circumstances.verb} --verbose`], cause: error });
}

function nextAfter(error: CallError): string[] {
  if (EXPIRED.test(error.code)) return LOG_IN;
  if (SKEWED.test(error.code)) return ['date -u', 'set the clock of this machine'];
  if (error.denied) return [`allow '${actionOf(error.call)}' to the caller, whom 'aws sts get-caller-identity' names`];
  if (error.unreachable) return ['s3-failover status'];
  return [];
}

/** `ssm GetParameter` as IAM writes it. */
function actionOf(call: string): string {
  return call.trim().replace(' ', ':');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
