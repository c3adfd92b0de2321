import { CallError } from '../../../../../runtime/core/calls/call-error';
import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { NO_REGISTER, type Register, type RegisterView } from '../../../../../runtime/core/operate/register';
import { activeRegions, routesWith } from '../../../../../runtime/core/routes/routes';
import { MemoryTeller } from '../../../support/acting';
import type { Script } from '../../../support/control-plane';
import type { FakeEstate } from '../../../support/fake-estate';
import { record } from '../history/records';
import { act, everywhere, FIVE, historyIn, saidAt, WEST } from './acting';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const east = routesWith(['us-east-1'], REGIONS);
const west = routesWith([WEST], REGIONS);
const europe = routesWith(['eu-west-1'], REGIONS);

describe('on the night it is for', () => {
  test('routes are submitted, proven and served, and the Region that was left is quarantined', async () => {
    const { outcome, world, teller } = await act({ request: { why: 'us-east-1 is down' } });
    expect(outcome).toMatchObject({ kind: 'served', proof: 'served', nothingLost: false, live: west, quarantines: ['us-east-1'] });
    expect(world.plane.live).toEqual(west);
    expect(teller.steps).toEqual(['look at routes, buckets and records', 'submit routes', 'see writes land in us-west-2']);
    const { records } = await historyIn(world);
    expect(records).toMatchObject([{ verb: 'failover', planned: false, phase: 'ended', outcome: 'served', proof: 'served', from: ['us-east-1'], to: [WEST], why: 'us-east-1 is down', quarantines: ['us-east-1'] }]);
    expect(quarantined(records).map(({ region }) => region)).toEqual(['us-east-1']);
  });

  test('nothing of the Region that is left holds it up: accepted and read back within two seconds of the answer', async () => {
    const { teller } = await act({ scripts: { 'us-east-1': { read: [{ silent: true }], submit: [{ silent: true }] } } });
    expect(saidAt(teller, /routes accepted/)).toBeLessThan(2);
    expect(saidAt(teller, /read back elsewhere/)).toBeLessThan(2);
    expect(saidAt(teller, /served/)).toBeGreaterThan(10);
  });

  test('a record says what is at work before anything is sent', async () => {
    let seen: unknown;
    const { world } = await act({
      changed: (estate) => ({ endpoints: estate.plane.endpoints.map((endpoint) => ({ ...endpoint, submit: async (...given) => ((seen ??= REGIONS.flatMap((region) => estate.bucket(region).all.map(({ key }) => key))), endpoint.submit(...given)) })) }),
    });
    expect(seen).toEqual(expect.arrayContaining([expect.stringMatching(/-begun-q\.json$/)]));
    expect(world.plane.submits).toHaveLength(1);
  });

  test('a failover that somebody undoes while it is written down is no success, and its record says so', async () => {
    const { outcome, world } = await act({
      changed: (estate) => ({
        buckets: (region) => {
          const bucket = estate.bucket(region);
          return Object.assign(Object.create(bucket) as typeof bucket, {
            putText: async (key: string, text: string, signal: AbortSignal) => {
              if (text.includes('"phase":"ended"') && text.includes('"outcome":"served"')) estate.plane.move(europe);
              return bucket.putText(key, text, signal);
            },
          });
        },
      }),
    });
    expect(outcome).toMatchObject({ kind: 'failed', live: europe, sentence: expect.stringMatching(/^it was done, and then undone: somebody else changed the routes: active eu-west-1/) });
    expect((await historyIn(world)).records).toMatchObject([{ phase: 'ended', outcome: 'failed', quarantines: ['us-east-1'] }]);
  });

  test('records that no Region takes are no reason not to act, and it says that there is none', async () => {
    const { outcome } = await act({
      prepare: (world) => {
        world.kill('us-east-1');
        for (const region of REGIONS) world.bucket(region).denied.add('putText');
      },
    });
    expect(outcome.kind).toBe('served');
    expect(outcome.next).toContain('no Region took the record of this act: note who did what, and when');
  });

  test('from several active Regions all traffic goes to one', async () => {
    const { outcome, world } = await act({ active: ['us-east-1', 'eu-west-1'] });
    expect(outcome).toMatchObject({ kind: 'served', quarantines: ['eu-west-1', 'us-east-1'] });
    expect(world.plane.active).toEqual([WEST]);
  });

  test('what may be lost is said as an estimate with its age, and kept in the record', async () => {
    const { teller, world } = await act({
      prepare: (estate) => {
        estate.kill('us-east-1');
        const at = estate.wall.now() - 120_000;
        estate.published = (region, { direction }) =>
          region === WEST && direction.source.region === 'us-east-1' ? [{ ruleId: 'r', latencySeconds: [{ at, value: 40 }], pendingOperations: [{ at, value: 7 }], pendingBytes: [{ at, value: 900 }], failedOperations: [] }] : [];
      },
    });
    const estimate = 'us-west-2 was 40 s and 7 operations (900 bytes) behind us-east-1, as of 2 min ago';
    expect(teller.plans[0].promises[0].replace('120 s', '2 min')).toContain(`An estimate: ${estimate}`);
    expect((await historyIn(world)).records[0].lag[0].replace('120 s', '2 min')).toBe(estimate);
    expect(world.calls.filter(({ call, region }) => call === 'metrics' && region === 'us-east-1')).toEqual([]);
  });
});

