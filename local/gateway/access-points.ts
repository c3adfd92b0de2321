import type { EmulatorClient } from '../emulator/client';
import type { Faults } from './faults';
import { byDistance } from './geography';
import { readRoutes, type Route } from './routes-document';

/** CloudFormation deletes access points inside the emulator, unseen by us: how long one is taken for living without a look. */
const TRUST_MS = 1000;

interface Known {
  /** What the data plane follows. */
  effective: readonly Route[];
  /** What GetMultiRegionAccessPointRoutes answers. */
  submitted: readonly Route[];
  /** What was submitted, and since when; the first is what the access point was made with. */
  readonly history: { readonly at: number; readonly routes: readonly Route[] }[];
  /** When each submit that is on its way takes effect. */
  readonly pending: Set<number>;
  /** When it was last seen to exist. */
  seenAt: number;
  /** Whether a submit is being worked on; a second one at the same time is refused, as AWS does (409). */
  submitting: boolean;
}

/** Routes with their delay, and the choice of who serves a request. */
export class AccessPoints {
  /** How long a submit takes to reach the data plane; AWS says up to about 2 minutes. */
  public propagationMs = 0;
  /** Region where the clients of the data plane are. */
  public clientLocation = 'us-east-1';

  private readonly known = new Map<string, Promise<Known | undefined>>();
  private readonly timers = new Set<NodeJS.Timeout>();

  public constructor(private readonly emulator: EmulatorClient, private readonly faults: Faults) {}

  /**
   * The route that serves a request now: the nearest active Region that can be reached. A passive one never serves. When
   * every active Region is dead, the nearest of them, so that the client meets its fault.
   */
  public async serving(alias: string): Promise<Route | undefined> {
    const known = await this.get(alias);
    if (!known) return undefined;
    const active = known.effective.filter((route) => route.dial > 0);
    const nearest = byDistance(this.clientLocation, active.map((route) => route.region));
    const living = nearest.find((region) => !this.faults.dead({ region }));
    return active.find((route) => route.region === (living ?? nearest[0]));
  }

  /** The routes that were configured at a time. */
  public async routesAt(alias: string, time: number): Promise<readonly Route[]> {
    return (await this.get(alias))?.history.filter(({ at }) => at <= time).at(-1)?.routes ?? [];
  }

  /** AWS refuses to switch an access point of one Region (405). The emulator lets the only submit through that changes nothing. */
  public async isSingle(alias: string): Promise<boolean> {
    return (await this.get(alias))?.submitted.length === 1;
  }

  /** Claims the access point for one submit; false when another is at work. The claim ends with `submitted`. */
  public async submitting(alias: string): Promise<boolean> {
    const known = await this.get(alias);
    if (!known) return true;
    if (known.submitting) return false;
    known.submitting = true;
    return true;
  }

  /** Ends a submit: reads what is configured now, and lets it take effect after the delay. */
  public async submitted(alias: string, accepted: boolean): Promise<void> {
    const known = await this.get(alias);
    if (!known) return;
    try {
      if (!accepted) return;
      const routes = await this.read(alias);
      if (!routes) return;
      known.submitted = routes;
      known.history.push({ at: Date.now(), routes });
      const at = Date.now() + this.propagationMs;
      if (this.propagationMs === 0) {
        known.effective = routes;
        return;
      }
      known.pending.add(at);
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        known.pending.delete(at);
        known.effective = routes;
      }, this.propagationMs);
      this.timers.add(timer);
    } finally {
      known.submitting = false;
    }
  }

  public async state(): Promise<Record<string, { effective: readonly Route[]; submitted: readonly Route[]; pendingUntil: number[] }>> {
    const all = await Promise.all([...this.known].map(async ([alias, known]) => [alias, await known] as const));
    return Object.fromEntries(all.flatMap(([alias, known]) => (known
      ? [[alias, { effective: known.effective, submitted: known.submitted, pendingUntil: [...known.pending] }]]
      : [])));
  }

  public close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async get(alias: string): Promise<Known | undefined> {
    const loading = this.known.get(alias) ?? this.load(alias);
    this.known.set(alias, loading);
    const known = await loading.catch(() => undefined);
    if (known && Date.now() - known.seenAt < TRUST_MS) return known;
    if (known && await this.read(alias)) {
      known.seenAt = Date.now();
      return known;
    }
    this.known.delete(alias);
    return undefined;
  }

  /** Every submit passes through here, so an access point that is new to us has the routes it was made with. */
  private async load(alias: string): Promise<Known | undefined> {
    const routes = await this.read(alias);
    return routes && { effective: routes, submitted: routes, history: [{ at: 0, routes }], pending: new Set(), seenAt: Date.now(), submitting: false };
  }

  private async read(alias: string): Promise<Route[] | undefined> {
    const arn = encodeURIComponent(`arn:aws:s3::${this.emulator.account}:accesspoint/${alias}`).replace(/%2F/g, '/');
    const answer = await this.emulator.call({
      method: 'GET',
      path: `/v20180820/mrap/instances/${arn}/routes`,
      region: 'us-west-2',
      headers: { 'x-amz-account-id': this.emulator.account },
    });
    if (answer.status !== 200) return undefined;
    return readRoutes(answer.body.toString());
  }
}
