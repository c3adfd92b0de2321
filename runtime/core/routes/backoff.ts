import type { Random } from '../ports';

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Full jitter: anything from nothing to a ceiling that doubles, so that callers who collided once do not collide again. */
export function backoffMs({ firstMs, mostMs }: Backoff, attempt: number, random: Random): number {
  return random() * Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20));
}
