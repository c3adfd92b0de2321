import type { Decision } from '../../../../../runtime/core/controller/decide';
import { sentenceOf } from '../../../../../runtime/core/controller/reasons';
import type { ActEvent } from '../../../../../runtime/core/controller/tell/event';
import type { Message } from '../../../../../runtime/core/controller/tell/message';
import { voterNotices } from '../../../../../runtime/core/controller/tell/notices';
import type { Sample } from '../../../../../runtime/core/controller/tell/samples';
import { VirtualClock } from '../../../support/virtual-clock';
import type { ActKind, ActState, RegisterState } from '../../../../../runtime/core/controller/register-state';
import { A, B, C, ORDER, VOTERS } from '../estate';
import { all, dead, WALL, type Scene } from '../views';
import { actOf, PLACE, POLICY, viewAt } from './told';

const signal = new AbortController().signal;
const healthy: Decision = { action: 'hold', reason: 'healthy', sentence: sentenceOf('healthy', [A]) };
const alarmed: Decision = { action: 'alarm', reason: 'no healthy Region', sentence: sentenceOf('no healthy Region', A) };

function voter(fails: { events?: boolean; topic?: boolean } = {}) {
  const clock = new VirtualClock();
  const published: Sample[][] = [];
  const events: ActEvent[] = [];
  const messages: Message[] = [];
  const errors: unknown[] = [];
  const quiet = () => undefined;
  const refused = () => Promise.reject(new Error('not today'));
  const notices = voterNotices(
    {
      clock,
      wall: { now: () => WALL, iso: String, parse: Number },
      log: { debug: quiet, info: quiet, warn: quiet, error: (message, fields) => void errors.push([message, fields]) },
      metrics: { publish: (samples) => void published.push([...samples]) },
      events: { put: async (event) => (fails.events ? refused() : void events.push(event)) },
      topic: { publish: async (message) => (fails.topic ? refused() : void messages.push(message)) },
    },
    POLICY,
    PLACE,
  );
  return { clock, notices, published, events, messages, errors };
}

/** `name` or `name/Region` to value. */
function valuesOf(samples: readonly Sample[]): { [name: string]: number } {
  return Object.fromEntries(samples.map(({ name, value, dimensions }) => [[name, dimensions.Region ?? dimensions.Reason].filter(Boolean).join('/'), value]));
}

async function figures(scene: Scene, decision: Decision = healthy): Promise<{ [name: string]: number }> {
  const { notices, published } = voter();
  await notices.decided(decision, viewAt(scene), signal);
  return valuesOf(published.flat());
}

