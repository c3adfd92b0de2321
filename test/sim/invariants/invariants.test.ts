import type { Item } from '../../../runtime/core/controller/ports';
import { routesWith } from '../../../runtime/core/routes/routes';
import type { Episode } from '../faults/episode';
import { FOR_GOOD } from '../faults/episode';
import type { Plan, Settings } from '../faults/plan';
import { NEVER, plan, QUIET, runWorld, scripted, type Ran } from '../support/in-world';
import type { Core, Env } from '../world/core';
import type { Fate } from '../world/endpoints';
import type { Told } from '../world/facts';
import { DOWN_STORAGES, type Storage } from '../world/regions';
import type { World } from '../world/world';
import { NothingIsLeftBehind } from './failback';
import { TwoPoliciesDecideNothing } from './two-policies';

const DATA = ['us-east-1', 'us-west-2', 'eu-west-1'];

interface Setting {
  readonly episodes?: Episode[];
  readonly person?: Core['person'];
  readonly settings?: Partial<Settings>;
  readonly during?: (world: World) => void;
}

/** Sleeps until so much of the world's time has passed. */
type Until = (at: number) => Promise<void>;

/** A world in which the voter in us-east-1 follows a script, and nobody else does anything. */
function when(script: (env: Env, until: Until) => Promise<void>, { episodes = [], person, settings = {}, during }: Setting = {}): Promise<Ran> {
  let world: World;
  const core = scripted((env) => script(env, (at) => env.clock.sleep(at - world.time.now)), person);
  return runWorld(plan({ episodes, settings: { ...QUIET.settings, ...settings } }), core, (made) => {
    world = made;
    during?.(made);
  });
}

async function send(env: Env, active: readonly string[], members = DATA): Promise<void> {
  await env.endpoints[1].submit(env.accessPoint, routesWith(active, members), NEVER());
}

async function write(env: Env, change: (item: Item) => Item): Promise<void> {
  const stored = (await env.table.get('register', NEVER()))!;
  await env.table.put('register', change(stored.item), stored.revision, NEVER());
}

const claim = (env: Env, intent: readonly string[]) => write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent }));
const dead = (region: string): Episode => ({ at: 1_000, forMs: FOR_GOOD, kind: 'region dead', region });
/** The first Region fails, so that leaving it is right. */
const failing: Episode = { at: 0, forMs: FOR_GOOD, kind: 'storage', region: 'us-east-1', state: 'failing' };
const broken = ({ violation }: Ran) => violation?.invariant;

describe('never zero active', () => {
  test('is broken by a submit of nothing but passive Regions', async () => {
    expect(broken(await when((env) => send(env, [])))).toBe('never zero active');
  });
});

describe('submits own the epoch', () => {
  test('is broken by a submit without an epoch', async () => {
    expect(broken(await when((env) => send(env, ['eu-west-1'])))).toBe('submits own the epoch');
  });

  test('is broken by a submit of other routes than were claimed', async () => {
    expect(broken(await when(async (env) => (await claim(env, ['us-west-2']), send(env, ['eu-west-1']))))).toBe('submits own the epoch');
  });

  const afterAnother = (sendsAt: number, freezes?: 'in hand' | 'before') =>
    when(
      async (env, until) => {
        await until(30_000);
        await claim(env, ['eu-west-1']);
        await until(sendsAt);
        await send(env, ['eu-west-1']);
        await send(env, ['eu-west-1']);
      },
      {
        episodes: [failing, { at: 35_000, forMs: 0, kind: 'person', verb: 'failover', region: 'us-west-2' }, ...(freezes === 'before' ? [{ at: 33_000, forMs: 9_000, kind: 'all frozen', region: 'us-east-1' } as const] : [])],
        settings: { unhealthyForMs: 20_000 },
        person: (env) => claim(env, ['us-west-2']),
        during: (world) => {
          let frozen = freezes !== 'in hand';
          world.chance.draw = (_, call) => {
            if (call !== 'submit routes' || frozen) return undefined;
            frozen = true;
            return { kind: 'frozen before', forMs: 9_000, clockStops: false };
          };
        },
      },
    );

  test('is broken by a submit long after another took the next epoch', async () => {
    expect(broken(await afterAnother(40_000))).toBe('submits own the epoch');
  });

  test('holds for a submit before that, and for one stale submit of a run that froze with it in hand, and is broken by its second', async () => {
    expect(broken(await afterAnother(34_000))).not.toBe('submits own the epoch');
    const { violation, world } = await afterAnother(34_000, 'in hand');
    expect(violation?.invariant).toBe('submits own the epoch');
    expect(world.submits.filter(({ by }) => by.kind === 'controller')).toHaveLength(2);
  });

  test('is broken by a run that froze before, and could have looked at its clock', async () => {
    const { violation, world } = await afterAnother(34_000, 'before');
    expect(violation?.invariant).toBe('submits own the epoch');
    expect(world.submits.filter(({ by }) => by.kind === 'controller')).toHaveLength(1);
  });
});

