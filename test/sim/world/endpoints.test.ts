import { activeRegions, routesWith } from '../../../runtime/core/routes/routes';
import type { Episode } from '../faults/episode';
import { NO_RATES, type RateName } from '../faults/rates';
import { NEVER, plan, runWorld, scripted } from '../support/in-world';
import type { Env } from './core';
import type { Control } from './regions';

const DATA = ['us-east-1', 'us-west-2', 'eu-west-1'];
const TO_EUROPE = routesWith(['eu-west-1'], DATA);

async function answers(script: (env: Env) => Promise<string[]>, episodes: Episode[], rate?: RateName) {
  let seen: string[] = [];
  const { world, rows } = await runWorld(
    plan({ episodes, rates: rate ? { ...NO_RATES, [rate]: 1 } : NO_RATES, durationMs: 1_200_000 }),
    scripted(async (env) => void (seen = await script(env))),
    undefined,
    [],
  );
  return { seen, world, rows };
}

const at = (env: Env, region: string) => env.endpoints.find((endpoint) => endpoint.region === region)!;
const read = async (env: Env, region: string) => {
  const answer = await at(env, region).read(env.accessPoint, NEVER());
  return answer.ok ? activeRegions(answer.value).join('+') : answer.failure.kind;
};
const submit = async (env: Env, region: string) => {
  const answer = await at(env, region).submit(env.accessPoint, TO_EUROPE, NEVER());
  return answer.ok ? 'accepted' : answer.failure.kind;
};

describe('a control endpoint', () => {
  test.each<[Control, string]>([
    ['well', 'us-east-1'],
    ['refusing', 'unreachable'],
    ['silent', 'timed out'],
    ['failing', 'server error'],
    ['slow', 'us-east-1'],
    ['garbage', 'garbage'],
    ['throttling', 'slow down'],
    ['forbidden', 'forbidden'],
  ])('that is %s answers a read with %s', async (state, answer) => {
    const { seen } = await answers(async (env) => [await read(env, 'us-west-2')], [{ at: 0, forMs: 1e9, kind: 'endpoint', region: 'us-west-2', state }]);
    expect(seen).toEqual([answer]);
  });

  test('that is stale tells what was, and the others what is', async () => {
    const { seen } = await answers(
      async (env) => {
        await submit(env, 'eu-west-1');
        return [await read(env, 'us-west-2'), await read(env, 'eu-west-1')];
      },
      [{ at: 0, forMs: 1e9, kind: 'endpoint', region: 'us-west-2', state: 'stale' }],
    );
    expect(seen).toEqual(['us-east-1', 'eu-west-1']);
  });

  test.each<[RateName, string, number]>([
    ['submit applied, answer lost', 'timed out', 1],
    ['submit applied, answered 500', 'server error', 1],
    ['submit applied late', 'timed out', 1],
    ['submit applied twice', 'timed out', 2],
    ['submit conflicts', 'conflict', 0],
    ['submit slowed down', 'slow down', 0],
    ['submit failed', 'server error', 0],
  ])('where %s: the caller sees %s, and it takes effect %d times', async (rate, answer, times) => {
    const { seen, rows, world } = await answers(async (env) => [await submit(env, 'us-west-2')], [], rate);
    expect(seen).toEqual([answer]);
    expect(rows.filter((row) => row.includes('takes effect'))).toHaveLength(times > 0 ? 1 : 0);
    expect(world.plane.active).toEqual([times > 0 ? 'eu-west-1' : 'us-east-1']);
    expect([...world.faults.keys()].some((name) => name.startsWith(rate))).toBe(true);
  });

  test('may apply a submit minutes after its caller gave up', async () => {
    const { world } = await answers(async (env) => [await submit(env, 'us-west-2')], [], 'submit applied late');
    const late = world.plane.changedAt - world.submits[0].leftAt;
    expect(late).toBeGreaterThan(400);
    expect(late).toBeLessThan(600_500);
  });

  test('that a caller cannot hear has done what it was asked', async () => {
    const { seen, world } = await answers(async (env) => [await submit(env, 'us-west-2')], [{ at: 0, forMs: 1e9, kind: 'cut', from: 'us-west-2', to: 'us-east-1', bothWays: false }]);
    expect(seen).toEqual(['timed out']);
    expect(world.plane.active).toEqual(['eu-west-1']);
  });

  test('that cannot hear a caller does nothing', async () => {
    const { seen, world } = await answers(async (env) => [await submit(env, 'us-west-2')], [{ at: 0, forMs: 1e9, kind: 'cut', from: 'us-east-1', to: 'us-west-2', bothWays: false }]);
    expect(seen).toEqual(['timed out']);
    expect(world.plane.active).toEqual(['us-east-1']);
  });

  test('is obeyed by each edge in its own time, within two minutes', async () => {
    const seen: (readonly string[])[] = [];
    await runWorld(
      plan({}),
      scripted(async (env) => void (await submit(env, 'us-west-2'))),
      (world) => {
        for (let moment = 0; moment <= 150_000; moment += 1_000) world.time.at(moment, () => seen.push(world.layout.edges.map((_, i) => world.plane.seenFrom(i).join())));
      },
      [],
    );
    expect(seen[0]).toEqual(['us-east-1', 'us-east-1', 'us-east-1']);
    expect(seen.some((edges) => new Set(edges).size === 2)).toBe(true);
    expect(seen.at(-1)).toEqual(['eu-west-1', 'eu-west-1', 'eu-west-1']);
  });
});
