import { list } from '../../routes/routes';
import { historyOf, type HistoryWorld } from '../history/store';
import type { FenceTerms } from '../fence/statement';

const ACTS = 20;
const SETTLE_MS = 500;
const MOST_MS = 3_000;

/** Whose a fence is, as far as records tell. They are read anew: an act writes its record just before it raises a fence. */
export async function whose(world: HistoryWorld, { actId }: FenceTerms): Promise<string> {
  const { records } = await historyOf(world).read({ acts: ACTS, settleMs: SETTLE_MS, mostMs: MOST_MS });
  const record = records.find(({ id }) => id === actId);
  return record ? `'${record.verb}' to ${list(record.to)} by ${record.who}, begun at ${record.at}` : `act ${actId}, of which no record could be read`;
}
