import { failover, type FailoverRequest } from '../../../../../runtime/core/operate/failover/failover';
import type { ActOutcome } from '../../../../../runtime/core/operate/act/outcome';
import type { OperateWorld } from '../../../../../runtime/core/operate/act/world';
import type { HistoryView } from '../../../../../runtime/core/operate/history/read';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { MemoryTeller } from '../../../support/acting';
import type { Script } from '../../../support/control-plane';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

export const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
export const WEST = 'us-west-2';

export interface Acted {
  readonly clock: VirtualClock;
  readonly world: FakeEstate;
  readonly teller: MemoryTeller;
  readonly outcome: ActOutcome;
  /** When the outcome was there. */
  readonly endedAt: number;
}

export interface ActOptions extends FakeEstateOptions {
  readonly request?: Partial<FailoverRequest>;
  readonly teller?: MemoryTeller;
  readonly prepare?: (world: FakeEstate) => void | Promise<void>;
  readonly changed?: (world: FakeEstate) => Partial<OperateWorld>;
}

/** us-east-1 is dead, and its operator goes to us-west-2, unless told otherwise. */
export async function act({ request, teller = new MemoryTeller(), prepare = (world) => world.kill('us-east-1'), changed, ...options }: ActOptions = {}): Promise<Acted> {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { propagationMs: 3_000, ...options });
  await prepare(world);
  const outcome = await clock.run(() => run(world.world(changed?.(world)), teller, request));
  return { clock, world, teller, outcome, endedAt: clock.now() };
}

export function run(world: OperateWorld, teller = new MemoryTeller(), request: Partial<FailoverRequest> = {}): Promise<ActOutcome> {
  return failover(world, teller, { to: WEST, force: false, asks: true, dryRun: false, proof: 'served', limits: { deadline: world.clock.now() + 300_000 }, ...request });
}

export function historyIn(world: FakeEstate): Promise<HistoryView> {
  return world.clock.run(() => historyOf(world.world()).read());
}

/** When it was first said that something happened, in seconds from the beginning. */
export function saidAt(teller: MemoryTeller, what: RegExp): number {
  const line = teller.said.find((one) => what.test(one));
  return line === undefined ? Infinity : parseFloat(line);
}

export const everywhere = (script: Script, but: { readonly [endpoint: string]: Script } = {}): { [endpoint: string]: Script } => ({ ...Object.fromEntries(FIVE.map((region) => [region, script])), ...but });