describe('epochs never conflict', () => {
  test('is broken by an epoch that goes back', async () => {
    expect(broken(await when((env) => write(env, (item) => ({ ...item, epoch: 0 }))))).toBe('epochs never conflict');
  });

  test('is broken by one epoch used for two kinds of routes', async () => {
    const both = await when(async (env) => {
      await claim(env, ['us-west-2']);
      await send(env, ['us-west-2']);
      // The second set is what the claim says, in other words for the routes.
      await env.endpoints[1].submit(env.accessPoint, [{ region: 'us-west-2', dial: 50 }], NEVER());
    }, { episodes: [failing, { ...failing, kind: 'noise', of: 'us-east-1', probability: 1 } as Episode] });
    expect(broken(both)).toBe('epochs never conflict');
  });
});

describe('the brake holds', () => {
  const braked = (sendsAt: number) =>
    when(
      async (env, until) => {
        await until(60_000);
        await claim(env, ['eu-west-1']);
        await until(sendsAt);
        await send(env, ['eu-west-1']);
      },
      {
        episodes: [failing, { at: 65_000, forMs: 0, kind: 'person', verb: 'pause', region: 'us-east-1' }],
        person: (env) => write(env, (item) => ({ ...item, braked: true })),
      },
    );

  test("is broken by a submit more than a second after 'pause' returned", async () => {
    expect(broken(await braked(70_000))).toBe('the brake holds');
  });

  test('holds for a submit that leaves within the second', async () => {
    const ran = await braked(66_000);
    expect(ran.violation?.invariant).not.toBe('the brake holds');
    expect(ran.judged('the brake holds')).toBe(1);
    expect(ran.world.submits).toHaveLength(1);
  });
});

describe('the target was well', () => {
  test('is broken by traffic sent to a Region that has been dead for minutes', async () => {
    const silent: Episode = { ...failing, region: 'eu-west-1', state: 'silent' };
    const ran = await when(async (env) => (await env.clock.sleep(110_000), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes: [failing, silent] });
    expect(broken(ran)).toBe('the target was well');
  });

  test('holds where it died a moment ago', async () => {
    const ran = await when(async (env) => (await env.clock.sleep(50_000), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), {
      episodes: [failing, { ...dead('eu-west-1'), at: 40_000 }],
    });
    expect(broken(ran)).not.toBe('the target was well');
  });
});

describe('an excluded or quarantined Region is no target', () => {
  test.each(['excluded', 'quarantined'])('is broken by traffic sent to one that is %s', async (list) => {
    const ran = await when(
      async (env) => {
        await env.clock.sleep(60_000);
        await write(env, (item) => ({ ...item, [list]: ['eu-west-1'] }));
        await env.clock.sleep(5_000);
        await claim(env, ['eu-west-1']);
        await send(env, ['eu-west-1']);
      },
      { episodes: [failing, { at: 1_000, forMs: 0, kind: 'card', target: 'us-east-1', endpoint: 'us-west-2' }] },
    );
    expect(broken(ran)).toBe('an excluded or quarantined Region is no target');
  });
});

