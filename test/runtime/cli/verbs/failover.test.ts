import type { RuleMetrics } from '../../../../runtime/core/lag/metrics';
import { historyOf } from '../../../../runtime/core/operate/history/store';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { record } from '../../core/operate/history/records';
import { EPOCH, FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { FakeInterrupt, shell } from '../support/shell';

const silent = { read: [{ silent: true }], submit: [{ silent: true }] };

/** us-east-1 is gone: its bucket and its control endpoint; us-west-2 was behind. */
function disaster(options: FakeEstateOptions = {}): FakeEstate {
  const world = new FakeEstate(new VirtualClock(), { propagationMs: 3_000, scripts: { 'us-east-1': silent }, ...options });
  const at = EPOCH - 90_000;
  const behind: RuleMetrics = { ruleId: 'r', latencySeconds: [{ at, value: 12 }], pendingOperations: [{ at, value: 310 }], pendingBytes: [{ at, value: 4_200_000 }], failedOperations: [] };
  world.published = (region, { direction }) => (region === 'us-west-2' && direction.source.region === 'us-east-1' ? [behind] : []);
  world.kill('us-east-1');
  return world;
}

const healthy = () => new FakeEstate(new VirtualClock(), { propagationMs: 3_000 });
const routesOf = (world: FakeEstate) => world.plane.active;

describe('output', () => {
  test('on a terminal', async () => {
    const { code, out, err, questions } = await shell(disaster(), ['failover', 'us-west-2', '--why', 'us-east-1 is down'], { terminal: true, answers: ['us-west-2'] });
    expectGolden('failover/terminal.txt', `${err}${questions.join('\n')}\n--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('through a pipe', async () => {
    const { code, out, err } = await shell(disaster(), 'failover us-west-2 --yes');
    expectGolden('failover/pipe.txt', `${err}--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('as JSON', async () => {
    const { code, out } = await shell(disaster(), 'failover us-west-2 --yes --json');
    expectGolden('failover/document.json', out);
    expect(code).toBe(0);
  });

  test('a dry run shows it all, and changes nothing', async () => {
    const world = disaster();
    const { code, out } = await shell(world, 'failover us-west-2 --dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^planned {3}nothing was done \(--dry-run\)/);
    expect(world.plane.submits).toEqual([]);
    expect(world.calls.filter(({ call }) => call === 'putText')).toEqual([]);
  });

  test('with --proof read-back it ends at once, and the exit code says that it was not served', async () => {
    const world = disaster();
    const { code, out } = await shell(world, 'failover us-west-2 --yes --proof read-back --json');
    expect(code).toBe(5);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'done', proof: 'read back elsewhere', exitCode: 5 });
    expect(world.calls.filter(({ call }) => call === 'write')).toEqual([]);
  });
});

describe('asking', () => {
  test.each(['', 'y', 'yes', 'us-west', 'eu-west-1'])("declines when '%s' is typed instead of the target", async (answer) => {
    const world = disaster();
    const { code, out } = await shell(world, 'failover us-west-2', { terminal: true, answers: [answer] });
    expect(code).toBe(4);
    expect(out).toBe('<s>declined</s>  nothing was done: declined\n');
    expect(world.plane.submits).toEqual([]);
    expect(world.calls.filter(({ call }) => call === 'putText')).toEqual([]);
  });

  test('fails when nobody can be asked and --yes is missing, before anything is asked of AWS', async () => {
    const world = disaster();
    expect((await shell(world, 'failover us-west-2')).code).toBe(2);
    expect(world.calls).toEqual([]);
  });

  test('fails when the Region is none of the access point, with those that are', async () => {
    const { code, err } = await shell(healthy(), 'failover eu-central-1 --yes');
    expect(code).toBe(2);
    expect(err).toMatch(/'region' must be one of the access point's Regions \(us-east-1, us-west-2, eu-west-1\), got 'eu-central-1'/);
  });
});

describe('leaving a Region that answers well', () => {
  test('says on a terminal that a switchover loses nothing, and goes on with the name typed', async () => {
    const world = healthy();
    const { code, err } = await shell(world, 'failover us-west-2', { terminal: true, answers: ['us-west-2'] });
    expect(err).toMatch(/<w>\? <\/w> {2}leaving us-east-1: its bucket answers well \(\d+ ms\): a switchover loses nothing; s3-failover switchover us-west-2/);
    expect(code).toBe(0);
    expect(routesOf(world)).toEqual(['us-west-2']);
  });

  test('fails when only --yes agreed, since that was said before it was known', async () => {
    const world = healthy();
    const { code, out } = await shell(world, 'failover us-west-2 --yes');
    expect(code).toBe(3);
    expectGolden('failover/refused.txt', out);
    expect(world.plane.submits).toEqual([]);
  });

  test('goes on with --yes and --force, and the record names what was overruled', async () => {
    const world = healthy();
    expect((await shell(world, 'failover us-west-2 --yes --force')).code).toBe(0);
    const { records } = await world.clock.run(() => historyOf(world.world()).read());
    expect(records[0].overruled).toEqual([expect.stringMatching(/^leaving us-east-1: its bucket answers well/)]);
  });
});

describe('a target that speaks against itself', () => {
  test('fails when it looks dead', async () => {
    const world = disaster();
    world.kill('us-west-2');
    const { code, out } = await shell(world, 'failover us-west-2 --yes');
    expect(code).toBe(3);
    expect(out).toMatch(/no {2}target us-west-2: it looks dead/);
    expect(world.plane.submits).toEqual([]);
  });

  test('fails when it is quarantined, with who left it', async () => {
    const world = disaster();
    await world.clock.run(() => historyOf(world.world()).end(record({ at: '2026-11-24T01:00:00.000Z', endedAt: '2026-11-24T01:00:30.000Z', quarantines: ['us-west-2'] })));
    const { code, out } = await shell(world, 'failover us-west-2 --yes');
    expect(code).toBe(3);
    expect(out).toMatch(/target us-west-2: it is quarantined since 2026-11-24T01:00:30.000Z \(failover by arn:aws:iam::111122223333:user\/operator\)/);
    expect((await shell(world, 'failover us-west-2 --yes --force', { seed: 2 })).code).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('before the submit changes nothing', async () => {
    const world = disaster();
    const interrupt = new FakeInterrupt();
    world.before = ({ call }) => (call === 'putText' ? interrupt.press() : undefined);
    const { code, out } = await shell(world, 'failover us-west-2 --yes', { interrupt });
    expect(code).toBe(1);
    expect(out).toMatch(/nothing was changed, it was given up/);
    expect(world.plane.submits).toEqual([]);
  });

  test('while it waits for writes to land leaves the routes as meant, and says how sure it is', async () => {
    const world = disaster();
    const interrupt = new FakeInterrupt();
    world.before = ({ call }) => (call === 'write' ? interrupt.press() : undefined);
    const { code, out } = await shell(world, 'failover us-west-2 --yes --json', { interrupt });
    expect(code).toBe(5);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'done', proof: 'read back elsewhere' });
    expect(routesOf(world)).toEqual(['us-west-2']);
    expect((await world.clock.run(() => historyOf(world.world()).read())).records).toMatchObject([{ phase: 'ended', outcome: 'done', quarantines: ['us-east-1'] }]);
  });
});

test('the history shows it', async () => {
  const world = disaster();
  await shell(world, ['failover', 'us-west-2', '--yes', '--why', 'us-east-1 is down']);
  expectGolden('history/after-failover.txt', (await shell(world, 'history')).out);
  expectGolden('history/long.txt', (await shell(world, 'history --long')).out);
  expectGolden('history/document.json', (await shell(world, 'history --json')).out);
});

test('two operators: the second is told who and what, and does not call it a success', async () => {
  const world = disaster();
  await shell(world, ['failover', 'us-west-2', '--yes', '--why', 'east is down', '--proof', 'read-back']);
  world.plane.move(routesWith(['us-east-1'], world.estate.members));
  let moved = false;
  world.before = ({ call }) => {
    if (call !== 'putText' || moved) return;
    moved = true;
    world.plane.move(routesWith(['us-west-2'], world.estate.members));
  };
  const { code, out } = await shell(world, 'failover eu-west-1 --yes', { seed: 2 });
  expect(code).toBe(3);
  expect(out.replace(/\n {10}/g, ' ')).toMatch(/live routes are not what the plan was made from.*by arn:aws:iam::111122223333:user\/operator, who began 'failover' to us-west-2 \d+ s ago, because: east is down/);
});
