import { switchOver } from '../../../../../runtime/core/operate/switchover/switchover';
import type { SwitchoverOutcome, SwitchoverRequest } from '../../../../../runtime/core/operate/switchover/world';
import { seeded } from '../../../support/random';
import { EAST, IRELAND, Process, Scene, ScriptedTeller, WEST } from './support';

/** Of the calls that the first makes, at which the second begins. All of them were tried, and hold. */
const SHARE = 7;

interface Told {
  readonly outcome: SwitchoverOutcome;
  /** Live routes at the very moment at which it was told. */
  readonly active: readonly string[];
}

/** A second operator begins when the first makes a certain call. */
async function race(call: number, targets: readonly [string, string], changed: Partial<SwitchoverRequest> = {}): Promise<{ scene: Scene; told: readonly [Told, Told | undefined]; calls: number }> {
  const scene = new Scene();
  let operators = 0;
  const act = async (world: ReturnType<Scene['world']>, target: string): Promise<Told> => {
    const outcome = await switchOver({ ...world, random: seeded(++operators), who: `arn:aws:iam::111122223333:user/to-${target}` }, new ScriptedTeller(), scene.request({ target, ...changed }));
    return { outcome, active: scene.active };
  };
  let second: Promise<Told> | undefined;
  const first = new Process(scene.world(), (at) => {
    if (at === call) second = act(scene.world(), targets[1]);
  });
  const told = await scene.clock.run(async () => {
    const writing = scene.client.run();
    await scene.clock.sleep(3_000);
    const one = await act(first.world, targets[0]);
    const other = await second;
    await scene.clock.sleep(5_000);
    scene.client.stop();
    await writing;
    return [one, other] as const;
  });
  return { scene, told, calls: first.calls };
}

/** Neither tells of a success that is not so, and who did not succeed was told why. */
function expectNoFalseSuccess(scene: Scene, told: readonly Told[], targets: readonly string[], at: string): void {
  const successes = told.filter(({ outcome }) => outcome.kind === 'served');
  for (const { outcome, active } of successes) expect({ at, active }).toEqual({ at, active: [outcome.target] });
  for (const { outcome } of told.filter((one) => !successes.includes(one))) {
    expect({ at, kind: outcome.kind }).toEqual({ at, kind: expect.stringMatching(/^(refused|failed|unknown)$/) });
    expect({ at, sentence: outcome.sentence }).toEqual({ at, sentence: expect.stringMatching(/user\/to-(us-west-2|eu-west-1)|act [a-z0-9]{16}/) });
  }
  expect(scene.active).toHaveLength(1);
  expect({ at, active: targets.includes(scene.active[0]) || scene.active[0] === EAST }).toEqual({ at, active: true });
  for (const { outcome } of told.filter((one) => one.outcome.nothingLost)) {
    const missing = scene.client.missingIn(outcome.target).filter(({ region }) => region === EAST);
    expect({ at, missing }).toEqual({ at, missing: [] });
  }
  for (const region of [EAST, WEST, IRELAND]) expect({ at, region, fences: scene.fences(region) }).toEqual({ at, region, fences: [] });
}

test.each([
  ['to different Regions', [WEST, IRELAND]],
  ['to the same Region', [WEST, WEST]],
] as const)('two operators who switch %s: whenever the second begins, one wins, and the other is told', async (_, targets) => {
  const { calls } = await race(0, targets);
  for (let call = 1; call <= calls; call += SHARE) {
    const { scene, told } = await race(call, targets);
    const both = told.flatMap((one) => one ?? []);
    expect(both).toHaveLength(2);
    expectNoFalseSuccess(scene, both, targets, `call ${call}`);
    expect({ call, won: both.some(({ outcome }) => outcome.kind === 'served') }).toEqual({ call, won: true });
  }
}, 60_000);

test('without fences, the second is told by the routes, or undoes nobody in silence', async () => {
  const { calls } = await race(0, [WEST, IRELAND], { fence: false });
  for (let call = 1; call <= calls; call += SHARE) {
    const { scene, told } = await race(call, [WEST, IRELAND], { fence: false });
    expectNoFalseSuccess(scene, told.flatMap((one) => one ?? []), [WEST, IRELAND], `call ${call}`);
  }
}, 60_000);

test('the loser is told who the other is', async () => {
  const scene = new Scene();
  const [one, other] = await scene.clock.run(() =>
    Promise.all([WEST, IRELAND].map((target, index) => scene.clock.sleep(index * 2_000).then(() => switchOver({ ...scene.world(), random: seeded(index + 1), who: `arn:aws:iam::111122223333:user/${target}` }, new ScriptedTeller(), scene.request({ target }))))),
  );
  expect(one.kind).toBe('served');
  expect(other.kind).toBe('refused');
  expect(other.sentence).toMatch(/somebody is at work: the fence in us-east-1 is in use by 'switchover' to us-west-2 by arn:aws:iam::111122223333:user\/us-west-2, begun at 2026/);
});
