import { failover, type FailoverRequest } from '../../../../../runtime/core/operate/failover/failover';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { MemoryTeller } from '../../../support/acting';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

async function act(options: FakeEstateOptions = {}, request: Partial<FailoverRequest> = {}, prepare: (world: FakeEstate) => void | Promise<void> = (world) => world.kill('us-east-1')) {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { propagationMs: 3_000, ...options });
  await prepare(world);
  const teller = new MemoryTeller();
  const outcome = await clock.run(() => failover(world.world(), teller, { to: 'us-west-2', force: false, asks: true, dryRun: false, proof: 'served', limits: { deadline: 300_000 }, ...request }));
  const history = await clock.run(() => historyOf(world.world()).read());
  return { clock, world, teller, outcome, history };
}

test('a failover', async () => {
  const { outcome, history } = await act();
  expect(outcome.kind).toBe('served');
  expect(quarantined(history.records).map(({ region }) => region)).toEqual(['us-east-1']);
});
