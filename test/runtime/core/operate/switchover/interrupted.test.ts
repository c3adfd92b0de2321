import { FENCE_TIMES } from '../../../../../runtime/core/operate/fence/times';
import { switchOver } from '../../../../../runtime/core/operate/switchover/switchover';
import type { SwitchoverOutcome } from '../../../../../runtime/core/operate/switchover/world';
import { EAST, IRELAND, Process, Scene, WEST } from './support';

/** Changes something, so that each is tried; of those that only look, some are. */
const CHANGES = / (putPolicy|removePolicy|submit|claim|brake|settle|write|removeVersion)$/;
const SHARE = 13;

/** The calls of an undisturbed run. */
async function callsOf(options: ConstructorParameters<typeof Scene>[0] = {}): Promise<number[]> {
  const scene = new Scene(options);
  const whole = new Process(scene.world());
  expect(await scene.run({}, whole.world)).toMatchObject({ kind: 'served', nothingLost: true });
  return whole.trace.flatMap((name, index) => (CHANGES.test(name) || index % SHARE === 0 ? [index + 1] : []));
}

/** A bucket's policy holds no fence that refuses anything, after the longest time that one may last. */
async function expectNoFenceOutlives(scene: Scene): Promise<void> {
  await scene.clock.pass(FENCE_TIMES.lifetimeMs + 5_000);
  for (const region of [EAST, WEST, IRELAND]) await scene.estate.bucket(region).clientPut('after', 'x');
}

/** The same command again ends it. */
async function expectRerunEnds(scene: Scene): Promise<void> {
  const again = await scene.run();
  expect(again).toMatchObject({ kind: 'served', proof: 'served' });
  expect(scene.active).toEqual([WEST]);
  for (const region of [EAST, WEST, IRELAND]) expect(scene.fences(region)).toEqual([]);
  if (again.nothingLost) expect(scene.client.missingIn(WEST)).toEqual([]);
}

test('wherever the process is killed, routes are as they were or as meant, the fence lapses, and the same command ends it', async () => {
  for (const call of await callsOf()) {
    for (const patience of [1_000, 200_000]) {
      const scene = new Scene();
      const killed = new Process(scene.world(), (at) => void (at === call && killed.kill()));
      void scene.client.run();
      await scene.clock.pass(3_000);
      void switchOver(killed.world, scene.teller, scene.request());
      await scene.clock.run(() => killed.dead);
      await scene.clock.pass(patience);
      expect([[EAST], [WEST]]).toContainEqual(scene.active);
      if (patience > 1_000) await expectNoFenceOutlives(scene);
      await expectRerunEnds(scene);
    }
  }
}, 120_000);

function expectHonest(scene: Scene, outcome: SwitchoverOutcome): void {
  const moved = scene.active[0] === WEST;
  expect(scene.active).toHaveLength(1);
  if (!moved) {
    expect(['failed', 'refused', 'unknown']).toContain(outcome.kind);
    // A submit that may yet land finds the fence for as long as it lasts.
    if (outcome.kind !== 'unknown') expect(scene.fences(EAST)).toEqual([]);
  }
  if (outcome.kind === 'unknown') expect(outcome.next[0]).toMatch(/^(aws s3control get-multi-region-access-point-routes|s3-failover routes show)/);
  if (outcome.nothingLost) expect(scene.client.missingIn(WEST)).toEqual([]);
  const [fence] = outcome.fences;
  if (scene.fences(EAST).length > 0) {
    expect(fence).toMatchObject({ state: 'lapses', lapses: expect.any(String) });
    expect(outcome.next).toContain('s3-failover fence lift us-east-1');
    expect(outcome.sentence).toContain(`lapses by itself at ${fence.lapses}`);
    // Long enough for the routes to spread, whatever happens now.
    expect(scene.estate.wall.parse(fence.lapses!)! - scene.estate.wall.now()).toBeLessThanOrEqual(FENCE_TIMES.lifetimeMs);
  }
}

test('wherever it is interrupted, it comes to an end that says how things stand, and the same command ends it', async () => {
  for (const call of await callsOf()) {
    const scene = new Scene();
    const interrupted = new Process(scene.world(), (at) => void (at === call && scene.interrupt.abort()));
    const outcome = await scene.run({}, interrupted.world);
    expectHonest(scene, outcome);
    const submittedAt = scene.estate.plane.submits[0]?.at;
    if (scene.fences(EAST).length > 0) expect(scene.estate.wall.parse(outcome.fences[0].lapses!)!).toBeGreaterThanOrEqual(scene.estate.wall.now() - scene.clock.now() + submittedAt + 120_000);
    const next = new Scene();
    Object.assign(next, { clock: scene.clock, estate: scene.estate, metrics: scene.metrics, client: scene.client });
    await expectNoFenceOutlives(scene);
    await expectRerunEnds(Object.assign(scene, { interrupt: next.interrupt, client: next.client }));
  }
}, 120_000);
