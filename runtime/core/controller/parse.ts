/** Small checks for items that another version of this code, or another hand, may have written. */

export function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isSpan(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isText(value: unknown, most = 2_000): value is string {
  return typeof value === 'string' && value.length <= most;
}

export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTexts(value: unknown, most = 50): value is readonly string[] {
  return Array.isArray(value) && value.length <= most && value.every((one) => isText(one));
}

/** An item that cannot be understood. Nobody acts on it. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** `of`: the item's key. Handed in by itself, so that no text is put together where all is well. */
export function demand(holds: boolean, what: string, of?: string): asserts holds {
  if (!holds) throw new Malformed(of === undefined ? what : `${what} in '${of}'`);
}
