import { historyOf } from '../../../../runtime/core/operate/history/store';
import type { FakeEstate } from '../../support/fake-estate';
import { fencesOf, filledEstate as estate } from '../support/filled-estate';
import { expectGolden } from '../support/golden';
import { FakeInterrupt, shell } from '../support/shell';

/** What the drill wrote itself; of a switch's own probes, copies may come after they were removed. */
const keysOf = (world: FakeEstate, mine = /\.s3-failover\/(drill|probe\/drill-)/) => world.estate.members.flatMap((region) => world.bucket(region).all.map(({ key }) => key)).filter((key) => mine.test(key));

describe('output', () => {
  test('on a terminal', async () => {
    const world = await estate();
    const { code, out, err, questions } = await shell(world, ['drill', 'us-west-2', '--why', 'quarterly'], { terminal: true, answers: ['y'] });
    expectGolden('drill/terminal.txt', `${err}${questions.join('\n')}\n--- standard output\n${out}`);
    expect([code, world.plane.active, keysOf(world)]).toEqual([0, ['us-east-1'], []]);
    const { records } = await world.clock.run(() => historyOf(world.world()).read());
    expect(records.map(({ verb, why, outcome, to }) => [verb, why, outcome, to])).toEqual(expect.arrayContaining([['switchover', 'quarterly', 'served', ['us-west-2']], ['switchover', 'quarterly', 'served', ['us-east-1']]]));
  });

  test('through a pipe', async () => {
    const { code, out, err } = await shell(await estate(), 'drill us-west-2 --yes');
    expectGolden('drill/pipe.txt', `${err}--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('as JSON', async () => {
    const { code, out } = await shell(await estate(), 'drill us-west-2 --yes --json --steady 5');
    const { timeline, ...rest } = JSON.parse(out);
    // Every request stands in the timeline: of each kind the first is enough.
    const first = Object.fromEntries(Object.entries(timeline as Record<string, unknown[]>).map(([name, entries]) => [name, entries.slice(0, 1)]));
    expectGolden('drill/document.json', `${JSON.stringify({ ...rest, timeline: first }, null, 2)}\n`);
    expect(code).toBe(0);
    expect(timeline.writes.length).toBe(rest.writes.attempted);
  });

  test('of a refusal', async () => {
    const world = await estate();
    world.bucket('us-east-1').store('old', 'x', false);
    const { code, out } = await shell(world, 'drill us-west-2 --yes');
    expectGolden('drill/refused.txt', out);
    expect([code, world.plane.submits, keysOf(world)]).toEqual([3, [], []]);
  });

  test('a dry run shows the plan, and changes nothing', async () => {
    const world = await estate();
    const { code, out, err } = await shell(world, 'drill us-west-2 --dry-run');
    expect(code).toBe(0);
    expect(err).toMatch(/switchover to us-west-2\nREGION +BEFORE +AFTER\n[^]*Writes are refused for up to about/);
    expect(out).toMatch(/^Drill planned\n[^]*would be changed from us-east-1 to us-west-2/);
    expect(world.calls.filter(({ call }) => /^(put|remove|write)/.test(call))).toEqual([]);
    expect(world.plane.submits).toEqual([]);
  });
});

test('without a Region it goes to the first that would take over', async () => {
  const world = await estate();
  const { code, out } = await shell(world, 'drill --yes --json --steady 5');
  expect([code, JSON.parse(out).target]).toEqual([0, world.estate.members.find((region) => region !== 'us-east-1')]);
});

test('declines when it is not agreed to, and leaves nothing of its traffic', async () => {
  const world = await estate();
  expect((await shell(world, 'drill us-west-2 --steady 5', { terminal: true, answers: ['n'] })).code).toBe(4);
  expect([world.plane.submits, keysOf(world)]).toEqual([[], []]);
});

test.each([
  ['a Region that is none of the access point', 'drill eu-central-1 --yes', /'region' must be one of the access point's Regions/],
  ['too short a time', 'drill us-west-2 --yes --steady 1', /'--steady' must be/],
  ['too long an outage', 'drill us-west-2 --yes --most-outage 7200', /'--most-outage' must be/],
  ['a level that is none', 'drill us-west-2 --yes --drain hope', /--drain/],
  ['nobody to ask', 'drill us-west-2', /asks before it acts, and nobody can be asked here/],
])('fails on %s', async (_, line, words) => {
  const world = await estate();
  const { code, err } = await shell(world, line);
  expect([code, err]).toEqual([2, expect.stringMatching(words)]);
  expect([world.plane.submits, keysOf(world)]).toEqual([[], []]);
});

test('fails without a Region where every Region is active', async () => {
  const { code, err } = await shell(await estate({ active: ['us-east-1', 'us-west-2', 'eu-west-1'] }), 'drill --yes');
  expect([code, err]).toEqual([2, expect.stringMatching(/'region' must be named, since every Region is active/)]);
});

describe('Ctrl-C', () => {
  const pressedWhen = async (when: (world: FakeEstate, call: { readonly call: string }) => boolean) => {
    const world = await estate();
    const interrupt = new FakeInterrupt();
    let pressed = false;
    world.before = (call) => {
      if (pressed || !when(world, call)) return;
      pressed = true;
      interrupt.press();
    };
    return { world, ...(await shell(world, 'drill us-west-2 --yes --json', { interrupt })) };
  };

  test('before the first switch leaves routes as they were, and nothing of its own', async () => {
    let writes = 0;
    const { code, out, world } = await pressedWhen((_, { call }) => call === 'write' && ++writes === 5);
    expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ outcome: 'surprised', surprise: 'the drill was interrupted', restored: true, leftovers: [] })]);
    expect([world.plane.submits, keysOf(world)]).toEqual([[], []]);
  });

  test('behind the fence lifts it, and leaves routes as they were', async () => {
    const { code, out, world } = await pressedWhen((estate, { call }) => call === 'listVersions' && fencesOf(estate, 'us-east-1').length > 0);
    expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ outcome: 'surprised', restored: true, leftovers: [] })]);
    expect([world.plane.submits, fencesOf(world, 'us-east-1'), keysOf(world, /\.s3-failover\/(drill|probe|fence-check)\//)]).toEqual([[], [], []]);
  });

  test('after the submit brings traffic back', async () => {
    const { code, out, world } = await pressedWhen((estate, { call }) => call === 'write' && estate.plane.submits.length > 0);
    expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ outcome: 'surprised', restored: true })]);
    expect(world.plane.active).toEqual(['us-east-1']);
    for (const region of world.estate.members) for (const { until } of fencesOf(world, region)) expect(until! - world.wall.now()).toBeLessThanOrEqual(180_000);
  });
});
