import type { ActOutcome } from '../../../runtime/core/operate/act/outcome';
import type { Plan } from '../../../runtime/core/operate/act/plan';
import type { Teller } from '../../../runtime/core/operate/act/world';
import { drill, type DrillDeps, type DrillRequest, type SwitchTo } from '../../../runtime/core/operate/drill/drill';
import { activeRegions, routesWith } from '../../../runtime/core/routes/routes';
import { FakeEstate, type FakeEstateOptions } from './fake-estate';
import { VirtualClock } from './virtual-clock';

/** A fence without an expiry, for tests that lift it themselves. */
export const DENY = { Sid: 'Fence', Effect: 'Deny', Principal: '*', Action: ['s3:PutObject'], NotResource: ['arn:aws:s3:::*/.s3-failover/probe/*'] };

/** A drill from us-east-1 to us-west-2 on the virtual clock. */
export class DrillRun {
  readonly clock = new VirtualClock();
  readonly world: FakeEstate;
  readonly said: string[] = [];
  readonly asked: Plan[] = [];
  answer: 'yes' | 'no' = 'yes';
  readonly ordered: string[] = [];
  /** What becomes of the n-th switch; by default it is made and served. */
  outcomes: ((target: string) => Partial<ActOutcome> | undefined)[] = [];

  constructor(options: FakeEstateOptions = {}) {
    this.world = new FakeEstate(this.clock, { lagMs: 500, ...options });
  }

  teller: Teller = {
    step: (name) => void this.said.push(name),
    progress: () => undefined,
    say: (line) => void this.said.push(line),
    confirm: async (plan) => {
      this.asked.push(plan);
      return this.answer;
    },
  };

  /** A planned switch as the engine makes it: fence, routes, proof, lift. */
  switchTo: SwitchTo = async (target, teller, { signal }) => {
    this.ordered.push(target);
    const before = this.world.plane.live;
    const after = routesWith([target], this.world.estate.members);
    const plan: Plan = { verb: 'switchover', before, after, leaves: activeRegions(before), targets: [target], checks: [], promises: [], expectedOutageSeconds: 4 };
    const ended = (part: Partial<ActOutcome>): ActOutcome => ({ kind: 'served', sentence: `served by ${target}`, proof: 'served', next: [], nothingLost: true, ...part });
    if ((await teller.confirm(plan)) === 'no') return ended({ kind: 'declined', sentence: 'declined' });
    const special = this.outcomes.shift()?.(target);
    if (special) return ended(special);
    teller.step('Raise the fence');
    const [left] = plan.leaves;
    const old = this.world.bucket(left);
    old.setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [DENY] }));
    await this.clock.sleep(3_000, signal);
    if (signal?.aborted) {
      old.setPolicy(undefined);
      return ended({ kind: 'refused', sentence: 'interrupted before anything was sent; the fence is lifted' });
    }
    this.world.plane.move(after);
    await this.clock.sleep(5_000);
    old.setPolicy(undefined);
    return ended({});
  };

  run(request: Partial<DrillRequest> = {}, deps: Partial<DrillDeps> = {}) {
    return this.clock.run(() =>
      drill(
        this.world.world(),
        { client: this.world.client(), switchTo: this.switchTo, ...deps },
        { target: 'us-west-2', runId: 'r1', steadyMs: 10_000, mostOutageMs: 60_000, deadline: 600_000, ...request },
        this.teller,
      ),
    );
  }
}
