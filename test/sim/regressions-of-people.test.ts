import { FOR_GOOD, type Episode } from './faults/episode';
import { NO_RATES } from './faults/rates';
import { again } from './support/again';
import type { Fate } from './world/endpoints';

// Schedules about what people and the register do to each other. Each failed before its mending.
const LOOKS_20_S_APART = { intervalMs: 20_000, probeTimeoutMs: 5_000, unhealthyForMs: 75_000, disputedForMs: 180_000, staggerMs: 20_000, coolDownMs: 180_000 };
const dead = (region: string, at: number): Episode => ({ at, forMs: FOR_GOOD, kind: 'region dead', region });
const card = (target: string, at: number): Episode => ({ at, forMs: 0, kind: 'card', target, endpoint: 'eu-west-1' });

// Seed 1394. Nobody had looked at the routes yet, so that the register did not know what the person left.
test('what a person left before the first look of the controller is not chosen when the new Region dies', async () => {
  const episodes: Episode[] = [{ at: 23_025, forMs: 0, kind: 'person', verb: 'switchover', region: 'us-east-1' }, dead('us-east-1', 491_101)];
  const ran = await again(1394, episodes, { data: ['us-west-2', 'us-east-1'], settings: LOOKS_20_S_APART, fresh: true, objects: { lagMs: 100, fails: 0 } });
  expect(ran.violation).toBeUndefined();
  expect(ran.judged('what was left stays left')).toBe(1);
  expect(ran.world.register).toMatchObject({ intent: ['us-east-1'], excluded: ['us-west-2'] });
});

// Seed 1762. The controller had not seen where the card had moved traffic when a person moved it back by the command.
test('what a person left is not chosen, though traffic was there for so short a time that the controller did not notice', async () => {
  const episodes: Episode[] = [card('us-east-1', 554_347), { at: 570_000, forMs: 0, kind: 'person', verb: 'failover', region: 'us-west-2' }, dead('us-west-2', 575_000)];
  const ran = await again(1762, episodes, { data: ['us-west-2', 'us-east-1'], settings: LOOKS_20_S_APART });
  expect(ran.violation).toBeUndefined();
  expect(ran.judged('what was left stays left')).toBe(2);
  expect(ran.world.register).toMatchObject({ intent: ['us-west-2'], excluded: ['us-east-1'] });
});

// Seed 3996. No code can know it: both came and went by the card, and nobody looked in between.
test('what the card alone brought traffic to and took it from, with nobody to see it, may be chosen', async () => {
  const ran = await again(3996, [card('us-east-1', 300_000), card('us-west-2', 303_000), dead('us-west-2', 320_000)], { data: ['us-west-2', 'us-east-1'], settings: LOOKS_20_S_APART });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-east-1']);
});

// Seed 2312. No code can know it: the routes are as they were before the act, whose first submit got no answer.
test('an act without a last word sends again where the card has put the routes back meanwhile', async () => {
  const ran = await again(2312, [dead('us-east-1', 87_844)], {
    data: ['us-east-1', 'us-west-2'],
    settings: LOOKS_20_S_APART,
    rates: { ...NO_RATES, 'submit applied, answer lost': 1 },
    aimed: [{ phase: 'sending', afterMs: 4_000, episode: card('us-east-1', 0) }],
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.plane.active).toEqual(['us-west-2']);
});

// Seed 2370. A request that takes effect twice has lost its first answer, so that the register knows that it may land again.
test('a submit that takes effect a second time, over what a person did since, is put right', async () => {
  const episodes: Episode[] = [dead('us-east-1', 59_214), { at: 240_000, forMs: 0, kind: 'person', verb: 'failover', region: 'eu-west-1' }];
  const ran = await again(2370, episodes, { settings: LOOKS_20_S_APART }, (world) => {
    const fates: Fate[] = [{ kind: 'applied twice', afterMs: 120_000 }];
    world.chance.fate = () => fates.shift() ?? { kind: 'applied' };
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.rows.filter((row) => /submit 0 .* takes effect: active us-west-2/.test(row))).toHaveLength(2);
  expect(ran.world.plane.active).toEqual(['eu-west-1']);
  expect(ran.world.register).toMatchObject({ intent: ['eu-west-1'], act: 'repair' });
});

// Seed 704. Nobody takes the epoch from a person who may be at work, for a cool-down of theirs; the tool had been killed.
test.each([
  [480_000, { intent: ['us-west-2'], excluded: ['us-east-1'], act: 'human', open: true }],
  [900_000, { intent: ['us-east-1'], excluded: [], act: 'called off' }],
])("a person's act that was killed before it moved anything is called off after its cool-down, and not before: after %d ms", async (durationMs, register) => {
  const ran = await again(704, [{ at: 120_000, forMs: 0, kind: 'person', verb: 'failover', region: 'us-west-2' }], {
    durationMs,
    settings: { ...LOOKS_20_S_APART, coolDownMs: 300_000 },
    quietFrom: 180_000,
    rates: { ...NO_RATES, 'frozen or killed at a submit': 1 },
  });
  expect(ran.violation).toBeUndefined();
  expect(ran.world.submits).toHaveLength(0);
  expect(ran.world.register).toMatchObject(register);
});
