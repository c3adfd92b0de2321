import { routesWith } from '../../../../runtime/core/routes/routes';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { FakeInterrupt, shell } from '../support/shell';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

/** After 12 s us-east-1 dies, and after 20 s somebody moves traffic. */
function eventful(): FakeEstate {
  const world = new FakeEstate(new VirtualClock());
  void world.clock.sleep(12_000).then(() => world.kill('us-east-1', 'refused'));
  void world.clock.sleep(20_000).then(() => (world.plane.live = routesWith(['us-west-2'], REGIONS)));
  return world;
}

test('through a pipe: how things stand, and then a line for each change', async () => {
  const { code, out, err } = await shell(eventful(), 'watch --timeout 40');
  expectGolden('watch/pipe.txt', out);
  expect([code, err]).toEqual([0, '']);
});

test('as JSON: a document per line, for each change and for the end', async () => {
  const { out } = await shell(eventful(), 'watch --timeout 40 --json');
  const documents = out.trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(documents.map(({ schema, version, event, changes }) => [schema, version, event, changes?.length])).toEqual([
    ['cdk-s3-failover/watch', 1, 'changed', 23],
    ['cdk-s3-failover/watch', 1, 'changed', 2],
    ['cdk-s3-failover/watch', 1, 'changed', 3],
    ['cdk-s3-failover/watch', 1, 'ended', undefined],
  ]);
  expect(documents[2]).toMatchObject({ active: ['us-west-2'], changes: ['active: us-east-1 -> us-west-2', 'us-east-1 route: active -> passive', 'us-west-2 route: passive -> active'] });
});

test('on a terminal: drawn over the look before', async () => {
  const { out } = await shell(eventful(), 'watch --timeout 40', { terminal: true });
  const looks = out.split(/\u001b\[\d+A\r\u001b\[0J/);
  expect(looks).toHaveLength(8);
  // Each goes back over as many lines as the look before it has.
  const back = [...out.matchAll(/\u001b\[(\d+)A/g)].map((match) => Number(match[1]));
  expect(back).toEqual(looks.slice(0, -1).map((look) => look.split('\n').length - 1));
  expectGolden('watch/terminal.txt', looks.at(-1)!);
});

test('looks every so often, and no more often than told', async () => {
  const world = new FakeEstate(new VirtualClock());
  await shell(world, 'watch --every 10 --timeout 35');
  expect(world.calls.filter(({ call, region }) => call === 'probe' && region === 'us-west-2').map(({ at }) => Math.round(at / 10_000))).toEqual([0, 1, 2, 3]);
});

test('asks how far replication is behind once a minute', async () => {
  const world = new FakeEstate(new VirtualClock());
  await shell(world, 'watch --every 10 --timeout 130');
  const asked = new Set(world.calls.filter(({ call }) => call === 'metrics').map(({ at }) => Math.floor(at / 1_000)));
  expect(asked).toEqual(new Set([0, 60, 120]));
});

test('asks for other directions once traffic has moved', async () => {
  const { out } = await shell(eventful(), 'watch --timeout 30 --json');
  const documents = out.trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(documents[2].directions[0].from).toBe('us-east-1');
  const world = eventful();
  await shell(world, 'watch --timeout 30');
  expect(new Set(world.calls.filter(({ call }) => call === 'metrics').map(({ at }) => Math.floor(at / 1_000)))).toEqual(new Set([0, 25]));
});

test('has no end of its own, and Ctrl-C is one', async () => {
  const interrupt = new FakeInterrupt();
  const world = new FakeEstate(new VirtualClock());
  void world.clock.sleep(100_000).then(() => interrupt.press());
  const { code, err } = await shell(world, 'watch', { interrupt });
  expect([code, Math.round(world.clock.now() / 1_000)]).toEqual([0, 100]);
  expect(err).toBe('Interrupted: coming to an orderly end ...\n');
});

test('fails when it should look more often than is sensible', async () => {
  expect(await shell(new FakeEstate(new VirtualClock()), 'watch --every 1')).toMatchObject({ code: 2, err: expect.stringContaining("'--every' must be 2 to 3600 seconds, got '1'") });
});
