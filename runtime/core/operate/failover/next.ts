import { list } from '../../routes/routes';
import type { ActOutcome } from '../act/outcome';

/** What to check after a failover, in order. */
export function nextAfter({ kind }: ActOutcome, left: readonly string[], to: string): string[] {
  if ((kind !== 'served' && kind !== 'done') || left.length === 0) return [];
  const from = list(left);
  return [
    's3-failover watch',
    `clients that keep connections open may stay with ${from} until they connect again: restart those that do`,
    `multipart uploads that began in ${from} cannot be completed in ${to}: begin them again`,
    `when ${from} answers again: s3-failover reconcile, which finds what is missing or superseded and lifts the quarantine`,
  ];
}
