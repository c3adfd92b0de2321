// Compares two buckets of a million versions each with the command itself, over sockets; and ten million each in a small heap.
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup.mjs';
import { measure } from './measure.mjs';

const VERSIONS = 1_000_000;
/** A page of S3's from another continent; from the same Region it takes less. */
const LATENCIES_MS = [0, 100];
const HEAP_VERSIONS = 10_000_000;
/** Of the old space, in MiB: with it a comparison that kept what it read would die. */
const HEAP_LIMIT_MIB = 48;
const REGIONS = ['us-east-1', 'us-west-2'];

export async function benchReconcile({ say }) {
  const sockets = [];
  for (const latencyMs of LATENCIES_MS) sockets.push(...(await overSockets(latencyMs, say)));
  say(`reconcile of ${HEAP_VERSIONS} versions per bucket in a heap of ${HEAP_LIMIT_MIB} MiB`);
  return { versions: VERSIONS, sockets, heap: { versions: HEAP_VERSIONS, limitMiB: HEAP_LIMIT_MIB, ...(await inSmallHeap()) } };
}

/** The first run lists one page after the other; it leaves boundaries, by which the second lists ranges side by side. */
async function overSockets(latencyMs, say) {
  const folder = await mkdtemp(join(tmpdir(), 's3-failover-bench-'));
  const server = await serve(latencyMs);
  try {
    const manifest = join(folder, 'media.json');
    await writeFile(manifest, JSON.stringify(manifestOf()));
    const rows = [];
    for (const ranges of ['one after the other', '8 ranges at once']) {
      say(`reconcile of ${VERSIONS} versions per bucket, ${latencyMs} ms a request, pages ${ranges}`);
      const before = await server.requests();
      const run = await measure([join(ROOT, 'bin/s3-failover'), 'reconcile', '--manifest', manifest, '--between', REGIONS.join(), '--full', '--json', '--state', join(folder, 'state')], {
        cwd: folder,
        env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: server.endpoint, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
        probe: join(ROOT, 'bench/probe.cjs'),
      });
      const { output, ...used } = run;
      const told = JSON.parse(output.slice(output.indexOf('\n{\n')));
      if (told.outcome !== 'clean' || told.pairs[0].missing.length !== 1) throw new Error(`the comparison found something else than was made: ${told.sentence}`);
      rows.push({ latencyMs, ranges, ...used, listed: Object.values(told.pairs[0].versions).reduce((sum, one) => sum + one, 0), versionsPerSecond: told.versionsPerSecond, requests: (await server.requests()) - before });
    }
    return rows;
  } finally {
    server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function serve(latencyMs) {
  const child = spawn(process.execPath, [join(ROOT, 'bench/reconcile/server.mjs'), String(VERSIONS), String(latencyMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(Number(/port (\d+)/.exec(chunk)[1])));
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`the server ended with ${status}`)));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return { endpoint, requests: async () => Number(await (await fetch(`${endpoint}/_requests`)).text()), stop: () => child.stdin.end() };
}

async function inSmallHeap() {
  const { build } = await import('esbuild');
  await mkdir(join(ROOT, '.local/bench'), { recursive: true });
  const file = join(ROOT, '.local/bench/reconcile-heap.mjs');
  await build({ entryPoints: [join(ROOT, 'bench/reconcile/heap.mjs')], outfile: file, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  const { output } = await measure(['--expose-gc', `--max-old-space-size=${HEAP_LIMIT_MIB}`, file, String(HEAP_VERSIONS)], { cwd: ROOT, env: process.env, probe: join(ROOT, 'bench/probe.cjs') });
  const told = JSON.parse(output);
  if (!told.complete || told.peakMiB > HEAP_LIMIT_MIB) throw new Error(`the heap is not bounded: ${output}`);
  return told;
}

function manifestOf() {
  const buckets = Object.fromEntries(REGIONS.map((region) => [region, `bench-${region}`]));
  const alias = 'mfzwi23gnjvgw.mrap';
  return {
    version: 1,
    revision: 1,
    account: '111122223333',
    partition: 'aws',
    homeRegion: REGIONS[0],
    bucketNamePrefix: 'bench',
    accessPoint: { arn: `arn:aws:s3::111122223333:accesspoint/${alias}`, alias, name: 'bench', buckets, publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true } },
    buckets,
    routing: { mode: 'active-passive', regions: [REGIONS[0]] },
  };
}
