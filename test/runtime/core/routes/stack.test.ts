import { readStackFacts } from '../../../../runtime/core/routes/stack';
import { seeded } from '../../support/random';
import { VirtualClock } from '../../support/virtual-clock';

type Answer = string | Error | 'silence';

async function read(answers: Answer[], seconds = 120) {
  const clock = new VirtualClock();
  let asked = 0;
  const reader = {
    read: async (_: string, signal: AbortSignal) => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      await clock.sleep(10, signal);
      if (answer === 'silence') return new Promise<string>(() => undefined);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const facts = await clock.run(() => readStackFacts({ clock, random: seeded(1) }, reader, 'stack', { deadline: seconds * 1000 }));
  expect(clock.pendingTimers).toBe(0);
  return { facts, asked, ms: clock.now() };
}

test.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'IMPORT_IN_PROGRESS', 'DELETE_IN_PROGRESS'])('%s goes forward', async (status) => {
  expect((await read([status])).facts).toEqual({ kind: 'going forward', status });
});

test.each(['ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'IMPORT_ROLLBACK_IN_PROGRESS'])('%s is a rollback', async (status) => {
  expect((await read([status])).facts).toEqual({ kind: 'rolling back', status });
});

test('a status that cannot be read is asked for again', async () => {
  expect(await read([new Error('throttled'), 'silence', 'UPDATE_IN_PROGRESS'])).toMatchObject({ facts: { kind: 'going forward' }, asked: 3 });
});

test('a final status is one of the last deployment, and asked for again', async () => {
  expect(await read(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_IN_PROGRESS'])).toMatchObject({ facts: { kind: 'going forward' }, asked: 2 });
});

test('a status that stays final is not believed', async () => {
  const { facts, asked } = await read(['UPDATE_ROLLBACK_COMPLETE']);
  expect(facts).toEqual({ kind: 'unreadable', reason: expect.stringMatching(/UPDATE_ROLLBACK_COMPLETE, which cannot be/) });
  expect(asked).toBe(10);
});

test('is called unreadable with the last reason after a bounded number of tries', async () => {
  const { facts, asked } = await read([new Error('first'), new Error('AccessDenied')]);
  expect(facts).toEqual({ kind: 'unreadable', reason: 'AccessDenied' });
  expect(asked).toBe(10);
});

test('ends with the deadline when CloudFormation is silent', async () => {
  const { facts, ms } = await read(['silence'], 8);
  expect(facts).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/did not answer within/) });
  expect(ms).toBeLessThanOrEqual(8_000);
});
