import type { ActKind } from '../core/operate/act/outcome';
import { ExitCode } from './exit-code';

const CODES: { readonly [kind in ActKind]: ExitCode } = {
  served: ExitCode.DONE,
  planned: ExitCode.DONE,
  done: ExitCode.UNPROVEN,
  refused: ExitCode.REFUSED,
  declined: ExitCode.DECLINED,
  failed: ExitCode.ERROR,
  unknown: ExitCode.UNKNOWN,
};

/** The exit code by which a script learns how an act ended. */
export function actCode(kind: ActKind): ExitCode {
  return CODES[kind];
}
