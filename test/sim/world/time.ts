/** Something that happens at one moment. Whoever made it may call it off. */
export interface Happening {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Runs every promise that can go on, to the last one, and returns. Node's own loop does the same between two callbacks; done
 * here it costs a fraction of a turn of that loop, and leaves no choice to it. Does nothing inside a promise's callback.
 */
const drainPromises = (process as unknown as { _tickCallback(): void })._tickCallback;

/** Virtual time: a heap of happenings, the earliest first, those of one moment in the order in which they were made. */
export class Time {
  now = 0;
  happened = 0;
  private order = 0;
  private readonly heap: Happening[] = [];

  at(moment: number, run: () => void): Happening {
    const happening: Happening = { at: moment < this.now ? this.now : moment, order: this.order++, run };
    const { heap } = this;
    let i = heap.length;
    heap.push(happening);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(happening, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = happening;
    return happening;
  }

  after(milliseconds: number, run: () => void): Happening {
    return this.at(this.now + milliseconds, run);
  }

  cancel(happening: Happening): void {
    happening.run = undefined;
  }

  /** Lets everything happen up to a moment. Call it from a plain callback, never from a promise's: see `outsidePromises`. */
  runUntil(end: number, stop: () => boolean = () => false): void {
    drainPromises();
    while (this.heap.length > 0 && this.heap[0].at <= end && !stop()) {
      const next = this.take();
      if (!next.run) continue;
      this.now = next.at;
      this.happened++;
      next.run();
      drainPromises();
    }
    if (!stop()) this.now = Math.max(this.now, end);
  }

  private take(): Happening {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Runs work where promises can be drained: not from within one. */
export function outsidePromises<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) =>
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    }),
  );
}