/** Every way in which an endpoint may be of no use. */
const DEATHS: { readonly [way: string]: Script } = {
  refused: { read: [{ fails: 'unreachable', latencyMs: 1 }], submit: [{ fails: 'unreachable', latencyMs: 1 }] },
  'a black hole': { read: [{ silent: true }], submit: [{ silent: true }] },
  '5xx': { read: [{ fails: 'server error' }], submit: [{ fails: 'server error' }] },
  slow: { read: [{ latencyMs: 9_000 }], submit: [{ latencyMs: 9_000 }] },
  garbage: { read: [{ fails: 'garbage' }], submit: [{ fails: 'garbage' }] },
  'lost connections': { read: [{ fails: 'connection lost' }], submit: [{ fails: 'connection lost' }] },
  throttling: { read: [{ fails: 'slow down' }], submit: [{ fails: 'slow down' }] },
  'well on reading, black holes on submitting': { submit: [{ silent: true }] },
  'well on reading, 5xx on submitting': { submit: [{ fails: 'server error' }] },
};

describe.each(Object.entries(DEATHS))('four of five endpoints: %s', (_, death) => {
  test.each(FIVE)('routes are switched by %s alone', async (living) => {
    const { outcome, world, teller } = await act({ scripts: everywhere(death, { [living]: {} }) });
    expect(outcome.kind).toBe('served');
    expect(world.plane.live).toEqual(west);
    expect(world.plane.history.every(({ routes }) => activeRegions(routes).length > 0)).toBe(true);
    // One settling of the first survey, and a few lost words where submits vanish.
    expect(saidAt(teller, /read back/)).toBeLessThan(death.read ? 2.5 : 30);
  });
});

