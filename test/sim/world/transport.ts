import type { CallKind, Process } from './process';
import type { Network } from './network';
import type { Stream } from './random';
import type { Time } from './time';

/** What a service did with a request. `lost`: done, and the answer never arrives. */
export type Served<T> = { readonly kind: 'answer'; readonly value: T; readonly afterMs?: number } | { readonly kind: 'lost' };

/** How a request ended without an answer from the service. */
export type Lost = 'refused' | 'silent' | 'given up';

export interface Request<T> {
  readonly process: Process;
  readonly call: CallKind;
  readonly to: string;
  readonly signal: AbortSignal;
  /** Whether the target takes connections at all. */
  readonly door: () => 'open' | 'refusing' | 'silent';
  /** The moment it leaves the process. */
  readonly left?: () => void;
  readonly serve: () => Served<T>;
  /** Ends the call: with what the service said, or without. At most once. */
  readonly end: (answer: T | undefined, lost: Lost | undefined) => void;
}

const READS: ReadonlySet<CallKind> = new Set(['read routes', 'get item', 'list items', 'read bucket']);
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
    const { process, signal } = request;
    if (signal.aborted) return request.end(undefined, 'given up');
    process.leave(request.call, () => {
      request.left?.();
      const one = this.oneWay(process.region, request.to);
      const there = this.network.passes(process.region, request.to);
      const door = request.door();
      if (there && door === 'refusing') return void process.deliver(this.time.now + 2 * one, () => request.end(undefined, 'refused'));
      if (!there || door === 'silent') return this.silence(request);
      const arrive = () => {
        const served = request.serve();
        const back = this.network.passes(request.to, process.region);
        if (served.kind === 'lost' || !back) return this.silence(request);
        const takes = (served.afterMs ?? 0) + one + (READS.has(request.call) ? one : 0);
        if (takes > SOON_MS) return this.race(request, takes, served.value);
        process.deliver(this.time.now + takes, () => request.end(served.value, undefined));
      };
      // A reading is as of the moment it was asked for, the oldest that it may be: one event less, and the harder case.
      if (READS.has(request.call)) arrive();
      else this.time.after(one, arrive);
    });
  }

  private silence<T>(request: Request<T>): void {
    this.until(request, SOCKET_MS, () => request.end(undefined, 'silent'));
  }

  private race<T>(request: Request<T>, takes: number, value: T): void {
    this.until(request, takes, () => request.end(value, undefined));
  }

  private until<T>({ process, signal, end }: Request<T>, milliseconds: number, then: () => void): void {
    if (signal.aborted) return void process.deliver(this.time.now, () => end(undefined, 'given up'));
    const timer = process.deliver(this.time.now + milliseconds, () => {
      signal.removeEventListener('abort', abort);
      then();
    });
    const abort = () => {
      timer.run = undefined;
      end(undefined, 'given up');
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  private oneWay(from: string, to: string): number {
    const draw = this.random.next();
    const base = from === to ? 1 + 3 * draw : 15 + 70 * draw;
    return draw > 0.995 ? base * 8 : base;
  }
}
