import type { Network } from './network';
import type { Plane } from './plane';
import type { Region } from './regions';
import type { Time } from './time';

/** One client at each edge writes this often. */
const EVERY_MS = 5_000;

/** Applications that write through the access point: they go where their edge sends them, and see what comes of it. */
export class Clients {
  writes = 0;
  errors = 0;
  /** Last time that a client was turned away by a Region, or could not reach it. */
  private readonly failedAt = new Map<string, number>();
  /** Last time that a client was told by a Region that its write is safe. */
  private readonly tookAt = new Map<string, number>();

  constructor(
    private readonly time: Time,
    private readonly edges: readonly string[],
    private readonly plane: Plane,
    private readonly region: (name: string) => Region,
    private readonly network: Network,
    /** A write that reached a Region that serves. */
    private readonly took: (region: string) => void,
    /** How long a slow Region takes to answer, drawn anew each time, and how long a client waits for it. */
    private readonly slowMs: () => number,
    private readonly patienceMs: number,
  ) {}

  start(): void {
    this.edges.forEach((edge, i) => this.next(edge, i, (EVERY_MS / this.edges.length) * i));
  }

  /** Whether any client failed at a Region within so many milliseconds. */
  failedWithin(region: string, milliseconds: number): boolean {
    return this.time.now - (this.failedAt.get(region) ?? -Infinity) <= milliseconds;
  }

  /** When the last write was made there that a client was told is safe: after it there is nothing of theirs to lose. */
  lastTook(region: string): number | undefined {
    return this.tookAt.get(region);
  }

  private next(edge: string, index: number, after: number): void {
    this.time.after(after, () => {
      this.write(edge, index);
      this.next(edge, index, EVERY_MS);
    });
  }

  private write(edge: string, index: number): void {
    const active = this.plane.seenFrom(index);
    this.writes++;
    if (active.length === 0) return void this.errors++;
    const target = active[this.writes % active.length];
    if (this.answers(target) && this.network.both(edge, target)) {
      this.tookAt.set(target, this.time.now);
      return this.took(target);
    }
    this.errors++;
    this.failedAt.set(target, this.time.now);
  }

  /** A client is no more patient than a probe: what comes later than that is a failure to both. */
  private answers(name: string): boolean {
    const region = this.region(name);
    return region.serves && (region.storage !== 'slow' || this.slowMs() <= this.patienceMs);
  }
}
