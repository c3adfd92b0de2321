import { createColors } from 'picocolors';
import type { Paint } from '../terminal';

const asItIs = (text: string) => text;

export const PLAIN: Paint = { good: asItIs, bad: asItIs, warn: asItIs, strong: asItIs, faint: asItIs };

/** Colours only on a terminal that has them, and never against NO_COLOR (https://no-color.org: any value but an empty one). */
export function paintFor(stream: { readonly isTTY?: boolean }, env: { readonly [name: string]: string | undefined }): Paint {
  if (stream.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return PLAIN;
  const colors = createColors(true);
  return { good: colors.green, bad: colors.red, warn: colors.yellow, strong: colors.bold, faint: colors.dim };
}