describe('endpoints that tell old routes', () => {
  const stale = (...endpoints: string[]) => Object.fromEntries(endpoints.map((endpoint) => [endpoint, { read: [{ tells: europe }] }]));

  test('some of them: the disagreement is shown, routes are switched, and the old ones are no proof', async () => {
    const { outcome, teller, world } = await act({ scripts: stale('ap-southeast-2', 'ap-northeast-1') });
    expect(teller.plans[0].checks).toContainEqual(expect.objectContaining({ name: 'control endpoints', state: 'doubt', sentence: expect.stringMatching(/they disagree.*ap-southeast-2, ap-northeast-1: active eu-west-1/) }));
    expect(outcome).toMatchObject({ kind: 'served', sentence: expect.stringMatching(/endpoints still disagree/), quarantines: ['eu-west-1', 'us-east-1'] });
    expect(world.plane.live).toEqual(west);
  });

  test('routes that look as wanted at old endpoints only are submitted all the same', async () => {
    const scripts = Object.fromEntries(FIVE.slice(1).map((endpoint) => [endpoint, { read: [{ tells: west }] }]));
    const { outcome, world } = await act({ scripts });
    expect(outcome.kind).toBe('served');
    expect(world.plane.live).toEqual(west);
    expect(world.plane.submits).toHaveLength(1);
  });

  test('all of them say what is wanted, and it is not so: writes land elsewhere, and it is no success', async () => {
    const lying = { scripts: everywhere({ read: [{ tells: west }] }), prepare: () => undefined };
    const { outcome } = await act({ ...lying, request: { limits: { deadline: 60_000 } } });
    expect(outcome).toMatchObject({ kind: 'unknown', sentence: expect.stringMatching(/the endpoints say so, and writes land elsewhere.*not served by us-west-2 so far/) });
    expect(outcome.next[0]).toMatch(/'--force', which sends the routes again/);
    const again = await act({ ...lying, request: { force: true } });
    expect(again.outcome.kind).toBe('served');
    expect(again.world.plane.live).toEqual(west);
  });

  test('an endpoint that forgets the change afterwards: shown, and never called read back elsewhere', async () => {
    const scripts = everywhere({ read: [{ silent: true }], submit: [{ silent: true }] }, { 'us-west-2': {}, 'eu-west-1': { read: [{}, {}, { tells: east }] } });
    const { outcome } = await act({ scripts, request: { proof: 'read back' } });
    expect(outcome).toMatchObject({ kind: 'done', proof: 'read back', sentence: expect.stringMatching(/eu-west-1: active us-east-1/) });
  });
});

