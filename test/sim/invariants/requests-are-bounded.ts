import { RUN_MS } from '../world/schedules';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Per tick: the register, the reports, one report of its own, and one more of each for a second try. */
const TABLE_CALLS_PER_TICK = 8;
/** One act tries each endpoint a few times. */
const SUBMITS_PER_EPOCH = 12;

/** What runs cost has a bound that does not depend on what goes wrong. */
export class RequestsAreBounded implements Invariant {
  readonly name = 'requests are bounded';
  readonly judges = ['end'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'end') return;
    this.occurrences++;
    const { counts, plan } = world;
    const ticks = counts.runs * (RUN_MS / plan.settings.intervalMs + 2);
    const epochs = (world.register?.epoch ?? 0) + 1;
    const over = (what: string, got: number, most: number) => {
      if (got > most) world.violate(this.name, `${counts.runs} runs made ${got} ${what}, more than ${Math.round(most)}`);
    };
    over('probes', counts.probes, ticks * plan.data.length * 2);
    over('table calls', counts.tableCalls, ticks * TABLE_CALLS_PER_TICK + epochs * 50);
    over('submits', counts.submitsOfController, epochs * SUBMITS_PER_EPOCH);
  }
}
