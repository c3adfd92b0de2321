// npm run sim: the controller in simulated worlds. Flags: see options.ts
import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { coreNamed } from './cores';
import { NOT_SEARCHED, shortfalls } from './coverage';
import { planOf } from './faults/swarm';
import { describeFigures, merge, type Figures } from './figures';
import { optionsOf, type Options } from './options';
import { codeOf, commitOf, resume, save, Seeding, type Progress, type Range } from './progress';
import { runSchedule } from './schedule';
import { describePlan, shrink } from './shrink';
import { traceOf } from './trace';
import { runBatch, type Batch } from './worker';

const BATCH = 25;
const PROGRESS_MS = 5_000;
const SAVE_MS = 10_000;
const STATE = '.local/sim/nightly.json';
/** Failing seeds that are shrunk and shown; the others are listed. */
const SHOWN = 1;
const ROWS_SHOWN = 250;

if (process.argv.includes('--as-worker')) process.on('message', (batch: Batch) => process.send!(runBatch(batch)));
else process.exitCode = main();

function main(): number | undefined {
  let options: Options;
  let progress: Progress;
  try {
    options = optionsOf(process.argv.slice(2));
    coreNamed(options.core);
    const { seed: from, minutes, nightly, anew } = options;
    progress = resume(STATE, { code: codeOf(process.argv[1]), commit: commitOf(), from, minutes, anew: anew || !nightly });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options.trace) {
    for (const row of traceOf(planOf(options.seed, options.minutes), coreNamed(options.core))) console.log(row);
    return 0;
  }
  if (options.workers <= 1 && !options.nightly) {
    const began = Date.now();
    const figures = runBatch({ ...options, from: options.seed, to: options.seed + options.schedules });
    return report(figures, options, (Date.now() - began) / 1000);
  }
  void search(options, progress);
  return undefined;
}

/** Workers take batch after batch, so that a slow one holds nobody up. */
async function search(options: Options, progress: Progress): Promise<void> {
  const { figures } = progress;
  const seeding = new Seeding(progress, options.seed + options.schedules, BATCH);
  const workers: ChildProcess[] = [];
  const before = { schedules: figures.schedules, seconds: progress.seconds, at: Date.now() };
  const tick = () => void (progress.seconds = before.seconds + (Date.now() - before.at) / 1000);
  const keep = () => {
    tick();
    if (options.nightly) save(STATE, progress);
  };
  if (options.nightly && before.schedules > 0) console.log(`goes on after ${before.schedules} schedules`);
  const line = setInterval(() => console.log(progressLine(progress, options, before)), PROGRESS_MS);
  const saving = setInterval(keep, SAVE_MS);
  const stops = () => options.nightly && figures.violations.length > 0;

  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(process.argv[1], ['--as-worker'], { execArgv: process.execArgv, serialization: 'advanced' });
      workers.push(worker);
      let range: Range | undefined;
      const give = () => {
        range = stops() ? undefined : seeding.take();
        if (!range) {
          worker.disconnect();
          return resolve();
        }
        worker.send({ ...range, minutes: options.minutes, core: options.core } satisfies Batch);
      };
      worker.on('message', (done: Figures) => {
        merge(figures, done);
        if (range) seeding.done(range);
        give();
      });
      worker.once('error', reject);
      worker.once('exit', (code) => (code === 0 ? undefined : reject(new Error(`a worker ended with ${code}`))));
      give();
    });
  try {
    await Promise.all(Array.from({ length: options.workers }, work));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    for (const worker of workers) worker.kill();
    process.exitCode = 1;
    return;
  } finally {
    clearInterval(line);
    clearInterval(saving);
    keep();
  }
  // Shrinking runs schedules, which needs a callback of no promise.
  setImmediate(() => {
    const status = report(figures, options, progress.seconds);
    process.exitCode = options.nightly ? Math.max(status, night(options, progress)) : status;
  });
}

function progressLine({ figures, seconds }: Progress, options: Options, before: { readonly schedules: number; readonly seconds: number; readonly at: number }): string {
  const rate = (figures.schedules - before.schedules) / Math.max(0.001, (Date.now() - before.at) / 1000);
  const left = (options.schedules - figures.schedules) / Math.max(0.001, rate);
  const whole = before.schedules > 0 ? `, ${Math.round(seconds)} s in all` : '';
  return `${figures.schedules} of ${options.schedules} schedules, ${rate.toFixed(0)} a second, ${(figures.cpuMs / Math.max(1, figures.schedules)).toFixed(1)} ms of a processor each, ${figures.violations.length} failed, about ${left.toFixed(0)} s left${whole}`;
}

/** What a nightly search adds: whether everything occurred often enough, and its figures in a file. */
function night(options: Options, progress: Progress): number {
  const { figures, commit, code, seconds, from, minutes } = progress;
  const short = shortfalls(figures);
  for (const { what, times, least } of short) console.log(`too seldom: ${what}, ${times} times and not ${least}`);
  if (short.length === 0) console.log('everything that a search of this size should see was seen often enough');
  if (options.write !== undefined) {
    const { violations, ...counted } = figures;
    const rate = figures.schedules / Math.max(0.001, seconds);
    writeFileSync(options.write, `${JSON.stringify({ commit, code, from, minutes, seconds: Math.round(seconds), rate: Math.round(rate), cpuMsEach: figures.cpuMs / Math.max(1, figures.schedules), workers: options.workers, violations, tooSeldom: short, notSearched: NOT_SEARCHED, ...counted }, undefined, 2)}\n`);
    console.log(`figures written to ${options.write}`);
  }
  return short.length === 0 ? 0 : 1;
}

function report(figures: Figures, options: Options, seconds: number): number {
  for (const row of describeFigures(figures, seconds)) console.log(row);
  const failed = [...figures.violations].sort((a, b) => a.seed - b.seed);
  if (failed.length === 0) {
    console.log('\nno violation');
    return 0;
  }
  console.log(`\n${failed.length} schedules failed`);
  for (const invariant of new Set(failed.map((one) => one.invariant))) {
    const seeds = failed.filter((one) => one.invariant === invariant).map((one) => one.seed);
    console.log(`  ${invariant}: ${seeds.length}, seeds ${seeds.slice(0, 12).join(' ')}${seeds.length > 12 ? ' ...' : ''}`);
    for (const seed of seeds.slice(0, SHOWN)) show(seed, options);
  }
  return 1;
}

function show(seed: number, { minutes, core: name }: Options): void {
  const core = coreNamed(name);
  const plan = planOf(seed, minutes);
  const { violation } = runSchedule(plan, core);
  if (!violation) return console.log(`  seed ${seed} passes when it runs alone: the simulator is not deterministic`);
  const small = shrink(plan, violation, core);
  const rows = traceOf(small.plan, core);
  console.log(`\nseed ${seed} broke '${small.violation.invariant}': ${small.violation.text}\nshrunk in ${small.tries} tries to:`);
  for (const line of describePlan(small.plan)) console.log(`  ${line}`);
  console.log(`the last ${Math.min(rows.length, ROWS_SHOWN)} of ${rows.length} rows:`);
  for (const row of rows.slice(-ROWS_SHOWN)) console.log(`  ${row}`);
  console.log(`again: npm run sim -- --seed ${seed}${minutes === 15 ? '' : ` --minutes ${minutes}`}\n`);
}
