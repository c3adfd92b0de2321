/**
 * What core code is handed instead of reaching for it: time, chance and a place to report to.
 */

/** A point on the clock's own scale, in milliseconds. Only differences mean anything. */
export type Instant = number;

/** Time that never goes back. */
export interface Clock {
  now(): Instant;
  /** Wakes after `milliseconds`, or at once when `signal` is aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** For limits, which are many and seldom reached: rings once, unless it is called off. Absent: a limit sleeps instead. */
  timer?(milliseconds: number, ring: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** A number in [0, 1). */
export type Random = () => number;

/** Structured lines. Fields never hold object data or secrets. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = { readonly [name: string]: unknown };
