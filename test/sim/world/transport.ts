import type { CallKind, Process } from './process';
import type { Network } from './network';
import type { Stream } from './random';
import type { Time } from './time';

/** What a service did with a request. `lost`: done, and the answer never arrives. */
export type Served<T> = { readonly kind: 'answer'; readonly value: T; readonly afterMs?: number } | { readonly kind: 'lost' };

/** How a request ended without an answer from the service. */
export type Lost = 'refused' | 'silent' | 'given up';

/** One request of a process, and what becomes of it. */
export interface Request<T> {
  readonly process: Process;
  readonly call: CallKind;
  readonly to: string;
  readonly signal: AbortSignal;
  /** Whether the target takes connections at all. */
  door(): 'open' | 'refusing' | 'silent';
  /** The moment it leaves the process. */
  left?(): void;
  serve(): Served<T>;
  /** Ends the call: with what the service said, or without. At most once. */
  end(answer: T | undefined, lost: Lost | undefined): void;
}

const READS: ReadonlySet<CallKind> = new Set(['read routes', 'get item', 'list items', 'read bucket', 'read alarms', 'read metrics']);
/** No client waits longer for a connection that says nothing. */
const SOCKET_MS = 30_000;
/** Answers sooner than this are not raced by the signal: nobody gives up that fast. */
const SOON_MS = 300;

/** Carries requests: they take time, and may be lost on the way there or back. */
export class Transport {
  constructor(
    private readonly time: Time,
    private readonly network: Network,
    private readonly random: Stream,
  ) {}

  carry<T>(request: Request<T>): void {
    if (request.signal.aborted) return request.end(undefined, 'given up');
    const { process } = request;
    const hitch = process.hitch(request.call);
    if (hitch) process.leave(hitch, () => this.send(request));
    else this.send(request);
  }

  private send<T>(request: Request<T>): void {
    const { process, to } = request;
    request.left?.();
    const one = this.oneWay(process.region, to);
    const there = this.network.passes(process.region, to);
    const door = request.door();
    if (there && door === 'refusing') return void process.deliver(this.time.now + 2 * one, () => request.end(undefined, 'refused'));
    if (!there || door === 'silent') return this.until(request, SOCKET_MS, undefined, 'silent');
    // A reading is as of the moment it was asked for, the oldest that it may be: one event less, and the harder case.
    if (READS.has(request.call)) this.arrive(request, 2 * one);
    else this.time.after(one, () => this.arrive(request, one));
  }

  private arrive<T>(request: Request<T>, backMs: number): void {
    const { process } = request;
    const served = request.serve();
    if (served.kind === 'lost' || !this.network.passes(request.to, process.region)) return this.until(request, SOCKET_MS, undefined, 'silent');
    const { value, afterMs = 0 } = served;
    if (afterMs + backMs > SOON_MS) return this.until(request, afterMs + backMs, value, undefined);
    process.deliver(this.time.now + afterMs + backMs, () => request.end(value, undefined));
  }

  /** Ends a call after so long, or when its caller gives up. */
  private until<T>(request: Request<T>, milliseconds: number, answer: T | undefined, lost: Lost | undefined): void {
    const { process, signal } = request;
    if (signal.aborted) return void process.deliver(this.time.now, () => request.end(undefined, 'given up'));
    const timer = process.deliver(this.time.now + milliseconds, () => {
      signal.removeEventListener('abort', abort);
      request.end(answer, lost);
    });
    const abort = () => {
      timer.cancel();
      request.end(undefined, 'given up');
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  private oneWay(from: string, to: string): number {
    const draw = this.random.next();
    const base = from === to ? 1 + 3 * draw : 15 + 70 * draw;
    return draw > 0.995 ? base * 8 : base;
  }
}