describe('metrics', () => {
  test('of a quiet minute are there, zeros included', async () => {
    await expect(figures({ routes: { kind: 'seen', active: [A], confirmed: true }, lag: { [B]: { lagMs: 61_400 }, [C]: {} } })).resolves.toEqual({
      VotersFresh: 3,
      FailoverCount: 0,
      BrakeOn: 0,
      RoutesDrift: 0,
      HealthyRegions: 3,
      DisputedRegions: 0,
      MisconfiguredRegions: 0,
      [`ActiveRegion/${A}`]: 1,
      [`ActiveRegion/${B}`]: 0,
      [`ActiveRegion/${C}`]: 0,
      ...Object.fromEntries(ORDER.map((region) => [`RegionHealth/${region}`, 1])),
      [`ReplicationLagSeconds/${A}`]: 0,
      [`ReplicationLagSeconds/${B}`]: 61,
    });
  });

  test('say what is wrong', async () => {
    const scene: Scene = {
      routes: { kind: 'seen', active: [B], confirmed: false },
      says: { [A]: all(dead(60)), [C]: all({ result: 'misconfigured', elsewhere: true }) },
      own: { [A]: { result: 'ok', elsewhere: true } },
      state: { brake: { by: 'ana', why: 'x' } },
    };
    await expect(figures(scene, { action: 'hold', reason: 'paused', sentence: '' })).resolves.toMatchObject({
      RoutesDrift: 1, BrakeOn: 1, HealthyRegions: 1, DisputedRegions: 1, MisconfiguredRegions: 1, 'DecisionHeld/paused': 1, [`RegionHealth/${A}`]: 0, [`RegionHealth/${B}`]: 1,
    });
  });

  test('say nothing of what is not known', async () => {
    await expect(figures({ register: { kind: 'unreadable', reason: 'r' }, ages: [undefined, undefined, undefined] }, { action: 'hold', reason: 'register unreadable', sentence: '' })).resolves.toEqual({
      VotersFresh: 0, FailoverCount: 0, HealthyRegions: 0, DisputedRegions: 0, MisconfiguredRegions: 0, 'DecisionHeld/register unreadable': 1,
      ...Object.fromEntries(ORDER.map((region) => [`RegionHealth/${region}`, 0])),
    });
  });

  test('are published twice a minute, and at once when something changed, but not for a lag alone', async () => {
    const { clock, notices, published } = voter();
    const tick = async (scene: Scene = {}) => {
      await notices.decided(healthy, viewAt(scene), signal);
      await clock.pass(10_000);
    };
    for (let i = 0; i < 6; i++) await tick({ lag: { [B]: { lagMs: i * 1_000 } } });
    expect(published).toHaveLength(2);
    await tick({ says: { [B]: all(dead(1)) } });
    await tick({ says: { [B]: all(dead(1)) } });
    expect(published).toHaveLength(3);
  });

  test('of a hold are published each time, and of a brake only while it keeps from something', async () => {
    const { notices, published } = voter();
    const paused: Decision = { action: 'hold', reason: 'paused', sentence: '' };
    await notices.decided(alarmed, viewAt(), signal);
    await notices.decided(alarmed, undefined, signal);
    await notices.decided(paused, viewAt(), signal);
    await notices.decided(paused, viewAt({ says: { [A]: all(dead(60)) } }), signal);
    const held = published.flat().flatMap(({ dimensions }) => dimensions.Reason ?? []);
    expect(held).toEqual(['no healthy Region', 'no healthy Region', 'paused']);
  });

  test('count a failover when it is done, and neither when it is not known nor what moved nothing', async () => {
    const { notices, published } = voter();
    for (const act of [actOf('fail over'), actOf('finish'), actOf('fail back'), actOf('fail over', { state: 'unknown' }), actOf('fail over', { state: 'failed' }), actOf('adopt'), actOf('repair')]) {
      await notices.acted(act, viewAt(), signal);
    }
    expect(published.flat().map(({ name, value }) => [name, value])).toEqual([['FailoverCount', 1], ['FailoverCount', 1], ['FailoverCount', 1]]);
  });

  describe('count a failover that another voter made', () => {
    const act = (state: ActState, by = `voter ${VOTERS[1]}`, kind: ActKind = 'failover') => ({ id: 'y', kind, by, why: '', from: [A], quarantines: [], state });

    /** How many a voter counts that sees the register so, one after the other. */
    async function counted(...states: Partial<RegisterState>[]): Promise<number> {
      const { notices, published } = voter();
      for (const state of states) await notices.decided(healthy, viewAt({ self: VOTERS[0], state }), signal);
      return published.flat().filter(({ name, value }) => name === 'FailoverCount' && value === 1).length;
    }

    test('once, when it is done', async () => {
      const done = { epoch: 8, act: act('done') };
      await expect(counted({ epoch: 7 }, done, done)).resolves.toBe(1);
      await expect(counted({ epoch: 7 }, { epoch: 8, act: act('open') }, done, done)).resolves.toBe(1);
      await expect(counted({ epoch: 8, act: act('open') }, done)).resolves.toBe(1);
      await expect(counted({ epoch: 7 }, done, { epoch: 9, act: act('done', `voter ${VOTERS[2]}`, 'failback') })).resolves.toBe(2);
    });

    test('that was made since it waits for the process before it, and not one that it saw made meanwhile', async () => {
      const { notices, published } = voter();
      notices.waiting!(viewAt({ state: { epoch: 7 } }));
      notices.waiting!(viewAt({ state: { epoch: 8, act: act('done') } }));
      await notices.decided(healthy, viewAt({ state: { epoch: 8, act: act('done') } }), signal);
      await notices.decided(healthy, viewAt({ state: { epoch: 9, act: act('done', `voter ${VOTERS[2]}`) } }), signal);
      expect(published.flat().filter(({ name, value }) => name === 'FailoverCount' && value === 1)).toHaveLength(1);
    });

    test('and not what was before it looked, what is its own, what moved nothing, nor what it cannot read', async () => {
      await expect(counted({ epoch: 8, act: act('done') }, { epoch: 8, act: act('done') })).resolves.toBe(0);
      await expect(counted({ epoch: 7 }, { epoch: 8, act: act('done', `voter ${VOTERS[0]}`) })).resolves.toBe(0);
      for (const state of ['open', 'failed', 'unknown'] as const) await expect(counted({ epoch: 7 }, { epoch: 8, act: act(state) })).resolves.toBe(0);
      for (const kind of ['human', 'adopted', 'repair', 'called off'] as const) await expect(counted({ epoch: 7 }, { epoch: 8, act: act('done', `voter ${VOTERS[1]}`, kind) })).resolves.toBe(0);
      const { notices, published } = voter();
      await notices.decided(healthy, viewAt({ register: { kind: 'unreadable', reason: 'r' } }), signal);
      await notices.decided(healthy, viewAt({ self: VOTERS[0], state: { epoch: 8, act: act('done') } }), signal);
      expect(published.flat().filter(({ name, value }) => name === 'FailoverCount' && value === 1)).toEqual([]);
    });
  });
});

describe('an act', () => {
  test('is told once each way', async () => {
    const { notices, events, messages } = voter();
    await notices.acted(actOf('fail over'), viewAt(), signal);
    expect(events).toMatchObject([{ act: { id: 'x-1' }, from: [A], to: [B] }]);
    expect(messages).toMatchObject([{ subject: '[acme-media] failed over: us-east-1 -> us-west-2' }]);
  });

  test.each([{ events: true }, { topic: true }])('is told the one way when the other fails: %j', async (fails) => {
    const { notices, events, messages, errors } = voter(fails);
    await notices.acted(actOf('fail over'), viewAt(), signal);
    expect(events.length + messages.length).toBe(1);
    expect(errors).toEqual([['not everybody was told of an act', { act: 'x-1', lost: ['not today'] }]]);
  });

  test('that failed has its event, and no message', async () => {
    const { notices, events, messages } = voter();
    await notices.acted(actOf('fail over', { state: 'failed' }), viewAt(), signal);
    expect(events).toMatchObject([{ act: { state: 'failed' } }]);
    expect(messages).toEqual([]);
  });
});

describe('a state that needs a person', () => {
  test('is told of', async () => {
    const { notices, messages } = voter();
    await notices.held({ kind: 'began', reason: 'disputed', sentence: 'x' }, viewAt(), signal);
    expect(messages).toMatchObject([{ subject: '[acme-media] needs you: disputed' }]);
  });

  test('fails when nobody can be told, so that it is tried again', async () => {
    const { notices } = voter({ topic: true });
    await expect(notices.held({ kind: 'began', reason: 'disputed', sentence: 'x' }, viewAt(), signal)).rejects.toThrow('not today');
  });
});
