import { mkdirSync, rmSync, writeFileSync, createWriteStream } from 'fs';
import { dirname, join } from 'path';
import { Cleanup } from './engine/cleanup';
import { startClock } from './engine/clock';
import { descendants, stillRunning, type Process } from './engine/processes';
import { runSteps, type StepObserver } from './engine/steps';
import { sleep } from './engine/wait';
import type { Estate } from './estate/estate';
import { LocalEstate } from './estate/local';
import type { Options } from './options';
import { notes } from './notes';
import { buildReport } from './report/build';
import { renderHtml } from './report/html';
import type { Report } from './report/schema';
import { SCENARIO } from './scenario';
import { Ledger } from './traffic/ledger';
import { World } from './world';

export interface RehearsalIo {
  /** The repository; everything that is written lies in its `.local/rehearsal`, except the page. */
  readonly root: string;
  /** Aborted to interrupt. */
  readonly signal: AbortSignal;
  readonly observer: StepObserver;
  /** Output of the commands and of the local AWS, line by line. */
  readonly onOutput?: (line: string) => void;
  /** @default - the local AWS */
  readonly estate?: Estate;
}

export interface RehearsalResult {
  readonly report: Report;
  /** What could not be undone, and processes that had to be ended by force; empty when all is well. */
  readonly leftovers: readonly string[];
  /** Whether the page was written: there is none before the first request, nor of a run that was interrupted. */
  readonly page: boolean;
}

/** The whole rehearsal: runs the steps, puts everything away whatever happened, and works out the report. */
export async function runRehearsal(options: Options, io: RehearsalIo): Promise<RehearsalResult> {
  const folder = join(io.root, '.local', 'rehearsal');
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'commands.log'), { force: true });
  const log = createWriteStream(join(folder, 'requests.ndjson'));

  const before = descendants(process.pid);
  const startedAt = new Date();
  const clock = startClock();
  const cleanup = new Cleanup();
  const estate = io.estate ?? new LocalEstate({
    root: io.root,
    folder,
    fault: options.fault,
    propagationMs: options.propagationMs,
    replicationLagMs: options.replicationLagMs,
    onOutput: io.onOutput ?? (() => undefined),
  });
  const world = new World(estate, new Ledger((record) => log.write(`${JSON.stringify(record)}\n`)), clock, options);
  cleanup.add('closing the request log', () => new Promise((resolve) => log.end(resolve)));
  cleanup.add('stopping the local AWS', () => estate.stop());
  cleanup.add('stopping the requests', async () => {
    await world.sightings?.stop();
    await world.load?.abandon();
  });

  const run = await runSteps(SCENARIO, world, { clock, signal: io.signal, observer: io.observer });
  const elapsedMs = clock();
  const started = descendants(process.pid).filter((one) => !before.some((other) => other.pid === one.pid));
  const leftovers = [...(await cleanup.run()), ...(await endLeftovers(started))];

  const report = buildReport({ run, recording: world.recording(), setting: settingOf(world), startedAt, elapsedMs, notes: notes(world) });
  const page = world.ledger.writes.length > 0 && run.outcome !== 'interrupted';
  if (page) {
    mkdirSync(dirname(options.html), { recursive: true });
    writeFileSync(options.html, renderHtml(report));
  }
  return { report, leftovers, page };
}

/** Proves that nothing is left rather than trusting every stop; what is left is ended, and named. */
async function endLeftovers(started: readonly Process[]): Promise<string[]> {
  // A process that was killed just now may still be listed for a moment.
  for (let tries = 0; tries < 20 && stillRunning(started).length > 0; tries++) await sleep(50);
  return stillRunning(started).map((left) => {
    try {
      process.kill(left.pid, 'SIGKILL');
    } catch {
      // It ended just now.
    }
    return `process ${left.pid} had to be ended: ${left.command}`;
  });
}

function settingOf(world: World): Report['setting'] {
  const { options } = world;
  return {
    regions: [...world.regions],
    homeRegion: world.plan?.homeRegion ?? null,
    activeRegion: world.regions[0] ?? null,
    targetRegion: world.regions[1] ?? null,
    accessPointArn: world.deployment?.accessPointArn ?? null,
    fault: options.fault,
    writesPerSecond: options.writesPerSecond,
    requestTimeout: options.requestTimeoutMs / 1000,
    propagation: options.propagationMs / 1000,
    replicationLag: options.replicationLagMs / 1000,
  };
}
