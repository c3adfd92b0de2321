import { plan, runWorld } from '../../support/in-world';
import { standIn } from '../../support/stand-in';
import type { Core } from '../core';
import type { World } from '../world';

/** Nobody acts: clients and buckets alone. */
const NOBODY: Core = { ...standIn(), run: async () => undefined };

async function estate(changes: Parameters<typeof plan>[0], during?: (world: World) => void): Promise<World> {
  const { world } = await runWorld(plan({ objects: { lagMs: 4_000, fails: 0.002 }, ...changes }), NOBODY, during, []);
  return world;
}

describe('buckets', () => {
  test('pass on what was acknowledged, late and in no order, and some of it never', async () => {
    const world = await estate({ durationMs: 3_600_000 * 2 });
    const { writers, objects } = world.side!;
    const europe = writers.acknowledged.map(({ arrives }) => arrives[2]);
    expect(writers.acknowledged.every(({ at, arrives }) => arrives[0] === at && arrives[2] >= at)).toBe(true);
    expect(europe.some((at, i) => i > 0 && at < europe[i - 1])).toBe(true);
    const never = writers.acknowledged.filter(({ arrives }) => arrives[2] === Infinity);
    expect(never.length).toBeGreaterThan(0);
    expect(never.length).toBeLessThan(europe.length / 100);
    expect(never.every((version) => objects.stateIn('us-east-1', version) === 'FAILED')).toBe(true);
    expect(writers.missing('us-east-1')).toEqual([]);
    expect(writers.missing('eu-west-1').length).toBeGreaterThanOrEqual(never.length);
  });

  test.each([
    ['out of a dead Region', { kind: 'region dead', region: 'us-east-1' }],
    ['between two Regions that do not see each other', { kind: 'cut', from: 'us-east-1', to: 'eu-west-1', bothWays: false }],
  ] as const)('pass on nothing %s before it is over', async (_, what) => {
    const owed: number[] = [];
    const early = (world: World) => world.side!.writers.missing('eu-west-1', 100_000).length;
    await estate({ episodes: [{ at: 100_000, forMs: 300_000, ...what }], durationMs: 5_000_000 }, (world) => {
      for (const at of [100_001, 399_000, 4_000_000]) world.time.at(at, () => owed.push(early(world)));
    });
    expect(owed[0]).toBeGreaterThan(0);
    expect(owed[1]).toBe(owed[0]);
    expect(owed[2]).toBeLessThan(owed[0]);
  });

  test('name a write that another Region superseded before it arrived', async () => {
    const world = await estate({ durationMs: 1 });
    const { writers } = world.side!;
    for (let i = 0; i < 400; i++) writers.write('us-east-1');
    world.time.runUntil(1_002);
    for (let i = 0; i < 400; i++) writers.write('eu-west-1');
    const superseded = writers.superseded(['us-east-1', 'eu-west-1']);
    expect(superseded.length).toBeGreaterThan(5);
    expect(superseded.every(({ older, newer }) => older.region === 'us-east-1' && newer.region === 'eu-west-1' && older.key === newer.key)).toBe(true);
    expect(writers.superseded(['us-east-1', 'us-west-2'])).toEqual([]);
  });

  test('refuse by a fence at one place sooner than at another, until it lapses', async () => {
    const world = await estate({ durationMs: 1 });
    const side = world.side!;
    const fence = { Effect: 'Deny', Principal: '*', Action: ['s3:PutObject*', 's3:DeleteObject*'], NotResource: ['arn:aws:s3:::x/.s3-failover/*'], Condition: { DateLessThan: { 'aws:CurrentTime': new Date(side.wall() + 60_000).toISOString() } } };
    side.policy('us-east-1').put(JSON.stringify({ Version: '2012-10-17', Statement: [fence] }));
    const refusals = () => Array.from({ length: 200 }, () => side.denies('us-east-1', 's3:PutObject', 'key')).filter(Boolean).length;
    world.time.runUntil(world.time.now + 500);
    expect(refusals()).toBeGreaterThan(0);
    expect(refusals()).toBeLessThan(200);
    world.time.runUntil(world.time.now + 30_000);
    expect(refusals()).toBe(200);
    expect(side.denies('us-west-2', 's3:PutObject', 'key')).toBe(false);
    expect(side.denies('us-east-1', 's3:ReplicateObject', 'key')).toBe(false);
    world.time.runUntil(world.time.now + 30_000);
    expect(refusals()).toBe(0);
  });
});