describe('refusals', () => {
  const refuses = async (options: Parameters<typeof act>[0], expected: RegExp) => {
    const { outcome, world } = await act(options);
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(expected) });
    expect(outcome.next.length).toBeGreaterThan(0);
    expect(world.plane.submits).toEqual([]);
    expect((await historyIn(world)).records.filter(({ phase }) => phase === 'begun')).toEqual([]);
    return { outcome, world };
  };
  const forced = async (options: Parameters<typeof act>[0], overruled: RegExp) => {
    const { outcome, world, teller } = await act({ ...options, request: { ...options?.request, force: true } });
    expect(outcome.kind).toMatch(/served|done/);
    expect(teller.plans[0].checks.filter(({ state }) => state === 'bad').length).toBeGreaterThan(0);
    expect((await historyIn(world)).records.find(({ to }) => to.join() === WEST)?.overruled?.join('; ')).toMatch(overruled);
  };
  const both = (name: string, options: Parameters<typeof act>[0], reason: RegExp) => {
    test(`fails when ${name}`, () => refuses(options, reason));
    test(`goes ahead with force when ${name}, and says so in the record`, () => forced(options, reason));
  };
  const register = (view: Partial<RegisterView>): Register => ({ ...NO_REGISTER, read: async () => ({ epoch: 1, intent: ['us-east-1'], excluded: [], quarantined: [], ...view }) });

  both('the target looks dead', { prepare: (world) => world.kill(WEST) , request: { limits: { deadline: 60_000 } } }, /target us-west-2: it looks dead/);
  both(
    'the target is quarantined',
    {
      prepare: async (world) => {
        world.kill('us-east-1');
        await world.clock.run(() => historyOf(world.world()).end(record({ at: '2026-11-24T01:00:00.000Z', endedAt: '2026-11-24T01:00:00.000Z', to: ['us-east-1'], quarantines: [WEST] })));
      },
    },
    /target us-west-2: it is quarantined since 2026-11-24T01:00:00.000Z/,
  );
  both('the controller holds the target in quarantine', { changed: () => ({ register: register({ quarantined: [WEST] }) }) }, /it is quarantined, says the controller/);
  both('the target is excluded', { changed: () => ({ register: register({ excluded: [{ region: WEST, why: 'not deployed' }] }) }) }, /it is excluded: not deployed/);
  both('the brake is on', { changed: () => ({ register: register({ brake: { by: 'ana', why: 'maintenance' } }) }) }, /brake: ana put it on until it is released: maintenance/);
  both('there is a controller and its register cannot be read', { changed: () => ({ register: { ...NO_REGISTER, read: async () => Promise.reject(new Error('no quorum')) } }) }, /its register could not be read: no quorum/);
  both('there is a controller and its register does not answer', { changed: () => ({ register: { ...NO_REGISTER, read: () => new Promise(() => undefined) } }) }, /its register could not be read/);
  both('the Region that is left answers well and nobody sees the plan', { prepare: () => undefined, request: { asks: false } }, /leaving us-east-1: its bucket answers well \(20 ms\): a switchover loses nothing/);

  test('fails when somebody else owns the register, without a submit', async () => {
    await refuses({ changed: () => ({ register: { ...NO_REGISTER, claim: async () => ({ kind: 'refused', reason: 'ana is failing over to eu-west-1' }) } }) }, /ana is failing over to eu-west-1/);
  });

  test('fails when the register cannot be claimed, even with force, and goes on without it when told so by name', async () => {
    const changed = () => ({ register: { ...NO_REGISTER, claim: async () => Promise.reject(new Error('no quorum')) } });
    await refuses({ changed }, /could not be claimed: no quorum; '--without-register' goes on all the same: the controller may move traffic at the same time/);
    await refuses({ changed, request: { force: true } }, /could not be claimed: no quorum/);
    const { outcome, world } = await act({ changed, request: { withoutRegister: true } });
    expect(outcome.kind).toBe('served');
    expect((await historyIn(world)).records).toMatchObject([{ overruled: [expect.stringMatching(/^controller: .*no quorum/)] }]);
  });

  test('fails when the person says no, without a record', async () => {
    const { outcome, world } = await act({ teller: new MemoryTeller('no') });
    expect(outcome.kind).toBe('declined');
    expect([world.plane.submits, (await historyIn(world)).records]).toEqual([[], []]);
  });

  test('fails when the target is no Region of the access point', async () => {
    const { outcome, world } = await act({ request: { to: 'ap-south-1', force: true } });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: expect.stringMatching(/at least one Region must stay active, got none/) });
    expect(world.plane.submits).toEqual([]);
  });

  test('fails when no endpoint tells the routes, after asking for a while', async () => {
    const { outcome, clock } = await act({ scripts: everywhere({ read: [{ silent: true }] }) });
    expect(outcome).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/^nothing was done: no control endpoint told the routes/), next: expect.arrayContaining(['s3-failover card']) });
    expect(clock.now()).toBeGreaterThan(15_000);
  });

  test('fails at once when every endpoint turns the caller away', async () => {
    const { outcome, clock } = await act({ scripts: everywhere({ read: [{ fails: 'forbidden' }] }) });
    expect(outcome).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/every control endpoint refused/) });
    expect(clock.now()).toBeLessThan(5_000);
  });

  test('fails when traffic moved while the person was thinking, and names who moved it', async () => {
    const thinking = (world: FakeEstate) => async () => {
      const other = record({ id: 'otheractor000001', phase: 'begun', verb: 'switchover', planned: true, at: world.wall.iso(world.wall.now()), who: 'arn:aws:iam::111122223333:user/ana', to: ['eu-west-1'], why: 'a drill' });
      await historyOf(world.world()).begin(other);
      world.plane.move(europe);
      return 'yes' as const;
    };
    let confirm: () => Promise<'yes' | 'no'> = async () => 'no';
    const { outcome, world } = await act({
      teller: new MemoryTeller(() => confirm()),
      prepare: (estate) => {
        estate.kill('us-east-1');
        confirm = thinking(estate);
      },
    });
    expect(outcome).toMatchObject({ kind: 'refused', live: europe, quarantines: [], sentence: expect.stringMatching(/now active eu-west-1.*by arn:aws:iam::111122223333:user\/ana, who began 'switchover' to eu-west-1 \d+ s ago, because: a drill/) });
    expect(world.plane.submits).toEqual([]);
    expect((await historyIn(world)).records.find(({ verb }) => verb === 'failover')).toMatchObject({ outcome: 'refused', quarantines: [] });
  });
});

