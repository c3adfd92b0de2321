import type { Fate } from './fate';
import { Heap } from './heap';
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

/** A task that is to be tried now. */
export interface Turn {
  readonly task: Task;
  readonly final: boolean;
  readonly fails?: string;
}

interface Waiting {
  readonly task: Task;
  /** How many writes of its key were before it. */
  readonly ordinal: number;
  fate: Fate;
  /** Since when its version is awaited. */
  since?: number;
  notBefore: number;
  underWay: boolean;
}

/** Work from one bucket to another, each piece after its own lag. Nothing leaves it before its outcome is known. */
export class Lane {
  public readonly failures: Failure[] = [];
  public completed = 0;
  public failed = 0;
  /** In the order of the writes. */
  private readonly unsettled = new Map<number, Waiting>();
  /** Version to the work that brings it. */
  private readonly versions = new Map<string, Waiting>();
  private readonly writes = new Map<string, number>();
  private queue = new Heap<Waiting>();

  /** `counts`: whether anything is left to chance, and so the writes of a key are worth counting. */
  public constructor(
    public readonly source: Place,
    public readonly destination: Place,
    private readonly fateOf: (task: Task, ordinal: number) => Fate,
    private readonly counts = () => true,
  ) {}

  public add(task: Task): void {
    const ordinal = this.writes.get(task.key) ?? 0;
    if (this.counts()) this.writes.set(task.key, ordinal + 1);
    const waiting: Waiting = { task, ordinal, fate: this.fateOf(task, ordinal), notBefore: 0, underWay: false };
    this.unsettled.set(task.id, waiting);
    if (task.kind === 'object') this.versions.set(task.version, waiting);
    this.enqueue(waiting);
  }

  public get size(): number {
    return this.unsettled.size;
  }

  /** Oldest first. */
  public *pending(): Iterable<Task> {
    for (const { task } of this.unsettled.values()) yield task;
  }

  /** Takes what may be tried now, by the end of its lag, and at equal ends by the order of the writes. Each is to be settled or put back. */
  public take(now: number, limit: number): Turn[] {
    const turns: Turn[] = [];
    while (turns.length < limit && this.queue.first !== undefined && this.queue.first.order <= now) {
      const waiting = this.queue.pop()!;
      const { task, since, fate } = waiting;
      const version = task.kind === 'metadata' ? this.versions.get(task.version) : undefined;
      if (version && !version.underWay) {
        // Its own version is slower: not before that.
        waiting.notBefore = Math.max(now + RETRY_MS, dueOf(version) + 1);
        this.enqueue(waiting);
        continue;
      }
      waiting.underWay = true;
      turns.push({ task, final: since !== undefined && now - since >= VERSION_WAIT_MS, fails: fate.fails });
    }
    return turns;
  }

  /** Of what was taken and came to no outcome. */
  public putBack(task: Task): void {
    const waiting = this.unsettled.get(task.id);
    if (waiting) this.enqueue(waiting);
  }

  /** When something may be tried next, if nothing holds this lane. */
  public nextAt(): number {
    return this.queue.first?.order ?? Infinity;
  }

  /** Settings have changed: what waits is drawn anew. */
  public redraw(): void {
    this.queue = new Heap();
    if (!this.counts()) this.writes.clear();
    for (const waiting of this.unsettled.values()) {
      waiting.fate = this.fateOf(waiting.task, waiting.ordinal);
      if (!waiting.underWay) this.enqueue(waiting);
    }
  }

  public settle(task: Task, outcome: Outcome, now: number): void {
    const waiting = this.unsettled.get(task.id);
    if (!waiting) return;
    if (outcome.outcome === 'later') {
      waiting.since ??= now;
      waiting.notBefore = now + RETRY_MS;
      this.enqueue(waiting);
      return;
    }
    this.unsettled.delete(task.id);
    if (this.versions.get(task.version) === waiting) this.versions.delete(task.version);
    if (outcome.outcome === 'failed') {
      this.failed += 1;
      this.failures.push({ task, at: now, code: outcome.code, reason: outcome.reason });
      if (this.failures.length > FAILURES_KEPT) this.failures.shift();
    } else if (outcome.outcome === 'done') {
      this.completed += 1;
    }
  }

  private enqueue(waiting: Waiting): void {
    waiting.underWay = false;
    this.queue.push(waiting, dueOf(waiting), waiting.task.id);
  }
}

function dueOf({ task, fate, notBefore }: Waiting): number {
  return Math.max(task.at + fate.lagMs, notBefore);
}
