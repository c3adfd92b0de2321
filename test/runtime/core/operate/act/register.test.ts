import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { MemoryTeller } from '../../../support/acting';
import { beginRegister, registerOf, withController } from '../../../support/controlled';
import type { FakeEstate } from '../../../support/fake-estate';
import { act, everywhere, WEST, type ActOptions } from '../failover/acting';

const EAST = 'us-east-1';
const EUROPE = 'eu-west-1';
/** A control Region that holds no bucket. */
const EAST2 = 'us-east-2';

/** A failover to us-west-2 beside a controller whose register is written. */
function beside(options: ActOptions & { readonly begins?: Parameters<typeof beginRegister>[2] } = {}) {
  const prepare = async (world: FakeEstate) => {
    beginRegister(world, EAST, options.begins);
    if (options.prepare) await options.prepare(world);
    else world.kill(EAST);
  };
  return act({ ...options, prepare, changed: (world) => ({ ...withController(world), ...options.changed?.(world) }) });
}

describe('a person beside a controller', () => {
  test('claims the epoch, moves, and says that it is done; the Region that was left is excluded', async () => {
    const { outcome, world } = await beside();
    expect(outcome.kind).toBe('served');
    expect(registerOf(world)).toMatchObject({ epoch: 2, intent: [WEST], coolDownMs: 600_000, act: { kind: 'human', state: 'done', from: [EAST] }, excluded: [{ region: EAST, moved: true }] });
  });

  test('excludes what traffic is in, too, where the register does not know of that yet', async () => {
    const { outcome, world } = await beside({ active: [EUROPE], prepare: () => undefined });
    expect(outcome.kind).toBe('served');
    expect(registerOf(world).excluded).toMatchObject([{ region: EAST, moved: true }, { region: EUROPE, moved: true }]);
  });

  test('is claimed before it is sent', async () => {
    let epoch: number | undefined;
    await beside({
      changed: (world) => ({ endpoints: world.plane.endpoints.map((endpoint) => ({ ...endpoint, submit: async (...given) => ((epoch ??= registerOf(world).epoch), endpoint.submit(...given)) })) }),
    });
    expect(epoch).toBe(2);
  });

  test('who sends nothing leaves the register as it was', async () => {
    const { outcome, world } = await beside({ scripts: everywhere({ submit: [{ fails: 'forbidden' }] }) });
    expect(outcome.kind).toBe('failed');
    expect(registerOf(world)).toMatchObject({ epoch: 2, intent: [EAST], coolDownMs: 0, act: { kind: 'human', state: 'failed' }, excluded: [] });
  });

  test('works with one control Region of three dead beside the Region that is left', async () => {
    const { outcome, world } = await beside({ prepare: (estate) => [EAST, EAST2].forEach((region) => estate.kill(region)) });
    expect(outcome.kind).toBe('served');
    expect(registerOf(world)).toMatchObject({ epoch: 2, act: { state: 'done' } });
  });

  test('of two at once the one with the later claim stands, and the other sends nothing', async () => {
    const { outcome, world } = await beside({
      changed: (estate) => {
        const { register } = withController(estate);
        // Bob claims when Ana has, and before she sends.
        const claim: typeof register.claim = async (intent, signal) => {
          const first = await register.claim(intent, signal);
          await register.claim({ actId: 'bobs-act', by: 'bob', why: '', active: [EUROPE], overBrake: false }, signal);
          return first;
        };
        return { register: Object.assign(Object.create(register) as typeof register, { claim }) };
      },
    });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: 'nothing was sent: somebody else has claimed an act since: human by bob' });
    expect(world.plane.submits).toEqual([]);
    expect(registerOf(world)).toMatchObject({ intent: [EUROPE], act: { by: 'bob', state: 'open' } });
  });

  test('fails when the brake is on, and goes over it with force, which leaves it on', async () => {
    const begins = { brake: { by: 'bob', why: 'a freeze' } };
    const { outcome, world } = await beside({ begins });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/brake: bob put it on until it is released: a freeze/) });
    expect(registerOf(world).epoch).toBe(1);
    const forced = await beside({ begins, request: { force: true } });
    expect(forced.outcome.kind).toBe('served');
    expect(registerOf(forced.world)).toMatchObject({ epoch: 2, brake: { by: 'bob' } });
  });

  test('a brake whose time is over stops nobody', async () => {
    expect((await beside({ begins: { brake: { by: 'bob', why: 'a freeze', until: 1 } } })).outcome.kind).toBe('served');
  });

  test('fails when the target is excluded by a person', async () => {
    const { outcome } = await beside({ begins: { excluded: [{ region: WEST, why: 'not deployed' }] } });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/us-west-2: it is excluded: not deployed/), next: expect.arrayContaining(['s3-failover include us-west-2']) });
  });

  test('moves back to a Region that was only left by a person, which ends its exclusion', async () => {
    const { outcome, world } = await beside({ begins: { excluded: [{ region: WEST, why: 'traffic was moved away by ana', moved: true }] } });
    expect(outcome.kind).toBe('served');
    expect(registerOf(world).excluded.map(({ region }) => region)).toEqual([EAST]);
  });
});