describe('one liar moves nothing', () => {
  test('is broken by any move while only one observer lies', async () => {
    const lie: Episode = { at: 0, forMs: FOR_GOOD, kind: 'lie', observer: 'voter:us-east-2', lie: 'all down' };
    const ran = await when(async (env) => (env.decided('move', 'because'), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes: [lie] });
    expect(broken(ran)).toBe('one liar moves nothing');
    expect(ran.judged('one liar moves nothing')).toBe(1);
  });
});

describe('no failover while clients are served', () => {
  const move = (episodes: Episode[], atMs = 60_000) =>
    when(async (env) => (await env.clock.sleep(atMs), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes, settings: { disputedForMs: 10_000 } });

  test('is broken by a move without any trouble to be seen, but a cut of one voter', async () => {
    const cut: Episode = { at: 0, forMs: FOR_GOOD, kind: 'cut', from: 'us-east-2', to: 'us-east-1', bothWays: true };
    expect(broken(await move([cut]))).toBe('no failover while clients are served');
  });

  test('is broken by a move long after all was well again', async () => {
    expect(broken(await move([{ ...failing, forMs: 5_000 }], 110_000))).toBe('no failover while clients are served');
  });

  test('holds for a move out of a Region where clients fail', async () => {
    const ran = await move([failing]);
    expect(broken(ran)).toBeUndefined();
    expect(ran.judged('no failover while clients are served')).toBe(1);
  });
});

describe('no failover within a cool-down', () => {
  const twice = (waitMs: number) =>
    when(
      async (env) => {
        await env.clock.sleep(60_000);
        await claim(env, ['us-west-2']);
        await send(env, ['us-west-2']);
        await env.clock.sleep(waitMs);
        await claim(env, ['eu-west-1']);
        await send(env, ['eu-west-1']);
      },
      { episodes: [failing, { ...failing, at: 60_000, region: 'us-west-2' } as Episode] },
    );

  test('is broken by a second decision too soon', async () => {
    expect(broken(await twice(50_000))).toBe('no failover within a cool-down');
  });

  test('does not count a second submit of the same decision', async () => {
    const ran = await when(async (env) => (await env.clock.sleep(60_000), await claim(env, ['eu-west-1']), await send(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes: [failing] });
    expect(broken(ran)).toBeUndefined();
    expect(ran.judged('no failover within a cool-down')).toBe(0);
  });
});

describe('routes converge to the register', () => {
  test('is broken by a person whose act nobody notices', async () => {
    const card: Episode = { at: 60_000, forMs: 0, kind: 'card', target: 'eu-west-1', endpoint: 'us-west-2' };
    const ran = await runWorld({ ...plan({ episodes: [card] }), quietFrom: 300_000 }, scripted(async () => undefined));
    expect(broken(ran)).toBe('routes converge to the register');
  });

  test('holds where routes are as the register wants', async () => {
    const ran = await runWorld({ ...plan({}), quietFrom: 300_000 }, scripted(async () => undefined));
    expect(broken(ran)).toBeUndefined();
    expect(ran.judged('routes converge to the register')).toBe(1);
  });
});

describe('routes converge to the register, beside a brake', () => {
  /** Somebody moves traffic with the card under a brake that is released late, and nobody notices. */
  const released = (atMs: number) => {
    const card: Episode = { at: 60_000, forMs: 0, kind: 'card', target: 'eu-west-1', endpoint: 'us-west-2' };
    return runWorld(
      { ...plan({ episodes: [{ at: 10_000, forMs: 0, kind: 'person', verb: 'pause', region: 'us-east-1' }, card] }), quietFrom: 100_000 },
      scripted(
        async () => undefined,
        async (env) => {
          await write(env, (item) => ({ ...item, braked: true }));
          await env.clock.sleep(atMs - 10_000);
          await write(env, (item) => ({ ...item, braked: false }));
        },
      ),
    );
  };

  test('is broken where nobody notices for minutes after its release', async () => {
    expect(broken(await released(300_000))).toBe('routes converge to the register');
  });

  test('holds where it was released a moment ago: nothing is adopted under it', async () => {
    expect(broken(await released(500_000))).toBeUndefined();
  });
});

describe("a person's act stands", () => {
  test('is broken by a move that was decided after it', async () => {
    const card: Episode = { at: 30_000, forMs: 0, kind: 'card', target: 'us-west-2', endpoint: 'us-west-2' };
    const ran = await when(async (env) => (await env.clock.sleep(90_000), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes: [failing, card] });
    expect(broken(ran)).toBe("a person's act stands");
  });
});

describe("a person's act stands, beside late landings", () => {
  const takenUp = (fate: Fate, personSends: boolean, by?: string) =>
    runWorld(
      plan({ episodes: [failing, { at: 60_000, forMs: 0, kind: 'person', verb: 'failover', region: 'us-west-2' }] }),
      scripted(
        async (env) => {
          await env.clock.sleep(45_000);
          await claim(env, ['eu-west-1']);
          void send(env, ['eu-west-1']);
          await env.clock.sleep(65_000);
          await write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: ['eu-west-1'], by }));
        },
        async (env) => (await claim(env, ['us-west-2']), personSends ? send(env, ['us-west-2']) : undefined),
      ),
      (world) => {
        const fates: Fate[] = [fate];
        world.chance.fate = () => fates.shift() ?? { kind: 'applied' };
      },
    );

  test('is broken by a controller that takes its own late submit for a person', async () => {
    const ran = await takenUp({ kind: 'applied late', afterMs: 60_000 }, true);
    expect(broken(ran)).toBe("a person's act stands");
    expect(ran.violation!.text).toContain('which landed late');
  });

  test('holds where it calls off what a person began and what moved nothing, over what it had moved before, and is broken where it adopts that', async () => {
    const ran = await takenUp({ kind: 'applied' }, false, 'called off by voter us-east-1');
    expect(broken(ran)).not.toBe("a person's act stands");
    expect(ran.world.register).toMatchObject({ epoch: 4, intent: ['eu-west-1'] });
    expect(broken(await takenUp({ kind: 'applied' }, false, 'adopted by voter us-east-1'))).toBe("a person's act stands");
    expect(broken(await takenUp({ kind: 'applied late', afterMs: 60_000 }, true, 'called off by voter us-east-1'))).toBe("a person's act stands");
  });
});

