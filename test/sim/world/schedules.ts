import type { World } from './world';

const EVERY_MS = 60_000;
/** One run ticks this long, so that runs overlap; the service ends whatever has not ended after its time-out. */
export const RUN_MS = 115_000;
const TIMEOUT_MS = 120_000;

/** Starts a run of each observer every minute: late, twice or not at all, as chance has it. */
export function startSchedules(world: World): void {
  const phases = world.seeds.of('schedules');
  const observers = [...world.layout.control.map((region) => ['voter', region] as const), ...world.layout.data.map((region) => ['self', region] as const)];
  for (const [role, region] of observers) {
    const phase = phases.between(0, EVERY_MS);
    // Runs of the minutes before: a schedule begins in the midst of things.
    start(world, role, region, Math.min(phase, 2_000));
    minute(world, role, region, phase);
  }
}

function minute(world: World, role: 'voter' | 'self', region: string, at: number): void {
  world.time.at(at, () => {
    for (const delay of world.chance.starts()) start(world, role, region, world.time.now + delay);
    minute(world, role, region, at + EVERY_MS);
  });
}

function start(world: World, role: 'voter' | 'self', region: string, at: number): void {
  world.time.at(at, () => {
    if (!world.region(region).computes) return;
    const process = world.process('controller', `${role}:${region}`, region);
    world.time.after(TIMEOUT_MS, () => process.kill());
    world.startRun(process, role);
  });
}
