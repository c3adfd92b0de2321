import { createColors } from 'picocolors';
import { PLAIN, type Paint } from '../report/text';

/** Colours only on a terminal that has them, and never against NO_COLOR (https://no-color.org: any value but an empty one). */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  if (stream.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return PLAIN;
  const colors = createColors(true);
  return { good: colors.green, bad: colors.red, strong: colors.bold, faint: colors.dim };
}