describe('requests are bounded', () => {
  test('is broken by a run that submits again and again', async () => {
    const ran = await when(
      async (env) => {
        await env.clock.sleep(60_000);
        await claim(env, ['eu-west-1']);
        for (let i = 0; i < 40; i++) await send(env, ['eu-west-1']);
      },
      { episodes: [failing] },
    );
    expect(broken(ran)).toBe('requests are bounded');
  });
});

describe('a dead Region is left in time', () => {
  const nobodyActs: Core['run'] = async (env, milliseconds) => {
    const until = env.clock.now() + milliseconds;
    while (env.clock.now() < until) {
      env.decided('hold', 'nobody acts');
      await env.clock.sleep(10_000);
    }
  };

  test('is broken by a controller that does nothing', async () => {
    const ran = await runWorld(plan({ episodes: [dead('us-east-1')] }), { ...scripted(async () => undefined), run: nobodyActs });
    expect(broken(ran)).toBe('a dead Region is left in time');
    // 40 s unhealthy, two ticks, a stagger, 15 s.
    expect(ran.violation!.at).toBeGreaterThan(86_000);
    expect(ran.violation!.at).toBeLessThan(98_000);
  });

  test('asks for nothing while a person holds the brake', async () => {
    const paused: Core = {
      ...scripted(async () => undefined, (env) => write(env, (item) => ({ ...item, braked: true }))),
      run: nobodyActs,
    };
    const brake: Episode = { at: 0, forMs: 0, kind: 'person', verb: 'pause', region: 'us-east-1' };
    expect(broken(await runWorld(plan({ episodes: [brake, dead('us-east-1')] }), paused))).toBeUndefined();
  });
});

