import type { StepTools } from '../engine/steps';
import { reasonOf, sleep, until } from '../engine/wait';
import { count } from '../../../runtime/cli/page/units';
import type { WriteAttempt } from '../traffic/ledger';
import type { World } from '../world';

/** Writes in a row that make a state certain: one alone could be an early or a late client. */
export const IN_A_ROW = 5;

/** Lets traffic run for a while, and says how it goes. */
export async function steady(world: World, tools: StepTools): Promise<void> {
  const end = world.clock() + world.options.steadyMs;
  while (world.clock() < end) {
    tools.note(`${world.ledger.writes.length} writes, ${world.ledger.writes.length - world.ledger.acknowledged.length} failed`);
    await sleep(250, tools.signal);
  }
}

export async function seenEverywhere(world: World, tools: StepTools, writes: readonly WriteAttempt[]): Promise<void> {
  const lacking = () => world.regions
    .map((region) => ({ region, lacks: writes.filter((write) => !world.sightings!.firstSeen.get(region)!.has(write.id)) }))
    .filter(({ lacks }) => lacks.length > 0);
  await until(
    {
      clock: world.clock, signal: tools.signal, everyMs: 200, limitMs: world.options.replicationLagMs + world.options.patienceMs,
      otherwise: () => `${lacking().map(({ region, lacks }) => `${region} still lacks ${count(lacks.length, 'object')}, the first ${lacks[0].key}`).join(', ')}`,
    },
    () => {
      const now = lacking();
      if (now.length > 0) tools.note(now.map(({ region, lacks }) => `${region} lacks ${lacks.length}`).join(', '));
      return now.length === 0;
    },
  );
}

/** Whether each write landed in the Region from a client, and not by replication. */
export async function allServedBy(
  world: World, writes: readonly WriteAttempt[], region: string, signal: AbortSignal, known = new Map<number, boolean>(),
): Promise<boolean> {
  for (const write of writes) {
    if (!known.has(write.id)) {
      try {
        known.set(write.id, !(await world.estate.fetch(region, write.key, write.versionId!, signal)).replica);
      } catch {
        if (signal.aborted) throw reasonOf(signal);
        // Not there yet: then it is no client that put it there, or it comes by replication later.
        return false;
      }
    }
    if (!known.get(write.id)) return false;
  }
  return true;
}

export function lastError(world: World): string | undefined {
  return world.ledger.writes.filter((write) => write.outcome === 'failed').pop()?.error;
}
