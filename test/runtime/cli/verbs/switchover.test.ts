import { historyOf } from '../../../../runtime/core/operate/history/store';
import { fencesOf, filledEstate as estate } from '../support/filled-estate';
import { expectGolden } from '../support/golden';
import { FakeInterrupt, shell } from '../support/shell';

describe('output', () => {
  test('on a terminal', async () => {
    const { code, out, err, questions } = await shell(await estate(), ['switchover', 'us-west-2', '--why', 'patching'], { terminal: true, answers: ['y'] });
    expectGolden('switchover/terminal.txt', `${err}${questions.join('\n')}\n--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('through a pipe', async () => {
    const { code, out, err } = await shell(await estate(), 'switchover us-west-2 --yes');
    expectGolden('switchover/pipe.txt', `${err}--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('as JSON', async () => {
    const { code, out } = await shell(await estate(), 'switchover us-west-2 --yes --json');
    expectGolden('switchover/document.json', out);
    expect(code).toBe(0);
  });

  test('without a fence', async () => {
    const { code, out, err } = await shell(await estate(), 'switchover us-west-2 --yes --no-fence');
    expectGolden('switchover/no-fence.txt', `${err}--- standard output\n${out}`);
    expect(code).toBe(0);
  });

  test('of a refusal', async () => {
    const world = await estate();
    world.bucket('us-east-1').store('old', 'x', false);
    const { code, out } = await shell(world, 'switchover us-west-2 --yes');
    expectGolden('switchover/refused.txt', out);
    expect(code).toBe(3);
    expect(world.plane.active).toEqual(['us-east-1']);
  });

  test('a dry run shows it all, and changes nothing', async () => {
    const world = await estate();
    const { code, out } = await shell(world, 'switchover us-west-2 --dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^planned {3}nothing was done \(--dry-run\): routes would be changed from us-east-1 to us-west-2\n$/);
    expect(world.calls.filter(({ call }) => /^(put|remove)/.test(call))).toEqual([]);
    expect(world.plane.submits).toEqual([]);
  });
});

test('a refusal behind the fence says why, and that the fence is lifted, whatever was forced before', async () => {
  const world = await estate({ lagMs: 900_000 });
  await world.write('late');
  const { code, out } = await shell(world, 'switchover us-west-2 --yes --force --wait 30s');
  expect(code).toBe(3);
  expect(out).toMatch(/^refused {3}4 versions of us-east-1 had not come to us-west-2 \('a', 'b', 'c' and 1 more\), and it was\s+waited for 30 s/);
  expect(out).toMatch(/the fence in us-east-1 is lifted/);
  expect(fencesOf(world, 'us-east-1')).toEqual([]);
});

test('a Region that does not answer is a case for failover', async () => {
  const world = await estate();
  world.kill('us-east-1');
  const { code, out } = await shell(world, 'switchover us-west-2 --yes');
  expect(code).toBe(3);
  expect(out).toMatch(/next {6}s3-failover failover us-west-2\n/);
});

test.each([
  ['a Region that is none of the access point', 'switchover eu-central-1 --yes', /'region' must be one of the access point's Regions/],
  ['a time to wait that is none', 'switchover us-west-2 --yes --wait soon', /'--wait' must be a duration such as 30min, 2h or 1d/],
  ['a level that is none', 'switchover us-west-2 --yes --drain hope', /--drain/],
  ['nobody to ask', 'switchover us-west-2', /asks before it acts, and nobody can be asked here/],
])('fails on %s', async (_, line, words) => {
  const world = await estate();
  const { code, err } = await shell(world, line);
  expect([code, words.test(err)]).toEqual([2, true]);
  expect(world.plane.submits).toEqual([]);
});

describe('Ctrl-C', () => {
  test('before the submit lifts the fence on the way out, and says so', async () => {
    const world = await estate();
    const interrupt = new FakeInterrupt();
    let versions = 0;
    world.before = ({ call }) => (call === 'listVersions' && ++versions === 3 ? interrupt.press() : undefined);
    const { code, out } = await shell(world, 'switchover us-west-2 --yes', { interrupt });
    expect(code).toBe(1);
    expect(out).toBe('failed    it was interrupted\n          routes are as they were\n          the fence in us-east-1 is lifted\n');
    expect([world.plane.active, fencesOf(world, 'us-east-1')]).toEqual([['us-east-1'], []]);
  });

  test('after the submit leaves the fence to lapse, and ends with what to type', async () => {
    const world = await estate();
    const interrupt = new FakeInterrupt();
    world.before = ({ call }) => (call === 'write' && world.plane.submits.length > 0 ? interrupt.press() : undefined);
    const { code, out } = await shell(world, 'switchover us-west-2 --yes', { interrupt });
    expect(code).toBe(5);
    const [{ until }] = fencesOf(world, 'us-east-1');
    expect(out).toContain(`the fence in us-east-1 is still up and lapses by itself at ${world.wall.iso(until!).replace('.000', '')}`);
    expect(out).toMatch(/next {6}s3-failover switchover us-west-2\nnext {6}s3-failover fence lift us-east-1\n$/);
    expect((await world.clock.run(() => historyOf(world.world()).read())).records).toMatchObject([{ phase: 'ended', outcome: 'done', verb: 'switchover' }]);
  });
});
