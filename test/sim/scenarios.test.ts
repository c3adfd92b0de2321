import { fenceStatement } from '../../runtime/core/operate/fence/statement';
import { FENCE_TIMES } from '../../runtime/core/operate/fence/times';
import { FOR_GOOD, type Episode, type Steering } from './faults/episode';
import { NO_RATES } from './faults/rates';
import { shipped } from './shipped';
import { plan, runWorld, type Ran } from './support/in-world';
import type { AlarmState } from './world/alarms';
import type { World } from './world/world';
import type { Next, Plan } from './faults/plan';

const MINUTE = 60_000;

/** A quarter of an hour around one incident, with the shipped controller. Every invariant is judged throughout. */
function incident(episodes: readonly Episode[], changes: Partial<Plan> = {}, during?: (world: World) => void): Promise<Ran> {
  return runWorld(plan({ durationMs: 15 * MINUTE, data: ['eu-west-1', 'us-west-2', 'us-east-1'], episodes, ...changes }), shipped(), during);
}

const applied = ({ rows }: Ran) => rows.filter((row) => row.includes('takes effect'));
const said = ({ rows }: Ran, text: string) => rows.some((row) => row.includes(text));
/** Milliseconds after which the first change of routes took effect. */
const movedAfter = ({ world }: Ran, at: number) => world.plane.changedAt - at;

