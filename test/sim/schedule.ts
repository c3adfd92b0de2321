import type { Plan } from './faults/plan';
import { allInvariants } from './invariants';
import { withLightAborts } from './world/abort';
import type { Core } from './world/core';
import { World, type Trace, type Violation } from './world/world';

export interface Outcome {
  readonly violation: Violation | undefined;
  readonly world: World;
}

/** Runs one schedule from beginning to end. To be called outside of any promise. */
export function runSchedule(plan: Plan, core: Core, trace?: Trace): Outcome {
  return withLightAborts(() => {
    const world = new World(plan, core, allInvariants(), trace);
    world.run();
    return { violation: world.violation, world };
  });
}