describe('what is only in doubt is shown, and does not hold it up', () => {
  const doubts = async (options: Parameters<typeof act>[0], expected: object) => {
    const { outcome, teller } = await act(options);
    expect(teller.plans[0].checks).toContainEqual(expect.objectContaining({ state: 'doubt', ...expected }));
    expect(outcome.kind).toBe('served');
  };

  test('that a Region is left which answers well, when a person saw it', () => doubts({ prepare: () => undefined }, { name: 'leaving us-east-1', fix: 's3-failover switchover us-west-2' }));

  test('a target that may not be probed', () => doubts({ prepare: (world) => void world.bucket(WEST).denied.add('probe') }, { name: 'target us-west-2', sentence: expect.stringMatching(/whether it is well is not known: .*403/) }));

  test('somebody else at work', () =>
    doubts(
      {
        prepare: async (world) => {
          world.kill('us-east-1');
          await world.clock.run(() => historyOf(world.world()).begin(record({ phase: 'begun', verb: 'drill', planned: true, to: ['eu-west-1'] })));
        },
      },
      { name: 'somebody else', sentence: expect.stringMatching(/began 'drill' to eu-west-1 \d s ago and has not said how it ended/) },
    ));

  test('a history that nobody tells', () =>
    doubts(
      {
        prepare: (world) => {
          world.kill('us-east-1');
          for (const region of REGIONS) world.bucket(region).denied.add('listKeys');
        },
      },
      { name: 'history', sentence: expect.stringMatching(/quarantines and acts of others are not known/) },
    ));

  test('a manifest that names other Regions than the routes', () => doubts({ changed: ({ estate }) => ({ estate: { ...estate, members: ['us-east-1', WEST] } }) }, { name: 'manifest' }));

  test('a brake whose time is over is none', async () => {
    const view: RegisterView = { epoch: 1, intent: [], excluded: [], quarantined: [], brake: { by: 'ana', why: 'maintenance', until: 1 } };
    const { outcome } = await act({ changed: () => ({ register: { ...NO_REGISTER, read: async () => view } }) });
    expect(outcome.kind).toBe('served');
  });
});