describe('a quiet quarter of an hour', () => {
  test('moves nothing, and every observer is heard', async () => {
    const ran = await incident([]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
    expect(ran.world.register).toMatchObject({ intent: ['eu-west-1'], epoch: 1 });
    expect(ran.world.sentences.get('hold: healthy')!).toBeGreaterThan(400);
  });
});

describe('a Region that dies for good', () => {
  test('is left within the promised time, and not twice', async () => {
    const ran = await incident([{ at: 5 * MINUTE, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' }]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(1);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    const { unhealthyForMs, intervalMs, staggerMs } = ran.world.plan.settings;
    expect(movedAfter(ran, 5 * MINUTE)).toBeGreaterThan(unhealthyForMs);
    expect(movedAfter(ran, 5 * MINUTE)).toBeLessThan(unhealthyForMs + 2 * intervalMs + staggerMs + 15_000);
    expect(ran.world.register).toMatchObject({ intent: ['us-west-2'], quarantined: ['eu-west-1'] });
  });

  test('together with us-east-1, a control Region, is left as well', async () => {
    const dead = (region: string): Episode => ({ at: 5 * MINUTE, forMs: FOR_GOOD, kind: 'region dead', region });
    const ran = await incident([dead('eu-west-1'), dead('us-east-1')]);
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    expect(applied(ran)).toHaveLength(1);
  });

  test('stays where it is once it is back: nothing fails back by itself', async () => {
    const ran = await incident([{ at: 2 * MINUTE, forMs: 4 * MINUTE, kind: 'region dead', region: 'eu-west-1' }]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(1);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
  });
});

describe('a Region that two voters cannot reach, and that is well', () => {
  const cut = (from: string, forMs: number): Episode => ({ at: 3 * MINUTE, forMs, kind: 'cut', from, to: 'eu-west-1', bothWays: false });

  test('is disputed, and kept for as long as that is allowed', async () => {
    const ran = await incident([cut('us-east-2', 2 * MINUTE), cut('us-west-2', 2 * MINUTE)]);
    expect(ran.violation).toBeUndefined();
    expect(said(ran, 'well to its own observer')).toBe(true);
    expect(applied(ran)).toEqual([]);
  });

  test('is left in the end, when the dispute lasts', async () => {
    const ran = await incident([cut('us-east-2', 8 * MINUTE), cut('us-west-2', 8 * MINUTE)]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(1);
    expect(movedAfter(ran, 3 * MINUTE)).toBeGreaterThan(ran.world.plan.settings.disputedForMs);
  });
});

describe('a voter that is frozen with its submit in hand', () => {
  test('wakes when a person has acted: its one stale submit is put right', async () => {
    let thawed = 0;
    const ran = await incident([{ at: 4 * MINUTE, forMs: 8 * MINUTE, kind: 'storage', region: 'eu-west-1', state: 'failing' }], {}, (world) => {
      const usual = world.chance.draw.bind(world.chance);
      let frozen = false;
      world.chance.draw = (process, call) => {
        if (call !== 'submit routes' || frozen) return usual(process, call);
        frozen = true;
        // A person acts while the first voter to act holds its submit.
        world.time.after(10_000, () => world.person('failover', 'us-east-1'));
        world.time.after(30_000, () => (thawed = world.time.now));
        return { kind: 'frozen before', forMs: 30_000, clockStops: false };
      };
    });
    expect(ran.violation).toBeUndefined();
    const stale = ran.world.submits.find(({ frozenMs }) => frozenMs > 25_000)!;
    expect(stale).toMatchObject({ leftAt: thawed, epoch: 2 });
    expect(ran.world.register!.epoch).toBeGreaterThan(3);
    expect(ran.world.register!.intent).toEqual(['us-east-1']);
    expect(ran.world.plane.active).toEqual(['us-east-1']);
  });
});

describe('a submit that lands late', () => {
  test('does not undo what a person did meanwhile for longer than it takes to see', async () => {
    const ran = await incident(
      [
        { at: 4 * MINUTE, forMs: 9 * MINUTE, kind: 'storage', region: 'eu-west-1', state: 'failing' },
        { at: 6 * MINUTE, forMs: 0, kind: 'person', verb: 'failover', region: 'us-east-1' },
      ],
      {},
      (world) => {
        let late = false;
        const usual = world.chance.fate.bind(world.chance);
        world.chance.fate = () => {
          if (late) return usual();
          late = true;
          return { kind: 'applied late', afterMs: 5 * MINUTE };
        };
      },
    );
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['us-east-1']);
    expect(ran.world.register!.intent).toEqual(['us-east-1']);
    // The controller's, sent again and at once; the person's; the late one; what puts it right.
    expect(applied(ran).length).toBeGreaterThanOrEqual(4);
  });
});

describe('a person with the card', () => {
  test('is noticed, and what they did stands', async () => {
    const ran = await incident([{ at: 4 * MINUTE, forMs: 0, kind: 'card', target: 'us-east-1', endpoint: 'us-west-2' }], { quietFrom: 5 * MINUTE });
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['us-east-1']);
    expect(ran.world.register).toMatchObject({ intent: ['us-east-1'], excluded: ['eu-west-1'] });
    expect(ran.judged('routes converge to the register')).toBe(1);
  });
});

describe('a mistake in a policy', () => {
  test('that answers 403 everywhere moves nothing, and calls a person', async () => {
    const ran = await incident(['eu-west-1', 'us-west-2', 'us-east-1'].map((region): Episode => ({ at: MINUTE, forMs: FOR_GOOD, kind: 'storage', region, state: 'forbidden' })));
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
    expect(said(ran, 'a mistake and no outage')).toBe(true);
  });
});

describe('a deployment in the middle of a failover', () => {
  test('holds while versions are mixed, and leaves the dead Region afterwards', async () => {
    const version = (observer: string): Episode => ({ at: 90_000, forMs: 2 * MINUTE, kind: 'other version', observer });
    const ran = await incident([version('voter:us-east-1'), { at: 2 * MINUTE, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' }], { rates: NO_RATES, quietFrom: 4 * MINUTE });
    expect(ran.violation).toBeUndefined();
    expect(said(ran, 'voters follow different policies')).toBe(true);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
  });
});

describe('a deployment that goes from voter to voter in the middle of a failover, to the end', () => {
  const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
  const from = (voter: string) => (1.5 + VOTERS.indexOf(voter)) * MINUTE;
  const rolling = VOTERS.map((voter): Episode => ({ at: from(voter), forMs: FOR_GOOD, kind: 'other version', observer: `voter:${voter}` }));
  const dies: Episode = { at: 2 * MINUTE, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' };

  test.each<Next['writes']>(['as now', 'more'])('holds while voters follow two policies, and leaves the dead Region once they follow one (reports: %s)', async (writes) => {
    const ran = await incident([...rolling, dies], { next: { writes } });
    expect(ran.violation).toBeUndefined();
    expect(said(ran, 'voters follow different policies')).toBe(true);
    expect(ran.judged('two policies decide nothing together')).toBeGreaterThan(5);
    // The last voter's older runs end two minutes after it began to start newer ones; by then two newer ones are a majority, and are held by it.
    expect(ran.world.plane.changedAt).toBeGreaterThan(from('us-west-2'));
    expect(ran.world.plane.changedAt).toBeLessThan(from('us-west-2') + 3 * MINUTE + ran.world.plan.settings.unhealthyForMs);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    expect(applied(ran)).toHaveLength(1);
  });

  test('counts reports of a later format for nothing, crashes nowhere, and leaves the dead Region by those that are understood', async () => {
    const ran = await incident([...rolling, dies], { next: { writes: 'version 2' } });
    expect(ran.violation).toBeUndefined();
    expect(said(ran, 'reports that nobody understands')).toBe(true);
    expect([...ran.world.sentences.keys()].filter((sentence) => sentence.includes('crashed'))).toEqual([]);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    expect(applied(ran)).toHaveLength(1);
  });

  test('is rolled back, and the Region is left all the same', async () => {
    const back = rolling.map((episode) => ({ ...episode, forMs: MINUTE }));
    const ran = await incident([...back, dies], { next: { writes: 'version 2' } });
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['us-west-2']);
  });
});

describe('an alarm that may hold', () => {
  const ALARM = { region: 'us-west-2', name: 'orders-are-paused' };
  const settings = { ...plan({}).settings, vetoAlarms: [ALARM] };
  const alarm = (state: AlarmState, at: number, forMs: number): Episode => ({ at, forMs, kind: 'alarm', ...ALARM, state });
  const dies: Episode = { at: 5 * MINUTE, forMs: FOR_GOOD, kind: 'region dead', region: 'eu-west-1' };

  test('holds the failover of a dead Region for as long as it is in ALARM, and no longer', async () => {
    const ran = await incident([alarm('in alarm', MINUTE, 9 * MINUTE), dies], { settings });
    expect(ran.violation).toBeUndefined();
    expect(said(ran, "nothing automatic moves traffic while 'orders-are-paused' in us-west-2 is in ALARM")).toBe(true);
    expect(movedAfter(ran, 10 * MINUTE)).toBeGreaterThan(0);
    expect(movedAfter(ran, 10 * MINUTE)).toBeLessThan(2 * settings.intervalMs + 15_000);
    expect(ran.judged('a veto holds')).toBeGreaterThan(10);
  });

  test.each<AlarmState>(['refused', 'unanswered', 'gone'])('holds nothing while it is %s, and that is said', async (state) => {
    const ran = await incident([alarm('in alarm', 0, 4 * MINUTE), alarm(state, 4 * MINUTE, FOR_GOOD), dies], { settings });
    expect(ran.violation).toBeUndefined();
    expect(said(ran, 'an alarm that may hold could not be read, and so holds nothing')).toBe(true);
    expect(movedAfter(ran, 5 * MINUTE)).toBeLessThan(settings.unhealthyForMs + 2 * settings.intervalMs + settings.staggerMs + 15_000);
  });

  test('holds nothing where it has died with the Region that is to be left', async () => {
    const there = { region: 'eu-west-1', name: 'orders-are-paused' };
    const ran = await incident([{ ...alarm('in alarm', MINUTE, FOR_GOOD), ...there }, dies], { settings: { ...settings, vetoAlarms: [there] } });
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['us-west-2']);
  });

  test('causes nothing where all is well, in ALARM or flapping', async () => {
    const flaps = Array.from({ length: 20 }, (_, index) => alarm('in alarm', (6 + index / 4) * MINUTE, 7_000));
    const ran = await incident([alarm('in alarm', MINUTE, 5 * MINUTE), ...flaps], { settings });
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
    expect(ran.world.register).toMatchObject({ epoch: 1 });
  });
});

describe('a policy that goes back by itself', () => {
  const settings = { ...plan({}).settings, failback: { kind: 'when drained', forMs: 2 * MINUTE } } as const;
  const rest = (at: number, forMs = FOR_GOOD): Episode => ({ at, forMs, kind: 'nobody writes' });
  const person = (verb: Steering, at: number, region = 'eu-west-1'): Episode => ({ at, forMs: 0, kind: 'person', verb, region });
  /** Not every seed has a night in which replication keeps up. */
  const back = (episodes: readonly Episode[], changes: Partial<Plan> = {}) => incident(episodes, { begins: 'us-west-2', settings, seed: 17, ...changes });

  test('goes back once nothing has been on its way for the time of the policy, and once only', async () => {
    const ran = await back([rest(3 * MINUTE)]);
    expect(ran.violation).toBeUndefined();
    expect(ran.world.plane.active).toEqual(['eu-west-1']);
    expect(applied(ran)).toHaveLength(1);
    expect(movedAfter(ran, 3 * MINUTE)).toBeGreaterThan(2 * MINUTE);
    expect(ran.judged('a failback leaves nothing behind')).toBe(1);
  });

  test('stays where applications write all the time', async () => {
    const ran = await back([]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
  });

  test.each<[string, readonly Episode[], Partial<Plan>]>([
    ['the brake', [rest(0), person('pause', 10_000)], {}],
    ['an exclusion', [rest(0), person('exclude', 10_000)], {}],
    ['an alarm', [rest(0), { at: 0, forMs: FOR_GOOD, kind: 'alarm', region: 'us-east-2', name: 'migrating', state: 'in alarm' }], { settings: { ...settings, vetoAlarms: [{ region: 'us-east-2', name: 'migrating' }] } }],
    ['the illness of the preferred Region', [rest(0), { at: 0, forMs: FOR_GOOD, kind: 'storage', region: 'eu-west-1', state: 'throttling' }], {}],
    ['copies that FAILED', [rest(3 * MINUTE)], { objects: { lagMs: 100, fails: 0.2 } }],
  ])('is held by %s', async (_, episodes, changes) => {
    const ran = await back(episodes, changes);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
  });

  test('waits for a cool-down after a person has moved traffic, and for the word that the Region may be chosen', async () => {
    const ran = await back([rest(0), person('failover', MINUTE, 'us-west-2'), person('include', 2 * MINUTE)], { begins: 'eu-west-1' });
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(2);
    expect(movedAfter(ran, MINUTE)).toBeGreaterThan(settings.coolDownMs);
    expect(ran.world.plane.active).toEqual(['eu-west-1']);
  });

  test('leaves a Region that dies after that, and does not return to it, so that nothing goes to and fro', async () => {
    const ran = await back([rest(0), { at: 8 * MINUTE, forMs: 90_000, kind: 'storage', region: 'eu-west-1', state: 'failing' }], { durationMs: 30 * MINUTE });
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(2);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    expect(ran.world.register).toMatchObject({ quarantined: ['eu-west-1'] });
  });
});

describe('a fence that is kept up for 10 minutes', () => {
  test('moves nothing, though clients are refused all the time, and lapses when nobody extends it any more', async () => {
    const refused: boolean[] = [];
    const ran = await incident([], { objects: { lagMs: 100, fails: 0 } }, (world) => {
      const side = world.side!;
      const by = world.process('person', 'switchover', world.layout.desk);
      const put = () => {
        const statement = fenceStatement({ now: () => side.wall(), iso: (at) => new Date(at).toISOString(), parse: Date.parse }, { actId: 'x'.repeat(16), until: side.wall() + FENCE_TIMES.lifetimeMs }, { partition: 'aws', bucket: side.estate.buckets['eu-west-1'] });
        side.putPolicy(by, 'eu-west-1', `{"Version":"2012-10-17","Statement":[${statement}]}`);
      };
      for (let at = MINUTE; at <= 9 * MINUTE; at += FENCE_TIMES.extendEveryMs) world.time.at(at, put);
      for (let at = 2 * MINUTE; at < 15 * MINUTE; at += MINUTE) world.time.at(at, () => refused.push(world.time.now - (side.writers.refusedAt.get('eu-west-1') ?? -Infinity) < 10_000));
    });
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toEqual([]);
    // Raised at minute 1 and extended until minute 9, it lasts three minutes longer.
    expect(refused).toEqual([...Array.from({ length: 11 }, () => true), false, false]);
    expect(ran.world.sentences.get('hold: healthy')!).toBeGreaterThan(200);
  });
});

describe('a Region that is partitioned from everything but its clients, and well', () => {
  const alone: Episode = { at: 3 * MINUTE, forMs: 8 * MINUTE, kind: 'partition', side: ['eu-west-1', 'edge-america', 'edge-europe', 'edge-asia'] };

  test('is left, since nobody can tell it from a dead one, and not returned to', async () => {
    const ran = await incident([alone]);
    expect(ran.violation).toBeUndefined();
    expect(applied(ran)).toHaveLength(1);
    expect(ran.world.plane.active).toEqual(['us-west-2']);
    expect(ran.world.register).toMatchObject({ intent: ['us-west-2'], quarantined: ['eu-west-1'] });
  });
});
