import { startClock } from '../../../../local/rehearsal/engine/clock';
import { runSteps, type Step, type StepObserver, type StepResult } from '../../../../local/rehearsal/engine/steps';
import { sleep } from '../../../../local/rehearsal/engine/wait';

type Run = Step<string[]>['run'];

function step(id: string, run: Run, limitMs = 5_000): Step<string[]> {
  return { id, title: `title of ${id}`, limitMs, run };
}

const fine = (id: string) => step(id, async (trail) => {
  trail.push(id);
  return `did ${id}`;
});

class Witness implements StepObserver {
  public readonly told: string[] = [];
  public started({ id, number, of }: { id: string; number: number; of: number }): void {
    this.told.push(`${id} ${number}/${of}`);
  }
  public noted(text: string): void {
    this.told.push(`note ${text}`);
  }
  public ended(result: StepResult): void {
    this.told.push(`${result.id} ${result.outcome}`);
  }
}

function run(steps: readonly Step<string[]>[], trail: string[] = [], signal = new AbortController().signal, observer = new Witness()) {
  return runSteps(steps, trail, { clock: startClock(), signal, observer, graceMs: 50 });
}

test('runs every step in order and tells what each one saw', async () => {
  const trail: string[] = [];
  const { outcome, results } = await run([fine('a'), fine('b')], trail);

  expect(outcome).toBe('passed');
  expect(trail).toEqual(['a', 'b']);
  expect(results.map(({ outcome: one, detail }) => [one, detail])).toEqual([['done', 'did a'], ['done', 'did b']]);
});

test('tells the observer of each step, its notes and its end', async () => {
  const observer = new Witness();
  await run([step('a', async (_, tools) => {
    tools.note('half way');
    tools.ran('npx cdk deploy');
    return 'done';
  })], [], undefined, observer);

  expect(observer.told).toEqual(['a 1/1', 'note half way', 'note $ npx cdk deploy', 'a done']);
});

test('keeps the command that a step ran', async () => {
  const { results } = await run([step('a', async (_, tools) => {
    tools.ran('npx cdk deploy');
    return 'done';
  })]);

  expect(results[0].command).toBe('npx cdk deploy');
});

test('fails when a check does not hold, and skips what would follow', async () => {
  const trail: string[] = [];
  const { outcome, results } = await run([
    fine('a'),
    step('b', async (_, tools) => {
      tools.check(true, 'not this one');
      tools.check(false, 'only us-west-2 should be active, got us-east-1');
      return 'never said';
    }),
    fine('c'),
  ], trail);

  expect(outcome).toBe('failed');
  expect(trail).toEqual(['a']);
  expect(results.map((one) => one.outcome)).toEqual(['done', 'failed', 'skipped']);
  expect(results[1].detail).toBe('only us-west-2 should be active, got us-east-1');
});

test('fails when a step throws, with the reason as it was given', async () => {
  const { outcome, results } = await run([step('a', async () => {
    throw new Error("'cdk deploy' ended with status 1");
  })]);

  expect(outcome).toBe('failed');
  expect(results[0].detail).toBe("'cdk deploy' ended with status 1");
});

test('fails when a step takes longer than its limit, even one that hears its signal and says something else', async () => {
  const { outcome, results } = await run([step('a', async (_, { signal }) => {
    await sleep(10_000, signal).catch(() => {
      throw new Error('request aborted');
    });
    return '';
  }, 30)]);

  expect(outcome).toBe('failed');
  expect(results[0].detail).toBe('took longer than 0.03 s');
});

test('fails when a step hangs and does not hear its signal', async () => {
  const { outcome, results } = await run([step('a', () => new Promise(() => undefined), 30), fine('b')]);

  expect(outcome).toBe('failed');
  expect(results.map((one) => one.outcome)).toEqual(['failed', 'skipped']);
});

test('ends as interrupted in the middle of a step, whatever the step says meanwhile', async () => {
  const interrupt = new AbortController();
  const { outcome, results } = await run([
    step('a', async (_, { signal }) => {
      setTimeout(() => interrupt.abort(), 10);
      await sleep(10_000, signal).catch(() => {
        throw new Error('socket hang up');
      });
      return '';
    }),
    fine('b'),
  ], [], interrupt.signal);

  expect(outcome).toBe('interrupted');
  expect(results.map(({ outcome: one, detail }) => [one, detail])).toEqual([['interrupted', 'interrupted'], ['skipped', '']]);
});

test('waits for an interrupted step to let go of what it holds', async () => {
  const interrupt = new AbortController();
  const trail: string[] = [];
  await run([step('a', async (_, { signal }) => {
    setTimeout(() => interrupt.abort(), 5);
    await sleep(10_000, signal).catch(() => undefined);
    await sleep(20);
    trail.push('let go');
    return '';
  })], trail, interrupt.signal);

  expect(trail).toEqual(['let go']);
});

test('starts no step after an interruption between two', async () => {
  const interrupt = new AbortController();
  const trail: string[] = [];
  const { outcome, results } = await run([
    step('a', async () => {
      interrupt.abort();
      return 'done just in time';
    }),
    fine('b'),
  ], trail, interrupt.signal);

  expect(outcome).toBe('interrupted');
  expect(results[1].outcome).toBe('skipped');
  expect(trail).toEqual([]);
});
