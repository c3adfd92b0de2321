import type { Audit } from '../traffic/audit';

/**
 * Write id to the Region that served it: the one whose copy is not a replica. A write with no such copy, or with two, is
 * left out rather than guessed.
 */
export function servedBy(audit: Audit | undefined): Map<number, string> {
  const originals = new Map<number, string[]>();
  for (const copy of audit?.copies ?? []) {
    if (!copy.replica) originals.set(copy.id, [...(originals.get(copy.id) ?? []), copy.region]);
  }
  return new Map([...originals].flatMap(([id, regions]) => (regions.length === 1 ? [[id, regions[0]] as const] : [])));
}