describe('where there are buckets', () => {
  const OBJECTS = { lagMs: 100, fails: 0 };
  const told = (more: Partial<Told>): Told => ({ verb: 'reconcile', region: 'eu-west-1', beganAt: 120_000, outcome: 'clean', sentence: '', nothingLost: false, compared: [], ...more });
  /** A person at minute 2 is told something, or does something; until then clients write. */
  const person = (says: NonNullable<Core['person']>, during?: (world: World) => void, durationMs = 600_000, interruptedAfterMs?: number) =>
    runWorld(plan({ objects: OBJECTS, durationMs, episodes: [{ at: 120_000, forMs: 0, kind: 'person', verb: 'reconcile', region: 'eu-west-1', ...(interruptedAfterMs !== undefined && { interruptedAfterMs }) }] }), scripted(async () => undefined, says), during);
  const fence = (until: string | undefined) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'S3FailoverFencex', Effect: 'Deny', Principal: '*', Action: ['s3:PutObject*'], NotResource: 'arn:aws:s3:::x/*', ...(until && { Condition: { DateLessThan: { 'aws:CurrentTime': until } } }) }] });

  describe('a fence always lapses', () => {
    const raised = (lastsMs: number | undefined) =>
      person(async (env) => {
        await env.objects!.buckets('us-east-1').putPolicy(fence(lastsMs === undefined ? undefined : new Date(env.wall() + lastsMs).toISOString()), NEVER());
      });

    test.each([
      ['has no end', undefined],
      ['lasts longer than its lifetime', 600_000],
    ])('is broken by one that %s', async (_, lastsMs) => {
      expect(broken(await raised(lastsMs))).toBe('a fence always lapses');
    });

    test('holds for one that nobody lifts, and that ends', async () => {
      const ran = await raised(170_000);
      expect(broken(ran)).toBeUndefined();
      expect(ran.judged('a fence always lapses')).toBe(1);
      expect(ran.world.side!.writers.refusedAt.size).toBe(1);
    });

    test.each([
      ['holds', 20_000, 300_000, undefined],
      ['is broken', 20_000, 320_500, 'a fence always lapses'],
    ])('%s where a person was interrupted after %d ms, and it still stands after %d ms', async (_, interruptedAfterMs, durationMs, breaks) => {
      const ran = await person(
        async (env) => {
          await env.clock.sleep(durationMs - 130_000);
          await env.objects!.buckets('us-east-1').putPolicy(fence(new Date(env.wall() + 170_000).toISOString()), NEVER());
        },
        undefined,
        durationMs,
        interruptedAfterMs,
      );
      expect(broken(ran)).toBe(breaks);
    });

    test('is broken by one that still stands in the end, with nobody at work', async () => {
      const ran = await person(async (env) => env.objects!.buckets('us-east-1').putPolicy(fence(new Date(env.wall() + 170_000).toISOString()), NEVER()), undefined, 200_000);
      expect(broken(ran)).toBe('a fence always lapses');
    });
  });

  describe('"nothing lost" is never said falsely', () => {
    const said = (target: string) => person(async () => told({ region: target, nothingLost: true }), (world) => world.side!.objects.hold('us-east-1', 'eu-west-1', 9e9));

    test('is broken where a write that was acknowledged is not in the target', async () => {
      expect(broken(await said('eu-west-1'))).toBe('"nothing lost" is never said falsely');
    });

    test('holds where all of them are', async () => {
      const ran = await said('us-east-1');
      expect(broken(ran)).toBeUndefined();
      expect(ran.judged('"nothing lost" is never said falsely')).toBe(1);
    });
  });

  describe('every superseded write is listed by reconcile', () => {
    const compared = (listed: boolean, recorded = true) => {
      let world: World;
      return person(
        async (env) => {
          if (recorded) await claim(env, ['eu-west-1']);
          const older = world.side!.writers.superseded(['us-east-1', 'eu-west-1']).map((one) => one.older.versionId);
          return told({ compared: [{ between: ['us-east-1', 'eu-west-1'], superseded: new Set(listed ? older : []), missing: new Set(), differing: new Set() }] });
        },
        (made) => {
          world = made;
          // Two Regions take writes at once, and neither has the other's yet.
          for (const [from, to] of [['us-east-1', 'eu-west-1'], ['eu-west-1', 'us-east-1']]) world.side!.objects.hold(from, to, 100_000);
          for (let at = 20_000; at < 60_000; at += 1_000) world.time.at(at, () => void world.side!.writers.write('eu-west-1'));
        },
      );
    };

    test('is broken by a list without it', async () => {
      expect(broken(await compared(false))).toBe('every superseded write is listed by reconcile');
    });

    test('asks for nothing where no act is on record that left one of the two Regions', async () => {
      const ran = await compared(false, false);
      expect(broken(ran)).not.toBe('every superseded write is listed by reconcile');
      expect(ran.judged('every superseded write is listed by reconcile')).toBe(0);
    });

    test('holds where it is named', async () => {
      const ran = await compared(true);
      expect(broken(ran)).toBeUndefined();
      expect(ran.judged('every superseded write is listed by reconcile')).toBeGreaterThan(5);
    });
  });
});

