/** Who something happens to may be out of reach for a while, or for good. */
export interface Receiver {
  /** When it can be reached; `now` at the earliest, never: Infinity. */
  reachableAt(now: number): number;
}

/** Something that happens at one moment. Whoever made it may call it off. */
export class Happening {
  constructor(
    readonly at: number,
    readonly order: number,
    run: () => void,
    readonly to: Receiver | undefined,
  ) {
    this.run = run;
  }

  run: (() => void) | undefined;

  cancel(): void {
    this.run = undefined;
  }
}

/**
 * Runs every promise that can go on, to the last one, and returns. Node's own loop does the same between two callbacks; done
 * here it costs a fraction of a turn of that loop, and leaves no choice to it. Does nothing inside a promise's callback.
 */
const drainPromises = (process as unknown as { _tickCallback(): void })._tickCallback;

/** What lies further ahead waits outside of the heap: most of it is a limit, called off long before its time. */
const AHEAD_MS = 512;

/** Virtual time: the earliest happening first, those of one moment in the order in which they were made. */
export class Time {
  now = 0;
  happened = 0;
  private order = 0;
  private readonly heap: Happening[] = [];
  /** By multiples of `AHEAD_MS`. None of a slot that has been opened. */
  private readonly slots = new Map<number, Happening[]>();
  /** Slots below are in the heap. */
  private opened = 1;

  at(moment: number, run: () => void, to?: Receiver): Happening {
    const happening = new Happening(moment < this.now ? this.now : moment, this.order++, run, to);
    const slot = Math.floor(happening.at / AHEAD_MS);
    if (slot < this.opened) this.push(happening);
    else {
      const others = this.slots.get(slot);
      if (others) others.push(happening);
      else this.slots.set(slot, [happening]);
    }
    return happening;
  }

  after(milliseconds: number, run: () => void): Happening {
    return this.at(this.now + milliseconds, run);
  }

  cancel(happening: Happening): void {
    happening.cancel();
  }

  /** Lets everything happen up to a moment. Call it from a plain callback, never from a promise's: see `outsidePromises`. */
  runUntil(end: number, stop: () => boolean = () => false): void {
    drainPromises();
    while (!stop()) {
      const next = this.next(end);
      if (!next) break;
      const { run, to } = next;
      if (!run) continue;
      this.now = next.at;
      if (to) {
        const reachable = to.reachableAt(next.at);
        if (reachable > next.at) {
          if (reachable < Infinity) this.postpone(next, reachable);
          continue;
        }
      }
      this.happened++;
      run();
      drainPromises();
    }
    if (!stop()) this.now = Math.max(this.now, end);
  }

  /** Whoever made it can still call it off. */
  private postpone(happening: Happening, until: number): void {
    this.at(until, () => happening.run?.(), happening.to);
  }

  /** Takes the earliest up to a moment. The heap is before all slots that are closed. */
  private next(end: number): Happening | undefined {
    const { heap } = this;
    while (heap.length === 0) {
      if (this.slots.size === 0 || this.opened * AHEAD_MS > end) return undefined;
      this.open();
    }
    return heap[0].at <= end ? this.take() : undefined;
  }

  private open(): void {
    const slot = this.slots.get(this.opened);
    if (slot) {
      this.slots.delete(this.opened);
      for (const happening of slot) if (happening.run) this.push(happening);
    }
    this.opened++;
  }

  private push(happening: Happening): void {
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
