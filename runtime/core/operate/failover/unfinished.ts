import { routesWith, type Routes } from '../../routes/routes';
import { merged } from '../history/merge';
import type { ActRecord } from '../history/record';

/** What an earlier run left undone: routes were moved, and nobody wrote down how it ended. */
export interface Unfinished {
  readonly quarantines: readonly string[];
  readonly why?: string;
  /** Routes as they were before that run. */
  before(after: Routes): Routes;
}

/** The newest act, when it is a failover to the same target that never said how it ended. */
export function unfinished(records: readonly ActRecord[], to: string): Unfinished | undefined {
  const [newest] = merged(records);
  if (newest?.phase !== 'begun' || newest.verb !== 'failover' || newest.to.join() !== to || newest.quarantines.length === 0) return undefined;
  const before = (after: Routes) => routesWith(newest.from, after.map(({ region }) => region));
  return { quarantines: newest.quarantines, why: newest.why, before };
}
