import type { Outcome, Place, Task } from './task';

/** How long a change may wait for the version that it belongs to, copied by another bucket's rule, to arrive. */
const VERSION_WAIT_MS = 15_000;
const RETRY_MS = 100;

/** Failures kept for display; their count goes on. */
const FAILURES_KEPT = 10_000;

export interface Failure {
  readonly task: Task;
  readonly at: number;
  readonly code: string;
  readonly reason: string;
}

/** Work from one bucket to another, in the order of the writes. Nothing leaves it before its outcome is known. */
export class Lane {
  public readonly failures: Failure[] = [];
  public completed = 0;
  public failed = 0;
  private readonly waiting = new Map<number, Task>();
  private readonly deferred = new Map<number, { readonly task: Task; readonly since: number; readonly notBefore: number }>();

  public constructor(public readonly source: Place, public readonly destination: Place) {}

  public add(task: Task): void {
    this.waiting.set(task.id, task);
  }

  public get size(): number {
    return this.waiting.size + this.deferred.size;
  }

  /** Oldest first. */
  public *pending(): Iterable<Task> {
    for (const { task } of this.deferred.values()) yield task;
    yield* this.waiting.values();
  }

  /** What may be tried now, oldest first. */
  public *ready(now: number, lagMs: number): Iterable<{ task: Task; final: boolean }> {
    for (const { task, since, notBefore } of this.deferred.values()) {
      if (notBefore <= now) yield { task, final: now - since >= VERSION_WAIT_MS };
    }
    for (const task of this.waiting.values()) {
      if (task.at + lagMs > now) return;
      yield { task, final: false };
    }
  }

  /** When something may be tried next, if nothing holds this lane. */
  public nextAt(lagMs: number): number {
    const [oldest] = this.waiting.values();
    const retries = [...this.deferred.values()].map(({ notBefore }) => notBefore);
    return Math.min(oldest ? oldest.at + lagMs : Infinity, ...retries);
  }

  public settle(task: Task, outcome: Outcome, now: number): void {
    const since = this.deferred.get(task.id)?.since ?? now;
    this.waiting.delete(task.id);
    this.deferred.delete(task.id);
    if (outcome.outcome === 'later') {
      this.deferred.set(task.id, { task, since, notBefore: now + RETRY_MS });
    } else if (outcome.outcome === 'failed') {
      this.failed += 1;
      this.failures.push({ task, at: now, code: outcome.code, reason: outcome.reason });
      if (this.failures.length > FAILURES_KEPT) this.failures.shift();
    } else if (outcome.outcome === 'done') {
      this.completed += 1;
    }
  }
}
