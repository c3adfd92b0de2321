import type { Stream } from '../world/random';

/**
 * How late a run starts on an ordinary day, in milliseconds after its minute. A schedule fires anywhere within its minute (EventBridge
 * Scheduler user guide, "Schedule types": "60 second precision"); each has a moment of its own in the simulator, and mostly keeps to it.
 * How often it does not, and the cold starts, are assumed.
 */
export function ordinaryStart(random: Stream): number {
  const late = random.chance(0.05) ? random.between(0, 59_000) : random.between(0, 1_000);
  const cold = random.chance(0.02) ? random.between(2_000, 8_000) : random.between(200, 1_500);
  return Math.round(late + cold);
}
