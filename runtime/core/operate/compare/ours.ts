import { MARKER_PREFIX } from '../../../../lib/private/contract';
import { RESERVED_PREFIX } from '../../routes/served';

/** Keys that this library keeps for itself. Markers stand under the prefix of a rule, whatever that is, as only so they are replicated. */
export function isOurs(key: string): boolean {
  return key.startsWith(RESERVED_PREFIX) || key.includes(MARKER_PREFIX);
}
