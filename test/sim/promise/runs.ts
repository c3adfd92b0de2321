import { Stream } from '../world/random';
import { NOISE, type NoisyDay } from './noise';
import { ordinaryStart } from './ordinary';

const EVERY_MS = 60_000;

/** When the runs of an observer start on a day, the first first. Fractions of a millisecond tell any two apart, so that no two things ever happen at once. */
export function runsOf(day: NoisyDay, observer: string): number[] {
  const random = new Stream(day.seed, `runs of ${observer}`);
  const phase = random.below(EVERY_MS);
  const mark = (day.observers.indexOf(observer) + 1) / 64;
  const starts: number[] = [];
  for (let minute = 0; minute * EVERY_MS + phase < day.lengthMs; minute++) {
    const delay = ordinaryStart(random);
    if (random.chance(Math.min(0.5, NOISE.skippedRuns * day.level))) continue;
    starts.push(minute * EVERY_MS + phase + delay + mark + (minute % 2) / 2);
  }
  return starts.sort((a, b) => a - b);
}