describe('no more is lost than is allowed', () => {
  /** The first Region fails for good at 95 s; nothing that was written there after `heldAt` has arrived. */
  const moved = (heldAt: number, cuts: readonly Episode[] = []) =>
    runWorld(
      plan({ objects: { lagMs: 100, fails: 0 }, settings: { ...QUIET.settings, maxDataLossMs: 90_000 }, episodes: [{ ...failing, at: 95_000 }, ...cuts] }),
      scripted(async (env) => {
        await env.clock.sleep(105_000);
        await write(env, (item) => ({ ...item, act: 'failover' }));
        await claim(env, ['eu-west-1']);
        await send(env, ['eu-west-1']);
      }),
      (world) => {
        for (let at = 0; at < 95_000; at += 30_000) world.time.at(at, () => world.beats!.beat('us-east-1'));
        world.time.at(heldAt, () => world.beats!.objects.hold('us-east-1', 'eu-west-1', 9e9));
      },
    );
  /** Long enough for a copy. */
  const AFTER_THE_FIRST = 29_000;
  const cutOff = (edges: readonly string[]) => edges.map((edge): Episode => ({ at: 60_000, forMs: FOR_GOOD, kind: 'cut', from: edge, to: 'us-east-1', bothWays: true }));

  test('is broken by a move to a Region that had nothing of the last minutes', async () => {
    expect(broken(await moved(0))).toBe('no more is lost than is allowed');
    expect(broken(await moved(AFTER_THE_FIRST))).toBe('no more is lost than is allowed');
  });

  test('holds where something had arrived that was written shortly before', async () => {
    const ran = await moved(9e9);
    expect(broken(ran)).not.toBe('no more is lost than is allowed');
    expect(ran.judged('no more is lost than is allowed')).toBe(1);
  });

  test.each([
    [12_000, undefined],
    [15_000, 'no more is lost than is allowed'],
  ])('counts what was taken in a pause of the outage that a look cannot have missed: of %d ms', async (pauseMs, breaks) => {
    const before: Episode = { ...failing, at: 60_000, forMs: 35_000 - pauseMs };
    const ran = await moved(AFTER_THE_FIRST, [before]);
    expect(broken(ran)).toBe(breaks);
    expect(ran.judged('no more is lost than is allowed')).toBe(1);
  });

  test('counts to the last write that a client was told is safe, and so not a time in which nobody reached the Region', async () => {
    const ran = await moved(AFTER_THE_FIRST, cutOff(['edge-america', 'edge-europe', 'edge-asia']));
    expect(broken(ran)).not.toBe('no more is lost than is allowed');
    expect(ran.judged('no more is lost than is allowed')).toBe(1);
    // One edge that still reaches it has something to lose.
    expect(broken(await moved(AFTER_THE_FIRST, cutOff(['edge-america', 'edge-europe'])))).toBe('no more is lost than is allowed');
  });
});

