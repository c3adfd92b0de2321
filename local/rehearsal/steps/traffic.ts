import { tally } from '../analysis/tally';
import type { StepTools } from '../engine/steps';
import { until } from '../engine/wait';
import { count } from '../../../runtime/cli/page/units';
import { audit } from '../traffic/audit';
import { Load } from '../traffic/load';
import { Sightings } from '../traffic/sightings';
import type { World } from '../world';
import { IN_A_ROW, allServedBy, lastError, seenEverywhere, steady } from './observe';

/** Reads per write: enough to show what readers meet, without doubling the load. */
const READS_PER_WRITE = 0.6;

/** A lag is known to half of it, and to a second at worst; more often costs more than it tells. */
const LOOK_EVERY_MS = 1_000;

export async function startTraffic(world: World, tools: StepTools): Promise<string> {
  const { options } = world;
  world.load = new Load(world.estate, world.ledger, world.clock, {
    writesPerSecond: options.writesPerSecond,
    readsPerSecond: options.writesPerSecond * READS_PER_WRITE,
    requestTimeoutMs: options.requestTimeoutMs,
  });
  world.sightings = new Sightings(world.estate, world.ledger, world.clock, world.regions);
  world.mark('traffic', 'writing and reading begin');
  world.load.start();
  world.sightings.start(Math.min(LOOK_EVERY_MS, options.replicationLagMs / 2));
  await steady(world, tools);
  const recent = () => world.ledger.acknowledged.slice(-IN_A_ROW);
  await until(
    {
      clock: world.clock, signal: tools.signal, everyMs: 200, limitMs: options.patienceMs,
      otherwise: () => (recent().length < IN_A_ROW ? `${count(recent().length, 'write')} acknowledged` : `the last ${IN_A_ROW} writes did not land in ${world.active}`),
      because: () => lastError(world),
    },
    async () => recent().length === IN_A_ROW && allServedBy(world, recent(), world.active, tools.signal),
  );
  return `${world.ledger.acknowledged.length} objects written, all by way of ${world.active}`;
}

export async function seeEverywhere(world: World, tools: StepTools): Promise<string> {
  const before = world.ledger.acknowledged;
  await seenEverywhere(world, tools, before);
  return `${before.length} objects in ${count(world.regions.length, 'Region')}`;
}

export async function stopTraffic(world: World, tools: StepTools): Promise<string> {
  await world.load!.stop();
  world.mark('stopped', 'writing and reading end');
  await seenEverywhere(world, tools, world.ledger.acknowledged);
  await world.sightings!.stop();
  return `${world.ledger.writes.length} objects written, ${world.ledger.acknowledged.length} acknowledged`;
}

export async function verify(world: World, tools: StepTools): Promise<string> {
  world.audit = await audit(world.estate, world.ledger, world.regions, tools.signal, (done, of) => tools.note(`${done} of ${of} copies`));
  const { lost, incomplete, acknowledged } = tally(world.recording());
  tools.check(lost!.length === 0, `${count(lost!.length, 'acknowledged write')} lost: ${names(world, lost!)}`);
  const [first] = incomplete!;
  tools.check(first === undefined, `${count(incomplete!.length, 'copy').replace('copys', 'copies')} missing or damaged, the first: ${first === undefined ? '' : `${names(world, [first.id])} ${first.problem} in ${first.region}`}`);
  return `${acknowledged} acknowledged objects, each in ${count(world.regions.length, 'Region')}, byte for byte`;
}

function names(world: World, ids: readonly number[]): string {
  const writes = ids.slice(0, 3).map((id) => world.ledger.writes.find((write) => write.id === id)!);
  return `${writes.map((write) => `${write.key} (write ${write.id})`).join(', ')}${ids.length > 3 ? ', ...' : ''}`;
}
