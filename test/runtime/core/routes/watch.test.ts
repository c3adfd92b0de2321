import { parseAccessPointArn } from '../../../../runtime/core/routes/access-point';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { watchRoutes } from '../../../../runtime/core/routes/watch';
import { ControlPlane, type Script } from '../../support/control-plane';
import { MemoryLog } from '../../support/log';
import { seeded } from '../../support/random';
import { ARN, REGIONS } from '../../support/routes-event';
import { VirtualClock } from '../../support/virtual-clock';

const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const east = routesWith(['us-east-1'], REGIONS);
const west = routesWith(['us-west-2'], REGIONS);
const all = routesWith(REGIONS, REGIONS);
const europe = routesWith(['eu-west-1'], REGIONS);

async function watch(scripts: { [endpoint: string]: Script } = {}, meanwhile: (plane: ControlPlane, clock: VirtualClock) => unknown = () => undefined) {
  const clock = new VirtualClock();
  const plane = new ControlPlane(clock, east, scripts);
  const result = await clock.run(() => {
    void meanwhile(plane, clock);
    return watchRoutes({ clock, random: seeded(1), log: new MemoryLog(), endpoints: plane.endpoints }, parseAccessPointArn(ARN)!, { expected: east, awaited: [all, west] }, { deadline: 60_000 });
  });
  expect(plane.submits).toEqual([]);
  return { clock, result };
}

test('quiet when nothing changes', async () => {
  const { result, clock } = await watch();
  expect(result).toMatchObject({ kind: 'quiet', sentence: expect.stringMatching(/the routes stayed active us-east-1/) });
  expect(clock.now()).toBe(60_000);
});

test('a submit without a last word that lands late is noticed within seconds', async () => {
  const { result, clock } = await watch({}, (plane, time) => time.sleep(30_000).then(() => plane.move(west)));
  expect(result).toMatchObject({ kind: 'landed late', routes: west });
  expect(clock.now()).toBeLessThan(37_000);
});

test('a late landing shows at one endpoint first', async () => {
  const { result } = await watch({ 'eu-west-1': { read: [{}, { tells: west }] } });
  expect(result).toMatchObject({ kind: 'landed late', sentence: expect.stringContaining('as read at eu-west-1') });
});

test("somebody else's change is told apart", async () => {
  const { result } = await watch({}, (plane, time) => time.sleep(10_000).then(() => plane.move(europe)));
  expect(result).toMatchObject({ kind: 'moved', routes: europe });
});

test('says that it was blind when nobody answered', async () => {
  const { result } = await watch(Object.fromEntries(FIVE.map((region) => [region, { read: [{ silent: true }] }])));
  expect(result).toMatchObject({ kind: 'blind', sentence: expect.stringContaining('us-east-1: timed out') });
});
