import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortfalls } from './coverage';
import { planOf } from './faults/swarm';
import { merge, noFigures, type Figures } from './figures';
import { resume, save, Seeding } from './progress';
import { runSchedule } from './schedule';
import { shipped } from './shipped';
import { traceOf } from './trace';
import { runBatch } from './worker';
import { outsidePromises } from './world/time';

const file = () => join(mkdtempSync(join(tmpdir(), 'sim-')), 'state', 'nightly.json');
const SEARCH = { code: 'c', commit: 'one', from: 1, minutes: 15, anew: false };

describe('a search that is stopped', () => {
  test('goes on where it was, first with what was under way', () => {
    const at = file();
    const progress = resume(at, SEARCH);
    const seeding = new Seeding(progress, 100, 10);
    const [one, two] = [seeding.take()!, seeding.take()!];
    seeding.done(one);
    save(at, progress);
    const again = new Seeding(resume(at, SEARCH), 35, 10);
    expect([again.take(), again.take(), again.take(), again.take()]).toEqual([two, { from: 21, to: 31 }, { from: 31, to: 35 }, undefined]);
  });

  test('fails when its state is of other code, with the way out, and begins anew where it is told to', () => {
    const at = file();
    save(at, { ...resume(at, SEARCH), next: 50 });
    expect(() => resume(at, { ...SEARCH, code: 'd' })).toThrow(/is of other code \(commit one\).*begin again with --anew/);
    expect(() => resume(at, { ...SEARCH, minutes: 20 })).toThrow(/is of other seeds or minutes/);
    expect(resume(at, { ...SEARCH, code: 'd', anew: true }).next).toBe(1);
  });

  test('fails when it ended at a violation', () => {
    const at = file();
    const progress = resume(at, SEARCH);
    progress.figures.violations.push({ seed: 7, invariant: 'x' });
    save(at, progress);
    expect(() => resume(at, SEARCH)).toThrow(/holds a violation of 'x' by seed 7/);
  });
});

test('what occurs too seldom for the size of a search is named', () => {
  const figures: Figures = { ...noFigures(), schedules: 1_000_000, faults: { 'card | quiet': 1_000, 'cut | quiet': 999 } };
  const named = shortfalls(figures).map(({ what, times, least }) => `${what} ${times}/${least}`);
  expect(named).toContain("fault 'cut | quiet' 999/1000");
  expect(named.filter((one) => one.includes("'card | quiet'"))).toEqual([]);
  expect(named).toContain("sentence 'healthy' 0/1000");
  expect(named).toContain("precondition of 'the brake holds' 0/1000");
});

describe('one seed', () => {
  test('gives the same trace of the shipped controller each time, and the same outcome without one', async () => {
    const [one, again, loud, still] = await outsidePromises(() => {
      const rows: string[] = [];
      const traced = runSchedule(planOf(41, 15), shipped(), { note: (_at, _who, text) => void rows.push(text) }).world;
      const silent = runSchedule(planOf(41, 15), shipped()).world;
      const facts = (world: typeof silent) => [world.time.happened, world.submits.length, [...world.sentences], [...world.faults], world.register];
      return [traceOf(planOf(41, 15), shipped()), traceOf(planOf(41, 15), shipped()), facts(traced), facts(silent)] as const;
    });
    expect(one.length).toBeGreaterThan(50);
    expect(again).toEqual(one);
    expect(still).toEqual(loud);
  });

  test('counts the same, whichever worker has it', async () => {
    const [whole, parts] = await outsidePromises(() => {
      const batch = (from: number, to: number) => ({ ...runBatch({ from, to, minutes: 15, core: 'shipped' }), cpuMs: 0 });
      const merged = noFigures();
      for (const part of [batch(25, 31), batch(20, 25)]) merge(merged, part);
      return [batch(20, 31), merged] as const;
    });
    expect(parts).toEqual(whole);
  });
});
