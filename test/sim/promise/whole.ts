import type { Decision } from '../../../runtime/core/controller/decide';
import type { Policy } from '../../../runtime/core/controller/policy';
import type { Prober } from '../../../runtime/core/controller/ports';
import type { Notices } from '../../../runtime/core/controller/world';
import { NO_RATES } from '../faults/rates';
import { NO_NOTICES, shipped } from '../shipped';
import { withLightAborts } from '../world/abort';
import type { Core, Env } from '../world/core';
import type { Stream } from '../world/random';
import { Transport } from '../world/transport';
import { World } from '../world/world';
import type { NoisyDay } from './noise';
import { runsOf } from './runs';
import { resultOf, type Decided } from './skim';

/** Lambda ends a run that has not ended by then. */
const TIMEOUT_MS = 120_000;
/** A few of the world's own runs begin with it: they are not let. */
const BEGINS_MS = 2_500;

export interface Lived {
  readonly decisions: readonly Decided[];
  readonly world: World;
}

/**
 * The same day lived by the whole loop in the simulated world, with table, promises, routes and acts. `plain`: every call takes the same time,
 * so that it can be held against the skimmed day look by look; else latencies are drawn, as they are everywhere in the simulator. To be called outside of any promise.
 */
export function liveWhole(day: NoisyDay, policy: Policy, plain: boolean): Lived {
  const decisions: Decided[] = [];
  const looks = new Map<string, number>();
  const begun = new Map<string, number>();
  const observerOf = ({ role, region }: Env) => `${role}/${region}`;
  const noticesOf = (env: Env): Notices => ({
    ...NO_NOTICES,
    decided: async (decision: Decision) => void decisions.push({ observer: observerOf(env), run: begun.get(env.boot)!, tick: looks.get(env.boot)!, decision }),
  });
  const core = shipped(noticesOf);
  const noisy: Core = {
    ...core,
    run: (env, milliseconds) => {
      begun.set(env.boot, world.time.now);
      return core.run({ ...env, prober: proberOf(env) }, milliseconds);
    },
  };
  const proberOf = (env: Env): Prober => ({
    probe: (region, signal) => {
      const at = world.time.now;
      looks.set(env.boot, at);
      const found = day.probe(observerOf(env), region, at);
      const late = found.kind === 'silence' || found.ms >= policy.probeTimeoutMs;
      // Who is late is given up by the loop itself.
      return env.clock.sleep(late ? 2 * policy.probeTimeoutMs : found.ms, signal).then(() => resultOf(late ? { kind: 'silence' } : found, policy));
    },
  });
  const world: World = new World(
    { seed: day.seed, durationMs: day.lengthMs, data: [...day.regions], settings: policy, episodes: [], rates: NO_RATES, quietFrom: day.lengthMs, fresh: false, strict: false },
    noisy,
    [],
  );
  if (plain) makePlain(world);
  scheduleRuns(world, day);
  withLightAborts(() => world.run());
  return { decisions, world };
}

/** The day's own runs in place of the world's. */
function scheduleRuns(world: World, day: NoisyDay): void {
  world.chance.starts = () => [];
  const lets = world.layout.places.map((place) => world.region(place).loseCompute());
  world.time.at(BEGINS_MS, () => lets.forEach((one) => one()));
  for (const observer of day.observers) {
    const [role, region] = observer.split('/') as ['voter' | 'self', string];
    for (const start of runsOf(day, observer))
      world.time.at(start, () => {
        const process = world.process('controller', `${role}:${region}`, region);
        world.time.after(TIMEOUT_MS, () => process.kill());
        world.startRun(process, role);
      });
  }
}

/** No drawn latency, and no clock that runs fast or slow. */
function makePlain(world: World): void {
  const still = { next: () => 0, between: (least: number, most: number) => (least + most) / 2 } as Stream;
  Object.assign(world, { transport: new Transport(world.time, world.network, still), chanceOfProcesses: still });
}
