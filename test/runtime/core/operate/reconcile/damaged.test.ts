import type { Checkpoint } from '../../../../../runtime/core/operate/reconcile/job';
import type { MemoryStore } from '../../../support/memory-store';
import { HERE, MINUTE, Night, THERE } from './support';

/** Two versions are missing; the process is killed at the second look, or while it waits for them. */
async function killed(at: 'second look' | 'wait'): Promise<Night> {
  const night = new Night();
  await night.here.clientPut('photo', '1');
  await night.clock.pass(10 * MINUTE);
  night.estate.pause(HERE, THERE);
  await night.here.clientPut('photo', '2');
  await night.here.clientPut('letter', '1');
  await night.clock.pass(MINUTE);
  await night.failover();
  const stop = new AbortController();
  let left: MemoryStore | undefined;
  night.estate.before = ({ call }) => {
    if (call !== 'headVersion' || left || (at === 'wait' && !night.said.some((line) => line.startsWith('step wait')))) return;
    left = night.store.afterPowerLoss(() => 0);
    stop.abort();
  };
  await night.reconcile({}, { wait: true, signal: stop.signal });
  night.estate.before = () => undefined;
  night.store = left!;
  return night;
}

const empty = (night: Night, name: string) => void ((night.store.text(name) as string[]).length = 0);
function rewrite(night: Night, change: (checkpoint: Checkpoint) => void) {
  const checkpoint = JSON.parse(night.store.saved!) as Checkpoint;
  change(checkpoint);
  night.store.saved = JSON.stringify(checkpoint);
}

describe('goes on after a kill', () => {
  test.each(['second look', 'wait'] as const)('in the %s, and still finds what is missing', async (at) => {
    const night = await killed(at);
    expect((await night.resume()).outcome).toBe('differences');
  });
});

describe('fails rather than call clean what it has not all of:', () => {
  test.each<[string, 'second look' | 'wait', (night: Night) => void, RegExp]>([
    ['suspects that are gone', 'second look', (night) => empty(night, 'suspects-0-0'), /cut to 5 of 0 lines/],
    ['findings that are gone', 'wait', (night) => empty(night, 'findings-0-0'), /cut to 3 of 0 lines/],
    ['a suspect that cannot be read', 'second look', (night) => void ((night.store.text('suspects-0-0') as string[])[1] = '{"kind":"lack'), /what was found before cannot be read .*begin anew, without '--resume'/],
    ['a finding that cannot be read', 'wait', (night) => void ((night.store.text('findings-0-0') as string[])[1] = '{}'), /what was found before cannot be read .*begin anew, without '--resume'/],
    ['a range that is left out', 'second look', (night) => rewrite(night, ({ pairs }) => void pairs[0].ranges.pop()), /it has 0 ranges of keys, and its boundaries make 1/],
    ['a range that is not listed to its end', 'second look', (night) => rewrite(night, ({ pairs }) => void (pairs[0].ranges[0].done = false)), /a range is not listed to its end/],
    ['a second look that has not reached its end', 'second look', (night) => rewrite(night, ({ pairs }) => void (pairs[0].looked.done = true)), /a second look ended before its end/],
    ['a second look that is beyond what there is', 'second look', (night) => rewrite(night, ({ pairs }) => void (pairs[0].looked.from = 6)), /a second look is beyond what was found/],
    ['a Region that is not of this estate', 'second look', (night) => rewrite(night, ({ job }) => void (job.pairs[0].between[0] = 'sa-east-1')), /it is about 'sa-east-1'/],
  ])('%s', async (_, at, damage, why) => {
    const night = await killed(at);
    damage(night);
    await expect(night.resume()).rejects.toThrow(why);
  });

  test('findings of a later round that are gone', async () => {
    const night = await killed('wait');
    const stop = new AbortController();
    let left: MemoryStore | undefined;
    let looks = 0;
    night.estate.before = ({ call }) => {
      if (call !== 'headVersion' || night.said.filter((line) => line.endsWith('to come')).length < 3 || ++looks < 2) return;
      left ??= night.store.afterPowerLoss(() => 0);
      stop.abort();
    };
    await night.resume({ wait: true, signal: stop.signal });
    night.estate.before = () => undefined;
    night.store = left!;
    expect((JSON.parse(night.store.saved!) as Checkpoint).pairs[0].rounds).toBeGreaterThan(0);
    const { rounds } = (JSON.parse(night.store.saved!) as Checkpoint).pairs[0];
    empty(night, `findings-0-${rounds}`);
    await expect(night.resume()).rejects.toThrow(/cut to 3 of 0 lines/);
  });
});
