// npm run sim: the controller in simulated worlds. Flags: --seed N  --schedules N  --minutes M  --workers N  --core NAME  --trace
import { fork, type ChildProcess } from 'node:child_process';
import { coreNamed } from './cores';
import { planOf } from './faults/swarm';
import { describeFigures, merge, noFigures, type Figures } from './figures';
import { optionsOf, type Options } from './options';
import { runSchedule } from './schedule';
import { describePlan, shrink } from './shrink';
import { traceOf } from './trace';
import { runBatch, type Batch } from './worker';

const BATCH = 25;
const PROGRESS_MS = 5_000;
/** Failing seeds that are shrunk and shown; the others are listed. */
const SHOWN = 1;
const ROWS_SHOWN = 250;

if (process.argv.includes('--as-worker')) process.on('message', (batch: Batch) => process.send!(runBatch(batch)));
else process.exitCode = main();

function main(): number | undefined {
  let options: Options;
  try {
    options = optionsOf(process.argv.slice(2));
    coreNamed(options.core);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options.trace) {
    for (const row of traceOf(planOf(options.seed, options.minutes), coreNamed(options.core))) console.log(row);
    return 0;
  }
  const began = Date.now();
  if (options.workers <= 1) {
    const figures = runBatch({ ...options, from: options.seed, to: options.seed + options.schedules });
    return report(figures, options, began);
  }
  void search(options, began);
  return undefined;
}

/** Workers take batch after batch, so that a slow one holds nobody up. */
async function search(options: Options, began: number): Promise<void> {
  const total = noFigures();
  const end = options.seed + options.schedules;
  let next = options.seed;
  const workers: ChildProcess[] = [];
  const progress = setInterval(() => {
    const seconds = (Date.now() - began) / 1000;
    const left = ((options.schedules - total.schedules) / Math.max(1, total.schedules)) * seconds;
    console.log(`${total.schedules} of ${options.schedules} schedules, ${(total.schedules / seconds).toFixed(0)} a second, ${total.violations.length} failed, about ${left.toFixed(0)} s left`);
  }, PROGRESS_MS);
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(process.argv[1], ['--as-worker'], { execArgv: process.execArgv, serialization: 'advanced' });
      workers.push(worker);
      const give = () => {
        if (next >= end) {
          worker.disconnect();
          return resolve();
        }
        const from = next;
        next = Math.min(end, from + BATCH);
        worker.send({ from, to: next, minutes: options.minutes, core: options.core } satisfies Batch);
      };
      worker.on('message', (figures: Figures) => {
        merge(total, figures);
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
    clearInterval(progress);
  }
  // Shrinking runs schedules, which needs a callback of no promise.
  setImmediate(() => (process.exitCode = report(total, options, began)));
}

function report(figures: Figures, options: Options, began: number): number {
  for (const line of describeFigures(figures, (Date.now() - began) / 1000)) console.log(line);
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
