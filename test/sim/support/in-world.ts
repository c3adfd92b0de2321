import type { Plan } from '../faults/plan';
import { NO_RATES } from '../faults/rates';
import { allInvariants } from '../invariants';
import type { Invariant } from '../invariants/invariant';
import { withLightAborts } from '../world/abort';
import type { Core, Env } from '../world/core';
import { outsidePromises } from '../world/time';
import { World, type Violation } from '../world/world';
import { Rows } from '../trace';
import { standIn } from './stand-in';

/** Ten quiet minutes with three data Regions. */
export const QUIET: Plan = {
  seed: 7,
  durationMs: 600_000,
  data: ['us-east-1', 'us-west-2', 'eu-west-1'],
  settings: { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 40_000, disputedForMs: 180_000, staggerMs: 10_000, coolDownMs: 180_000 },
  episodes: [],
  rates: NO_RATES,
  quietFrom: 0,
  fresh: false,
  strict: false,
};

export function plan(changes: Partial<Plan>): Plan {
  return { ...QUIET, quietFrom: changes.durationMs ?? QUIET.durationMs, ...changes };
}

export interface Ran {
  readonly world: World;
  readonly violation: Violation | undefined;
  readonly rows: readonly string[];
  /** How often an invariant had something to judge. */
  judged(invariant: string): number;
}

/** Runs a world to its end. `during` acts on it before anything happens, to set things up or to plan them. */
export function runWorld(of: Plan, core: Core = standIn(), during?: (world: World) => void, invariants: readonly Invariant[] = allInvariants()): Promise<Ran> {
  return outsidePromises(() =>
    withLightAborts(() => {
      const trace = new Rows();
      const world = new World(of, core, invariants, trace);
      during?.(world);
      world.run();
      return { world, violation: world.violation, rows: trace.rows, judged: (name) => world.invariants.find((one) => one.name === name)?.occurrences ?? 0 };
    }),
  );
}

/** Code that runs once, in the first run of the voter in us-east-1, instead of a controller. Other runs do nothing. */
export function scripted(script: (env: Env) => Promise<void>, person?: Core['person']): Core {
  let begun = false;
  return {
    ...standIn(),
    run: async (env) => {
      if (begun || env.role !== 'voter' || env.region !== 'us-east-1') return;
      begun = true;
      await script(env);
    },
    ...(person ? { person } : {}),
  };
}

export const NEVER = (): AbortSignal => new AbortController().signal;
