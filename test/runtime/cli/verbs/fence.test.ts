import { fenceStatement } from '../../../../runtime/core/operate/fence/statement';
import { historyOf } from '../../../../runtime/core/operate/history/store';
import { record } from '../../core/operate/history/records';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

const OTHERS = '{"Version":"2012-10-17","Statement":[{"Sid":"Theirs", "Effect":"Deny","Principal":"*","Action":"s3:PutBucketAcl","Resource":"*"}]}';

function raise(world: FakeEstate, region: string, seconds: number, actId = 'theiract1'): void {
  const { name } = world.bucket(region);
  const statement = fenceStatement(world.wall, { actId, until: world.wall.now() + seconds * 1_000 }, { partition: 'aws', bucket: name });
  world.bucket(region).setPolicy(OTHERS.replace(']}', `,${statement}]}`));
}

const estate = () => new FakeEstate(new VirtualClock());
const begun = { phase: 'begun' as const, id: 'theiract1', verb: 'switchover' as const, from: ['us-east-1'], to: ['us-west-2'], at: '2026-11-24T02:59:30.000Z' };

describe('fence show', () => {
  async function mixed(): Promise<FakeEstate> {
    const world = estate();
    await world.clock.run(() => historyOf(world.world()).begin(record(begun)));
    raise(world, 'us-east-1', 150);
    raise(world, 'us-west-2', -600, 'longgone1');
    world.kill('eu-west-1', 'refused');
    return world;
  }

  test('shows each Region, until when, and whose', async () => {
    const { code, out } = await shell(await mixed(), 'fence show');
    expectGolden('fence/show.txt', out);
    expect(code).toBe(0);
  });

  test('as JSON', async () => {
    const { code, out } = await shell(await mixed(), 'fence show --json');
    expectGolden('fence/show.json', out);
    expect(code).toBe(0);
  });

  test('asks no Region more than it must, and changes nothing', async () => {
    const world = estate();
    expect((await shell(world, 'fence show')).out).toMatch(/us-east-1 {2}none/);
    expect(world.calls.filter(({ call }) => /^(put|remove)/.test(call))).toEqual([]);
  });

  test('fails when no Region can be seen', async () => {
    const world = estate();
    for (const region of world.buckets.keys()) world.bucket(region).denied.add('readPolicy');
    expect((await shell(world, 'fence show')).code).toBe(1);
  });
});

describe('fence lift', () => {
  test('takes a fence out that was left behind, leaves the rest of the policy, and writes it down', async () => {
    const world = estate();
    raise(world, 'us-east-1', 60);
    const { code, out, questions } = await shell(world, ['fence', 'lift', 'us-east-1', '--why', 'left behind'], { terminal: true, answers: ['y'] });
    expect([code, questions]).toEqual([0, ['Lift it? [y/N] ']]);
    expect(out).toBe('the fence in us-east-1 is lifted: clients may write there again, within moments\n');
    expect(world.bucket('us-east-1').policy).toBe(OTHERS);
    expect((await world.clock.run(() => historyOf(world.world()).read())).records).toMatchObject([{ verb: 'fence lift', why: 'left behind', outcome: 'done' }]);
  });

  test('waits for one that may still be in use, and lifts it when nobody extends it', async () => {
    const world = estate();
    raise(world, 'us-east-1', 175);
    const { code, err } = await shell(world, 'fence lift us-east-1 --yes');
    expect(code).toBe(0);
    expect(err).toMatch(/Waiting up to 7\d s to see whether it is still in use/);
  });

  test('fails when it is in use, and says by whom', async () => {
    const world = estate();
    await world.clock.run(() => historyOf(world.world()).begin(record(begun)));
    raise(world, 'us-east-1', 170);
    let reads = 0;
    world.before = ({ call }) => void (call === 'readPolicy' && ++reads === 4 && raise(world, 'us-east-1', 180));
    const { code, out } = await shell(world, 'fence lift us-east-1 --yes');
    expect(code).toBe(3);
    expect(out).toMatch(/^nothing was changed: the fence in us-east-1 is in use by 'switchover' to us-west-2 by .*user\/operator, begun at 2026-11-24T02:59:30.000Z; /);
    expect(world.bucket('us-east-1').policy).toContain('S3FailoverFencetheiract1');
  });

  test('lifts one in use when it is forced, without waiting', async () => {
    const world = estate();
    raise(world, 'us-east-1', 175);
    expect((await shell(world, 'fence lift us-east-1 --yes --force')).code).toBe(0);
    expect(world.clock.now()).toBeLessThan(10_000);
    expect(world.bucket('us-east-1').policy).toBe(OTHERS);
  });

  test.each([
    ['declined', { terminal: true, answers: [''] }, 'fence lift us-east-1', 4],
    ['a dry run', {}, 'fence lift us-east-1 --dry-run', 0],
  ])('%s changes nothing', async (_, options, line, expected) => {
    const world = estate();
    raise(world, 'us-east-1', 60);
    expect((await shell(world, line, options)).code).toBe(expected);
    expect(world.bucket('us-east-1').policy).toContain('S3FailoverFence');
    expect((await world.clock.run(() => historyOf(world.world()).read())).records).toEqual([]);
  });

  test('says so when no fence stands there', async () => {
    expect(await shell(estate(), 'fence lift us-east-1 --yes')).toMatchObject({ code: 0, out: 'no fence stands in us-east-1; nothing was changed\n' });
  });

  test('fails when the Region is no data Region', async () => {
    expect(await shell(estate(), 'fence lift eu-central-1 --yes')).toMatchObject({ code: 2, err: expect.stringMatching(/'region' must be one of the data Regions/) });
  });

  test('fails when the policy cannot be read', async () => {
    const world = estate();
    world.bucket('us-east-1').denied.add('readPolicy');
    expect(await shell(world, 'fence lift us-east-1 --yes')).toMatchObject({ code: 1, err: expect.stringMatching(/could not be seen/) });
  });

  test('fails when the policy cannot be written', async () => {
    const world = estate();
    raise(world, 'us-east-1', 60);
    world.bucket('us-east-1').denied.add('putPolicy');
    expect(await shell(world, 'fence lift us-east-1 --yes')).toMatchObject({ code: 1, err: expect.stringMatching(/the fence in us-east-1 could not be lifted/) });
  });
});
