import type { Fate } from '../world/endpoints';
import type { CallKind, Hitch, Hitches, Process } from '../world/process';
import type { Seeds, Stream } from '../world/random';
import type { TableFate } from '../world/table';
import type { Phase } from '../world/phase';
import type { Plan } from './plan';
import type { RateName, Rates } from './rates';

const AIMED: { readonly [K in CallKind]?: RateName } = {
  'submit routes': 'frozen or killed at a submit',
  'put item': 'frozen or killed at a write',
  'get item': 'frozen or killed at a look',
};

/** So that something still gets through. */
const MOST_AT_WORST = 0.4;

/** What befalls single calls, each kind from a stream of its own. Told of each fault, so that it is counted. */
export class Chance implements Hitches {
  private readonly hitch: Stream;
  private readonly submits: Stream;
  private readonly table: Stream;
  private readonly runs: Stream;
  private readonly worst: Rates | undefined;

  constructor(
    seeds: Seeds,
    private readonly plan: Pick<Plan, 'rates' | 'worse'>,
    private readonly quiet: () => boolean,
    private readonly phase: () => Phase,
    private readonly happened: (fault: RateName, who: string) => void,
  ) {
    this.hitch = seeds.of('calls.hitch');
    this.submits = seeds.of('calls.submit');
    this.table = seeds.of('calls.table');
    this.runs = seeds.of('runs');
    const { rates, worse } = plan;
    this.worst = worse && (Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Math.min(MOST_AT_WORST, rate * worse.times)])) as Rates);
  }

  private get rates(): Rates {
    return this.worst && this.phase() === this.plan.worse!.phase ? this.worst : this.plan.rates;
  }

  draw(process: Process, call: CallKind): Hitch | undefined {
    const { rates, hitch } = this;
    if (this.quiet()) return undefined;
    const draw = hitch.next();
    const aimed = AIMED[call];
    const extra = aimed ? rates[aimed] : 0;
    const killed = rates['process killed'];
    if (draw >= killed + rates['process frozen'] + extra) return undefined;
    this.happened(draw < killed ? 'process killed' : draw < killed + rates['process frozen'] ? 'process frozen' : aimed!, process.name);
    const kills = draw < killed || (draw >= killed + rates['process frozen'] && hitch.chance(0.4));
    if (kills) return { kind: hitch.chance(0.5) ? 'killed before' : 'killed after' };
    const clockStops = hitch.chance(rates['clock stops while frozen']);
    if (clockStops) this.happened('clock stops while frozen', process.name);
    return { kind: hitch.chance(0.5) ? 'frozen before' : 'frozen after', forMs: hitch.heavy(8_000, 10 * 60_000), clockStops };
  }

  fate(): Fate {
    const { submits, rates } = this;
    if (this.quiet()) return { kind: 'applied' };
    const one = (name: RateName) => submits.chance(rates[name]) && (this.happened(name, ''), true);
    if (one('submit applied late')) return { kind: 'applied late', afterMs: submits.chance(0.5) ? submits.between(500, 60_000) : submits.between(60_000, 600_000) };
    if (one('submit applied twice')) return { kind: 'applied twice', afterMs: submits.between(500, 120_000) };
    if (one('submit applied, answer lost')) return { kind: 'applied, answer lost' };
    if (one('submit applied, answered 500')) return { kind: 'applied, answered 500' };
    if (one('submit conflicts')) return { kind: 'conflict' };
    if (one('submit slowed down')) return { kind: 'slow down' };
    if (one('submit failed')) return { kind: 'failed' };
    return { kind: 'applied' };
  }

  tableFate(call: CallKind): TableFate {
    const { table, rates } = this;
    if (this.quiet()) return 'served';
    const one = (name: RateName) => rates[name] > 0 && table.chance(rates[name]) && (this.happened(name, ''), true);
    if (one('table throttles')) return 'throttled';
    if (call !== 'put item') return 'served';
    if (one('table write made, answer lost')) return 'made, answer lost';
    if (one('table replicas conflict')) return 'conflict of replicas';
    return 'served';
  }

  /** When the runs of one minute start, in milliseconds after their time. */
  starts(): readonly number[] {
    const { runs, rates } = this;
    if (this.quiet()) return [0];
    const one = (name: RateName) => runs.chance(rates[name]) && (this.happened(name, ''), true);
    if (one('run skipped')) return [];
    const delay = one('run late') ? runs.between(1_000, 60_000) : runs.between(0, 500);
    return one('run doubled') ? [delay, delay + runs.between(0, 2_000)] : [delay];
  }
}