describe('only a down Region is left', () => {
  const left = (state: Storage) =>
    when(async (env, until) => (await until(60_000), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), { episodes: [{ ...failing, state }], settings: { disputedForMs: 10_000 } });

  test.each<Storage>(['forbidden', 'keyless'])('is broken by leaving one that is %s', async (state) => {
    expect(broken(await left(state))).toBe('only a down Region is left');
  });

  test.each<Storage>([...DOWN_STORAGES])('holds for leaving one that is %s to everybody', async (state) => {
    const ran = await left(state);
    expect(broken(ran)).toBeUndefined();
    expect(ran.judged('only a down Region is left')).toBe(1);
    expect(ran.world.clients.failedWithin('us-east-1', 600_000)).toBe(true);
  });
});

describe('no failover for a blip', () => {
  const keysFirst = (keysAt: number) =>
    when(async (env, until) => (await until(60_000), await claim(env, ['eu-west-1']), send(env, ['eu-west-1'])), {
      episodes: [{ at: keysAt, forMs: 40_000, kind: 'storage', region: 'us-east-1', state: 'keys failing' }, { ...failing, at: 45_000, state: 'refusing' }],
      settings: { disputedForMs: 40_000 },
    });

  test('is broken where the outage was shorter than it must be, whatever it was of', async () => {
    expect(broken(await keysFirst(40_000))).toBe('no failover for a blip');
  });

  test('counts from when the keys failed, where another outage began before they were well again', async () => {
    const ran = await keysFirst(15_000);
    expect(broken(ran)).toBeUndefined();
    expect(ran.judged('no failover for a blip')).toBe(1);
  });
});

describe('an act is not finished for ever', () => {
  /** Taken up again 85 s after it was decided, with a cool-down of 5 s, where twice that and a minute are allowed. */
  const again = (meanwhile: string) =>
    when(
      async (env, until) => {
        const claims = () => write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: ['eu-west-1'], by: 'failover by voter us-east-1' }));
        await until(20_000);
        await claims();
        for (let at = 30_000; at <= 100_000; at += 10_000) {
          await until(at);
          env.decided(meanwhile, '');
        }
        await until(105_000);
        await claims();
      },
      { settings: { coolDownMs: 5_000 } },
    );

  test('is broken by taking it up long after its cool-down', async () => {
    expect(broken(await again('hold: act under way'))).toBe('an act is not finished for ever');
  });

  test('does not count time in which no voter could read the register', async () => {
    const ran = await again('hold: register unreadable');
    expect(broken(ran)).not.toBe('an act is not finished for ever');
    expect(ran.judged('an act is not finished for ever')).toBe(2);
  });
});

describe('a veto holds', () => {
  const ALARM = { region: 'us-east-2', name: 'orders-are-paused' };
  const moved = (more: readonly Episode[], from = 1_000) =>
    when(
      async (env, until) => {
        await until(60_000);
        await write(env, (item) => ({ ...item, act: 'failover' }));
        await claim(env, ['us-west-2']);
      },
      { episodes: [failing, { at: from, forMs: FOR_GOOD, kind: 'alarm', ...ALARM, state: 'in alarm' }, ...more], settings: { vetoAlarms: [ALARM] } },
    );

  test('is broken by a claim under an alarm', async () => {
    expect(broken(await moved([]))).toBe('a veto holds');
  });

  test.each<[string, Episode]>([
    ['could not be read', { at: 0, forMs: FOR_GOOD, kind: 'alarm', ...ALARM, state: 'refused' }],
    ['was quiet a moment before', { at: 0, forMs: 50_000, kind: 'alarm', ...ALARM, state: 'gone' }],
    ['died with its Region', dead('us-east-2')],
    ['was out of reach', { at: 0, forMs: FOR_GOOD, kind: 'cut', from: 'us-east-1', to: 'us-east-2', bothWays: false }],
  ])('holds where the alarm %s', async (_, episode) => {
    expect(broken(await moved([episode]))).not.toBe('a veto holds');
  });

  test('holds where the alarm was raised after it was asked', async () => {
    expect(broken(await moved([], 55_000))).not.toBe('a veto holds');
  });
});

