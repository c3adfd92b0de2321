import { setMaxListeners } from 'events';
import type { Clock } from '../engine/clock';
import { limited } from '../engine/wait';
import type { Estate } from '../estate/estate';
import type { Ledger } from './ledger';

/** Every object of a rehearsal lies under it. */
export const PREFIX = 'rehearsal/';

/** Each tenth write goes to one and the same key, as applications do: those writes can supersede each other. */
const SHARED_KEY = `${PREFIX}latest`;
const SHARED_EVERY = 10;

/** A reader looks at one of the newest objects, as an application would. */
const READ_WINDOW = 60;

/** More at once would only measure this machine: a dead Region holds every request until it times out. */
const MAX_IN_FLIGHT = 100;

export interface LoadOptions {
  readonly writesPerSecond: number;
  readonly readsPerSecond: number;
  /** After this long without an answer a request has failed. */
  readonly requestTimeoutMs: number;
}

/**
 * Clients of the access point. Requests start on a fixed beat, whether or not earlier ones have been answered: waiting
 * for answers would make an outage look like a few slow requests.
 */
export class Load {
  private readonly inFlight = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private timers: NodeJS.Timeout[] = [];
  private reads = 0;

  constructor(
    private readonly estate: Estate,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly options: LoadOptions,
  ) {
    // One listener for each request under way is no leak.
    setMaxListeners(MAX_IN_FLIGHT + 1, this.stopping.signal);
  }

  public start(): void {
    this.timers = [
      setInterval(() => this.launch(() => this.write()), 1000 / this.options.writesPerSecond),
      setInterval(() => this.launch(() => this.read()), 1000 / this.options.readsPerSecond),
    ];
  }

  /** Starts no more requests and waits for the answers of those under way. */
  public async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    await Promise.all(this.inFlight);
  }

  /** Ends without waiting for answers. */
  public async abandon(): Promise<void> {
    this.stopping.abort();
    await this.stop();
  }

  private launch(request: () => Promise<void>): void {
    if (this.inFlight.size >= MAX_IN_FLIGHT) return;
    const running: Promise<void> = request().finally(() => this.inFlight.delete(running));
    this.inFlight.add(running);
  }

  private async write(): Promise<void> {
    const intent = this.ledger.intend((id) => (id % SHARED_EVERY === 0 ? SHARED_KEY : `${PREFIX}object-${String(id).padStart(6, '0')}`));
    const { id, key, md5, sha256 } = intent;
    const startedAt = this.clock();
    try {
      const { versionId } = await this.request((signal) => this.estate.put(key, intent.body, signal));
      this.ledger.wrote({ id, key, md5, sha256, startedAt, endedAt: this.clock(), outcome: 'acknowledged', versionId });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.ledger.wrote({ id, key, md5, sha256, startedAt, endedAt: this.clock(), outcome: 'failed', error: this.explain(error) });
    }
  }

  private async read(): Promise<void> {
    const window = this.ledger.acknowledged.slice(-READ_WINDOW);
    if (window.length === 0) return;
    // A stride that shares no factor with the window visits all of it without favouring the newest.
    const { key } = window[(this.reads++ * 37) % window.length];
    const startedAt = this.clock();
    try {
      const body = await this.request((signal) => this.estate.get(key, signal));
      if (body !== undefined && !this.ledger.isOurs(key, body)) {
        this.ledger.read({ key, startedAt, endedAt: this.clock(), outcome: 'failed', error: 'bytes that nobody wrote' });
        return;
      }
      this.ledger.read({ key, startedAt, endedAt: this.clock(), outcome: body === undefined ? 'missing' : 'found' });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.ledger.read({ key, startedAt, endedAt: this.clock(), outcome: 'failed', error: this.explain(error) });
    }
  }

  private async request<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return limited([this.stopping.signal], this.options.requestTimeoutMs, send);
  }

  private explain(error: unknown): string {
    const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
    // Before the name: the SDK calls a reset connection a TimeoutError.
    if (code === 'ECONNREFUSED') return 'connection refused';
    if (code === 'ECONNRESET' || code === 'EPIPE') return 'connection reset';
    if (name === 'AbortError' || name === 'TimeoutError') return `no answer within ${this.options.requestTimeoutMs / 1000} s`;
    return $metadata?.httpStatusCode === undefined ? String(name ?? error) : `HTTP ${$metadata.httpStatusCode} ${name}`;
  }
}