describe('the last word is lost', () => {
  const lost = (afterMs: number | undefined) => everywhere({ submit: [{ silent: true, landsAfterMs: afterMs }] });

  test('and the change landed: found by reading, and nothing is sent twice', async () => {
    const { outcome, world } = await act({ scripts: lost(10) });
    expect(outcome.kind).toBe('served');
    expect(world.plane.submits).toHaveLength(1);
  });

  test('and it lands later: watched for, and proven', async () => {
    const { outcome, teller, world } = await act({ scripts: everywhere({ submit: [{ silent: true, landsAfterMs: 100_000 }] }), request: { limits: { deadline: 600_000 } } });
    expect(teller.said.join('\n')).toMatch(/no last word from us-west-2 \(timed out\)/);
    expect(world.plane.live).toEqual(west);
    expect(outcome).toMatchObject({ kind: 'served', quarantines: ['us-east-1'] });
  });

  test('and it lands later, and somebody else moves traffic: not waited for until writes would have landed, and it says whose change it is', async () => {
    const { outcome, clock } = await act({
      propagationMs: 1e9,
      scripts: everywhere({ submit: [{ silent: true }] }, { [WEST]: { submit: [{ silent: true, landsAfterMs: 100_000 }, { silent: true }] } }),
      request: { limits: { deadline: 600_000 } },
      prepare: (world) => {
        world.kill('us-east-1');
        void world.clock.sleep(130_000).then(async () => {
          await historyOf(world.world()).begin(record({ phase: 'begun', to: ['eu-west-1'], at: world.wall.iso(world.wall.now()), who: 'ben' }));
          world.plane.move(europe);
        });
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', live: europe, sentence: expect.stringMatching(/somebody else changed the routes: active eu-west-1.*by ben/) });
    expect(clock.now()).toBeLessThan(160_000);
  });

  test('and it never lands: unknown, with the command that finds out, and the Region stays quarantined', async () => {
    const { outcome, teller, world } = await act({ scripts: lost(undefined), request: { limits: { deadline: 600_000 } } });
    expect(outcome).toMatchObject({ kind: 'unknown', proof: 'none', quarantines: ['us-east-1'] });
    expect(outcome.next[0]).toMatch(/^aws s3control get-multi-region-access-point-routes --account-id 111122223333 --mrap arn:aws:s3::/);
    expect(teller.said.join('\n')).toMatch(/watching for a late landing for 60 s/);
    expect(quarantined((await historyIn(world)).records).map(({ region }) => region)).toEqual(['us-east-1']);
  });

  test('and it lands after everybody has given up: what was said is one of the two states', async () => {
    const { outcome, clock, world } = await act({ scripts: everywhere({ submit: [{ silent: true, landsAfterMs: 500_000 }] }), request: { limits: { deadline: 600_000 } } });
    expect(outcome.kind).toBe('unknown');
    await clock.pass(600_000);
    expect(world.plane.live).toEqual(west);
    const again = await clock.run(() => run2(world));
    expect(again.kind).toBe('served');
  });

  test('accepted, and then no endpoint can be read: writes through the access point show it', async () => {
    const blind = (reads: number) => ({ read: [...Array.from({ length: reads }, () => ({})), { silent: true }] });
    const { outcome } = await act({ scripts: everywhere(blind(2)) });
    expect(outcome).toMatchObject({ kind: 'served', sentence: expect.stringMatching(/no control endpoint answered the last look/) });
  });

  test('accepted, no endpoint can be read and writes cannot be made: unknown', async () => {
    const blind = { read: [{}, {}, { silent: true }] };
    const { outcome } = await act({ scripts: everywhere(blind), changed: (estate) => ({ probe: { ...estate.probe(), write: async () => Promise.reject(new Error('no way')) } }) });
    expect(outcome).toMatchObject({ kind: 'unknown', proof: 'accepted' });
  });

  const run2 = async (world: FakeEstate) => (await import('./acting')).run(world.world());
});

describe('the data plane', () => {
  test('that never follows: done, below served, with what was seen', async () => {
    const { outcome } = await act({ propagationMs: 1e9, request: { limits: { deadline: 600_000 } } });
    expect(outcome).toMatchObject({ kind: 'done', proof: 'read back elsewhere', sentence: expect.stringMatching(/not served by us-west-2 so far/) });
  });

  test('that follows after two minutes is waited for', async () => {
    const { outcome, teller } = await act({ propagationMs: 120_000 });
    expect(outcome.kind).toBe('served');
    expect(saidAt(teller, /read back elsewhere/)).toBeLessThan(2);
    expect(saidAt(teller, /served/)).toBeGreaterThan(120);
  });

  test('in which this caller may not write ends at once, below served, with what to allow', async () => {
    const denied = new CallError({ call: 's3 PutObject', region: 'the access point', code: 'AccessDenied', status: 403, reason: 'no' });
    const { outcome, clock } = await act({ changed: (estate) => ({ probe: { ...estate.probe(), write: async () => Promise.reject(denied) } }) });
    expect(outcome).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
    expect(outcome.next[0]).toMatch(/allow 's3:PutObject' through the access point under '\.s3-failover\/probe\/\*'/);
    expect(clock.now()).toBeLessThan(15_000);
  });

  test('is not waited for when somebody else has moved traffic meanwhile', async () => {
    const { outcome, clock } = await act({
      propagationMs: 120_000,
      prepare: (world) => {
        world.kill('us-east-1');
        void world.clock.sleep(15_000).then(() => world.plane.move(europe));
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', live: europe, sentence: expect.stringMatching(/^it was done, and then undone: somebody else changed the routes: active eu-west-1/) });
    expect(clock.now()).toBeLessThan(45_000);
  });

  test('an act that died on its way to another Region holds up a read-back for seconds only, and is named', async () => {
    const { outcome, endedAt } = await act({
      request: { proof: 'read back' },
      prepare: async (world) => {
        world.kill('us-east-1');
        await world.clock.run(() => historyOf(world.world()).begin(record({ phase: 'begun', to: ['eu-west-1'], at: world.wall.iso(world.wall.now()), who: 'ben' })));
      },
    });
    expect(outcome).toMatchObject({ kind: 'done', sentence: expect.stringMatching(/ben began 'failover' to eu-west-1 .* ago and may still change it$/) });
    expect(outcome.next).toContain('s3-failover history --limit 5');
    expect(endedAt).toBeLessThan(30_000);
  });

  test('somebody whose record is kept late is seen all the same before the routes are called read back', async () => {
    const { outcome } = await act({
      request: { proof: 'read back' },
      prepare: (world) => {
        world.kill('us-east-1');
        void (async () => {
          while (world.plane.submits.length === 0) await world.clock.sleep(50);
          await world.clock.sleep(800);
          await historyOf(world.world()).begin(record({ phase: 'begun', to: ['eu-west-1'], at: world.wall.iso(world.wall.now()), who: 'ben' }));
          await world.clock.sleep(1_500);
          world.plane.move(europe);
        })();
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', live: europe, sentence: expect.stringMatching(/undone: somebody else changed the routes.*by ben/) });
  });

  test('is left alone with proof read back', async () => {
    const { outcome, world } = await act({ request: { proof: 'read back' } });
    expect(outcome.kind).toBe('done');
    expect(world.calls.filter(({ call }) => call === 'write')).toEqual([]);
  });
});

describe('again', () => {
  test('when nothing is left to do nothing is sent and nobody is asked, and it is proven all the same', async () => {
    const { outcome, world, teller } = await act({ active: [WEST] });
    expect(outcome).toMatchObject({ kind: 'served', sentence: expect.stringMatching(/^nothing was sent: the routes are already as wanted/), quarantines: [] });
    expect([world.plane.submits, teller.plans, (await historyIn(world)).records]).toEqual([[], [], []]);
  });

  test('finishes what another run began, and quarantines what that one left', async () => {
    const { outcome, world } = await act({
      active: [WEST],
      prepare: async (estate) => {
        estate.kill('us-east-1');
        await estate.clock.run(() => historyOf(estate.world()).begin(record({ phase: 'begun', quarantines: ['us-east-1'], why: 'us-east-1 is down' })));
      },
    });
    expect(outcome).toMatchObject({ kind: 'served', quarantines: ['us-east-1'] });
    const [newest] = (await historyIn(world)).records;
    expect(newest).toMatchObject({ phase: 'ended', outcome: 'served', from: ['us-east-1'], quarantines: ['us-east-1'], why: 'us-east-1 is down' });
  });

  test('does not take another Region\'s failover for its own', async () => {
    const { world } = await act({
      active: [WEST],
      prepare: async (estate) => {
        await estate.clock.run(() => historyOf(estate.world()).begin(record({ phase: 'begun', to: ['eu-west-1'], quarantines: ['us-east-1'] })));
      },
    });
    expect((await historyIn(world)).records).toHaveLength(1);
  });
});
