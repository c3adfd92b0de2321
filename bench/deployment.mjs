// A first deployment of the example on the local AWS: commands, waves, and what concurrency buys.
import { join } from 'node:path';
import { run } from '../scripts/setup/run.mjs';
import { ROOT } from '../scripts/setup.mjs';
import { median } from './measure.mjs';

const SIZES = [3, 17];
const CONCURRENCIES = [1, 8];

/** `cdk bootstrap` of all Regions, `cdk deploy --all`. */
const COMMANDS = 2;

export async function benchDeployment({ rounds, say }) {
  const results = [];
  for (const size of SIZES) {
    say(`first deployment over ${size} Regions, ${rounds} rounds of ${CONCURRENCIES.length}`);
    const samples = Object.fromEntries(CONCURRENCIES.map((concurrency) => [concurrency, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const concurrency of CONCURRENCIES) samples[concurrency].push(await deploy(size, concurrency));
    }
    results.push({
      size,
      commands: COMMANDS,
      waves: samples[CONCURRENCIES[0]][0].waves,
      seconds: Object.fromEntries(CONCURRENCIES.map((concurrency) => [concurrency, median(samples[concurrency].map((sample) => sample.deployMs)) / 1000])),
    });
  }
  return results;
}

async function deploy(size, concurrency) {
  const args = ['--require', join(ROOT, 'node_modules/ts-node/register/index.js'), join(ROOT, 'bench/deployment.ts'), String(size), String(concurrency)];
  const { ok, output } = await run(process.execPath, args, { cwd: ROOT });
  const line = output.split('\n').find((one) => one.startsWith('{"count"'));
  if (!ok || !line) throw new Error(`the deployment over ${size} Regions failed:\n${output}`);
  return JSON.parse(line);
}