describe('when no control Region can be asked', () => {
  const out = (world: FakeEstate) => [EAST, EAST2].forEach((region) => world.kill(region));
  /** The bucket of us-west-2 lives, and its replica of the table does not. */
  const blind: ActOptions = {
    prepare: out,
    changed: (world) => {
      const without = Object.assign(Object.create(world) as FakeEstate, { table: (region: string) => ({ ...world.table(region), get: () => Promise.reject(new Error(`no table in ${region}`)) }) });
      return withController(without);
    },
  };

  test.each([false, true])('fails when the register cannot be read (force: %s), with the way out and its risk', async (force) => {
    const { outcome, world } = await beside({ ...blind, request: { force } });
    expect(outcome.kind).toBe('refused');
    expect([outcome.sentence, ...outcome.next].join(' ')).toMatch(/'--without-register'.*the controller may move traffic at the same time, and takes what it finds for a person's act/);
    expect(world.plane.submits).toEqual([]);
  });

  test('goes on without it when told so by name, says so, and writes it down', async () => {
    const teller = new MemoryTeller();
    const { outcome, world } = await beside({ ...blind, teller, request: { withoutRegister: true } });
    expect(outcome.kind).toBe('served');
    expect(teller.said.join('\n')).toMatch(/going on without it \(--without-register\)/);
    const { records } = await world.clock.run(() => historyOf(world.world()).read());
    expect(records).toMatchObject([{ outcome: 'served', overruled: [expect.stringMatching(/^controller: the controller's register could not be claimed/)] }]);
    expect(registerOf(world).epoch).toBe(1);
  });

  test('a register that can be claimed is claimed all the same', async () => {
    const { world } = await beside({ request: { withoutRegister: true } });
    expect(registerOf(world)).toMatchObject({ epoch: 2, act: { state: 'done' } });
  });
});

test('what the controller did stands in the history among the rest, and quarantines', async () => {
  const { world } = await beside();
  world.memory.write('history/02', { version: 1, epoch: 2, id: 'a-b', kind: 'failover', by: 'voter us-east-2', why: 'down', from: [EUROPE], to: [EAST], quarantines: [EUROPE], lifts: [], state: 'done', outcome: 'the routes are as wanted', began: '2026-11-24T02:00:00.000Z', ended: '2026-11-24T02:00:04.000Z' });
  world.memory.write('history/03', { version: 1, nonsense: true });
  const view = await world.clock.run(() => historyOf({ ...world.world(), ...withController(world) }).read());
  expect(view.records.map(({ verb, who }) => `${verb} by ${who}`)).toEqual(['failover by arn:aws:iam::111122223333:user/operator', 'automatic failover by voter us-east-2']);
  expect(quarantined(view.records).map(({ region }) => region)).toEqual([EUROPE, EAST]);
  expect(view.unread).toEqual([{ key: "the controller's table", reason: "'epoch' of history/03 must be one of its key" }]);
});

test('a table that does not answer is said, and holds nothing up', async () => {
  const { world } = await beside();
  for (const region of [EAST, EAST2, WEST]) world.kill(region);
  const view = await world.clock.run(() => historyOf({ ...world.world(), ...withController(world) }).read());
  expect(view.unread).toEqual([{ key: "the controller's table", reason: expect.any(String) as string }]);
});
