// How long from the start of the process until moved routes are read back: all control endpoints well, and four of five black-holed.
import { performance } from 'node:perf_hooks';
import { runCli } from '../test/local/run-cli';
import { main, say } from './entry';
import { FIVE, REGIONS, withEstate, type Estate } from './estate';

export interface Sample {
  /** The one endpoint that lives; undefined when all do. */
  readonly living?: string;
  readonly ms: number;
  readonly target: string;
}

/** The command's word that an endpoint shows the routes. */
const READ_BACK = /^\s*[\d.]+ s {2}routes read back/m;

main(() => withEstate((estate) => measure(estate, Number(process.argv[2]))));

/** In turns, so that whatever else the machine does hits all alike; the first turn warms caches and is not counted. */
async function measure(estate: Estate, rounds: number): Promise<object> {
  const samples: Sample[] = [];
  let turn = 0;
  for (let round = 0; round <= rounds; round += 1) {
    for (const living of [undefined, ...FIVE]) {
      // Each run moves traffic to another Region than the one before.
      turn += 1;
      const sample = await run(estate, living, REGIONS[turn % REGIONS.length]);
      if (round > 0) samples.push(sample);
    }
    if (round % 5 === 0) say(`round ${round} of ${rounds}`);
  }
  return { samples };
}

async function run({ aws, file }: Estate, living: string | undefined, target: string): Promise<Sample> {
  if (living !== undefined) for (const endpoint of FIVE) if (endpoint !== living) await aws.control.setControlEndpoint(endpoint, { kind: 'blackhole' });
  const since = Date.now();
  const began = performance.now();
  let ms: number | undefined;
  const routes = REGIONS.map((region) => `${region}=${region === target ? 'active' : 'passive'}`);
  const ran = await runCli(aws, ['routes', 'set', ...routes, '--yes', '--proof', 'read-back', '--manifest', file], {
    onOutput(child, output) {
      if (ms !== undefined || !READ_BACK.test(output)) return;
      ms = performance.now() - began;
      // What it does afterwards, such as the record of the act, is not measured; it comes to an orderly end at once.
      child.kill('SIGINT');
    },
  });
  if (ms === undefined) throw new Error(`no routes were read back, living: ${living ?? 'all'}, exit code ${ran.code}:\n${ran.stderr}${ran.stdout}`);
  await confirm(aws, since, since + ms, living);
  await aws.control.heal();
  return { living, ms, target };
}

/** The gateway saw what the command says: a submit that was accepted, and after it a read that was answered, both where there is life. */
async function confirm(aws: Estate['aws'], since: number, until: number, living: string | undefined): Promise<void> {
  const log = (await aws.control.accessLog(since)).filter((entry) => entry.status === 200 && (living === undefined || entry.region === living));
  const submit = log.find((entry) => entry.operation === 'SubmitMultiRegionAccessPointRoutes');
  const read = submit && log.find((entry) => entry.operation === 'GetMultiRegionAccessPointRoutes' && entry.time >= submit.time + Math.floor(submit.ms) && entry.time <= until);
  if (!read) throw new Error(`the command says 'read back', and the gateway saw no read after an accepted submit, living: ${living ?? 'all'}`);
}
