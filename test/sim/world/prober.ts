import type { ProbeResult, Prober } from '../../../runtime/core/controller/ports';
import type { Process } from './process';
import type { World } from './world';

/** What an observer that cannot be trusted says instead of what it saw. */
export type Lie = 'all down' | 'all well' | 'the opposite' | 'anything' | 'active down' | 'nonsense';

/** Nothing answers for longer than any prober waits. */
const MOST_MS = 30_000;

/** What one observer sees of the Regions: the truth, through its own network, credentials and sanity. */
export class SimProber implements Prober {
  constructor(
    private readonly world: World,
    private readonly process: Process,
    /** Role and Region: a lie or blindness outlives one run. */
    private readonly observer: string,
  ) {}

  probe(region: string, signal: AbortSignal): Promise<ProbeResult> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve({ kind: 'down', reason: 'given up' });
      const hitch = this.process.hitch('probe');
      if (hitch) this.process.leave(hitch, () => this.send(region, signal, resolve));
      else this.send(region, signal, resolve);
    });
  }

  private send(region: string, signal: AbortSignal, resolve: (result: ProbeResult) => void): void {
    const { world, process } = this;
    world.counts.probes++;
    const seen = this.seen(region);
    const lie = world.lies.get(this.observer);
    const result = lie === undefined ? seen : this.told(lie, region, seen);
    const ms = result === 'silence' ? MOST_MS : 'ms' in result ? result.ms : 40;
    const told: ProbeResult = result === 'silence' ? { kind: 'down', reason: 'no answer' } : result;
    // Nobody gives up sooner than this.
    if (ms <= 300) return void process.deliver(world.time.now + ms, () => resolve(told));
    const timer = process.deliver(world.time.now + ms, () => {
      signal.removeEventListener('abort', abort);
      resolve(told);
    });
    const abort = () => {
      timer.cancel();
      resolve({ kind: 'down', reason: 'no answer in time' });
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  private seen(name: string): ProbeResult | 'silence' {
    const { world } = this;
    const blind = world.blind.get(this.observer);
    if (blind !== undefined) return { kind: 'blind', reason: blind };
    const region = world.region(name);
    if (!world.network.both(this.process.region, name)) return 'silence';
    if (world.noise.chance(world.noiseOf(name, this.observer))) return world.noise.chance(0.5) ? 'silence' : { kind: 'down', reason: '500 InternalError' };
    switch (region.storage) {
      case 'well':
        return { kind: 'ok', ms: 20 + 60 * world.noise.next() };
      case 'slow':
        return { kind: 'slow', ms: world.slowMs() };
      case 'throttling':
        return { kind: 'throttled' };
      case 'forbidden':
        return { kind: 'misconfigured', reason: '403 AccessDenied' };
      case 'keyless':
        return { kind: 'misconfigured', reason: '400 KMS.DisabledException' };
      case 'keys failing':
        return { kind: 'down', reason: '500 KMS.InternalFailureException' };
      case 'failing':
        return { kind: 'down', reason: '503 ServiceUnavailable' };
      case 'refusing':
        return { kind: 'down', reason: 'ECONNREFUSED' };
      case 'silent':
        return 'silence';
    }
  }

  private told(lie: Lie, region: string, seen: ProbeResult | 'silence'): ProbeResult | 'silence' {
    if (lie === 'nonsense') return seen;
    const well: ProbeResult = { kind: 'ok', ms: 30 };
    const down: ProbeResult = { kind: 'down', reason: 'so it says' };
    const { world } = this;
    world.counts.lies++;
    switch (lie) {
      case 'all down':
        return down;
      case 'all well':
        return well;
      case 'the opposite':
        return seen === 'silence' || seen.kind === 'down' ? well : down;
      case 'anything':
        return world.noise.pick<ProbeResult | 'silence'>([well, down, 'silence', { kind: 'throttled' }, { kind: 'misconfigured', reason: 'so it says' }]);
      case 'active down':
        return world.plane.active.includes(region) ? down : well;
    }
  }
}
