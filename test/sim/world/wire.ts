import type { Item, Stored } from '../../../runtime/core/controller/ports';
import type { Process } from './process';
import type { World } from './world';

const LATER = { since: 'a later version', list: [1, 2], inner: { yes: true } };

/** What a later version puts into the table: with members that nobody knows yet, or in a format of its own. */
export function asWritten({ plan: { next } }: World, { version }: Process, key: string, item: Item): Item {
  if (!next || version === 'now' || next.writes === 'as now') return item;
  const isReport = key.startsWith('report/');
  const { regions } = item;
  const more = { ...item, later: LATER, ...(isReport && typeof regions === 'object' && regions !== null && { regions: Object.fromEntries(Object.entries(regions).map(([name, sight]) => [name, { ...(sight as object), later: LATER }])) }) };
  return isReport && next.writes === 'version 2' ? { version: 2, report: { ...more, version: 1 } } : more;
}

/** The later version reads its own format and the one before it; the earlier one reads its own. */
export function asRead({ plan: { next } }: World, { version }: Process, key: string, stored: Stored | undefined): Stored | undefined {
  if (!stored || !next || version === 'now' || !key.startsWith('report/') || stored.item.version !== 2) return stored;
  return { ...stored, item: stored.item.report as Item };
}
