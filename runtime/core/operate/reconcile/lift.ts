import { activeRegions, list } from '../../routes/routes';
import { readRoutes } from '../../routes/read';
import type { OperateWorld } from '../act/world';
import { quarantined } from '../history/quarantine';
import type { History } from '../history/store';
import type { Job } from './job';
import type { PairReport } from './report';

export interface Verdicts {
  readonly lifts: readonly string[];
  readonly held: readonly { readonly region: string; readonly why: string }[];
}

const READ_MS = 20_000;

/**
 * Which quarantines a comparison ends: those that it was about, when the Region was compared whole and clean with every active one,
 * and neither traffic nor the quarantine has changed since it began.
 */
export async function whatLifts(world: OperateWorld, history: History, job: Job, pairs: readonly PairReport[], signal: AbortSignal): Promise<Verdicts> {
  if (job.quarantines.length === 0) return { lifts: [], held: [] };
  const judged = job.quarantines.map(({ region, by }) => ({ region, by, why: objection(job, region, pairs) }));
  const held = judged.flatMap(({ region, why }) => (why === undefined ? [] : [{ region, why }]));
  const clean = judged.filter(({ why }) => why === undefined);
  if (clean.length === 0) return { lifts: [], held };
  const [view, routes] = await Promise.all([history.read(), readRoutes(world, world.estate.accessPoint, { deadline: world.clock.now() + READ_MS, signal })]);
  const moved = routes.kind === 'failed' ? routes.sentence : activeRegions(routes.routes).sort().join() === [...job.active].sort().join() ? undefined : `traffic has moved meanwhile: ${list(activeRegions(routes.routes))} is active now`;
  const now = new Map(quarantined(view.records).map((one) => [one.region, one.by.id]));
  const lifts: string[] = [];
  for (const { region, by } of clean) {
    // Somebody else has lifted it.
    if (!now.has(region)) continue;
    const why = moved ?? (now.get(region) === by ? undefined : 'it was quarantined again meanwhile');
    if (why === undefined) lifts.push(region);
    else held.push({ region, why });
  }
  return { lifts, held };
}

function objection(job: Job, region: string, pairs: readonly PairReport[]): string | undefined {
  const against = job.active.filter((one) => one !== region);
  if (against.length === 0) return 'no other Region is active';
  if (job.prefix !== undefined) return `only keys under '${job.prefix}' were compared`;
  for (const other of against) {
    const pair = pairs.find(({ plan }) => plan.between.includes(region) && plan.between.includes(other));
    if (!pair) return `it was not compared with ${other}, which is active`;
    if (!pair.complete) return `its comparison with ${other} is incomplete`;
    if (pair.plan.since?.from === 'given') return 'only versions since a given time were compared, and nobody has verified the older ones';
    if (pair.tally.owed > 0) return `${pair.tally.owed === 1 ? 'one difference' : `${pair.tally.owed} differences`} between it and ${other}`;
  }
  return undefined;
}
