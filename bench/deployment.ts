// One first deployment of the example on a fresh local AWS, by the real CLI. Prints one line of JSON.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { App, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket } from '../lib';
import { startLocalAws } from '../local';
import { REGIONS } from './apps/regions';

interface Artifact {
  readonly type: string;
  readonly dependencies?: string[];
}

async function main(count: number, concurrency: number): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), 's3-failover-bench-'));
  const regions = REGIONS.slice(0, count);
  synthesize(regions, outdir);
  const aws = await startLocalAws();
  try {
    const bootstrapMs = await timed(() => aws.bootstrap(regions));
    const deployMs = await timed(async () => {
      const { exitCode, output } = await aws.cdk(['deploy', '--all', '--concurrency', String(concurrency), '--require-approval', 'never', '--app', outdir]);
      if (exitCode !== 0) throw new Error(output.split('\n').slice(-30).join('\n'));
    });
    console.log(JSON.stringify({ count, concurrency, bootstrapMs, deployMs, waves: wavesOf(outdir) }));
  } finally {
    await aws.stop();
    rmSync(outdir, { recursive: true, force: true });
  }
}

function synthesize(regions: string[], outdir: string): void {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Media', { env: { region: regions[0] } });
  const media = new MultiRegionBucket(stack, 'Media', { regions, bucketNamePrefix: 'bench' });
  new FailoverSwitch(stack, 'Switch', { bucket: media });
  app.synth();
}

/** The longest chain of stacks that wait for one another. */
function wavesOf(outdir: string): number {
  const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as { artifacts: { [id: string]: Artifact } };
  const depth = (id: string): number => {
    const below = (artifacts[id].dependencies ?? []).map(depth);
    return Math.max(0, ...below) + (artifacts[id].type === 'aws:cloudformation:stack' ? 1 : 0);
  };
  return Math.max(...Object.keys(artifacts).map(depth));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

void main(Number.parseInt(process.argv[2], 10), Number.parseInt(process.argv[3], 10)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
