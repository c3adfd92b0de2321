import { createHash } from 'node:crypto';
import type { AccessPointShape, LiveAccessPoint } from './access-point';

/** Names one change, from what is live to what is wanted: an acknowledgement of it permits no other. */
export function replacementDigest(live: LiveAccessPoint, wanted: AccessPointShape): string {
  return createHash('sha256').update(canonicalJson({ live, wanted })).digest('hex').slice(0, 16);
}

/** JSON whose members are sorted, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
