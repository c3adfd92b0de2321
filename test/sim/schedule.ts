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
  // An error's stack is for people, and takes longer than the call that it tells of.
  const usual = Error.stackTraceLimit;
  if (!trace) Error.stackTraceLimit = 0;
  return withLightAborts(() => {
    const world = new World(plan, core, allInvariants(), trace);
    world.run();
    Error.stackTraceLimit = usual;
    return { violation: world.violation, world };
  });
}