describe('a failback leaves nothing behind', () => {
  const failback = { kind: 'when drained', forMs: 120_000 } as const;
  const goes = (at: number, { episodes = [], begins = 'eu-west-1', to = 'us-east-1', set = { failback } }: { readonly episodes?: Episode[]; readonly begins?: string; readonly to?: string; readonly set?: Partial<Settings> } = {}) => {
    let world: World;
    let begun = false;
    return runWorld(
      plan({ seed: 4, begins, episodes, settings: { ...QUIET.settings, ...set } }),
      {
        ...scripted(async () => undefined),
        run: async (env) => {
          if (begun || world.time.now < at || env.role !== 'voter') return;
          begun = true;
          await write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: [to], act: 'failback' }));
          await send(env, [to]);
          await write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: [begins], act: 'failover' }));
          await send(env, [begins]);
          await write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: [to], act: 'failback' }));
        },
      },
      (made) => void (world = made),
      [new NothingIsLeftBehind()],
    );
  };
  const rest = (at: number, forMs = FOR_GOOD): Episode => ({ at, forMs, kind: 'nobody writes' });
  const text = ({ violation }: Ran) => (violation?.invariant === 'a failback leaves nothing behind' ? violation.text : undefined);

  test('is broken where applications write all the time', async () => {
    expect(text(await goes(500_000))).toMatch(/no time of 120 s in which nothing was on its way/);
  });

  test('is broken where they have been at rest for too short a time', async () => {
    expect(text(await goes(500_000, { episodes: [rest(430_000)] }))).toMatch(/no time of 120 s/);
  });

  test('is broken by a second time, with no word of a person between, and not by the first', async () => {
    const ran = await goes(500_000, { episodes: [rest(0)] });
    expect(text(ran)).toMatch(/went back before, and no person has acted since/);
    expect(ran.judged('a failback leaves nothing behind')).toBe(2);
  });

  test('is broken where a person is to go back, and by a Region that comes later in the order', async () => {
    expect(text(await goes(500_000, { episodes: [rest(0)], set: {} }))).toMatch(/a person is to do that/);
    expect(text(await goes(500_000, { episodes: [rest(0)], begins: 'us-east-1', to: 'eu-west-1' }))).toMatch(/does not come before it/);
  });
});

describe('two policies decide nothing together', () => {
  const moved = (episodes: readonly Episode[], more: Partial<Plan> = {}) => {
    let world: World;
    let begun = false;
    return runWorld(
      plan({ episodes, ...more }),
      {
        ...scripted(async () => undefined),
        run: async (env) => {
          if (env.role !== 'voter') return;
          // A voice of each voter at each tick; one of them acts.
          for (let tick = 0; tick < 11; tick++) {
            const key = `report/voter/${env.region}`;
            await env.table.put(key, {}, (await env.table.get(key, NEVER()))?.revision, NEVER());
            if (!begun && env.region === 'us-east-1' && world.time.now > 200_000) {
              begun = true;
              await write(env, (item) => ({ ...item, epoch: (item.epoch as number) + 1, intent: ['us-west-2'], act: 'failover' }));
            }
            await env.clock.sleep(10_000);
          }
        },
      },
      (made) => void (world = made),
      [new TwoPoliciesDecideNothing()],
    );
  };
  const other = (voter: string, at: number): Episode => ({ at, forMs: FOR_GOOD, kind: 'other version', observer: `voter:${voter}` });

  test('is broken by a claim while another voter has been heard under another policy', async () => {
    expect(broken(await moved([other('us-west-2', 0)]))).toBe('two policies decide nothing together');
  });

  test('holds where all follow one, where the other came a moment ago, and where nobody understands it', async () => {
    expect(broken(await moved([]))).toBeUndefined();
    expect(broken(await moved(['us-east-1', 'us-east-2', 'us-west-2'].map((voter) => other(voter, 0))))).toBeUndefined();
    expect(broken(await moved([other('us-west-2', 199_000)]))).toBeUndefined();
    expect(broken(await moved([other('us-west-2', 0)], { next: { writes: 'version 2' } }))).toBeUndefined();
  });
});
