// Compares what the integration apps synthesize with their committed snapshots; needs no account. See integ/README.md.
import { join } from 'node:path';
import { runMain } from './setup/problem.mjs';
import { run } from './setup/run.mjs';
import { ROOT } from './setup.mjs';

const update = process.argv.includes('--update');

await runMain(async () => {
  const runner = join(ROOT, 'node_modules', '@aws-cdk', 'integ-runner', 'bin', 'integ-runner');
  const args = ['--directory', 'integ', '--language', 'typescript', '--parallel-regions', 'us-east-1', '--max-workers', '2', ...(update ? ['--dry-run', '--update-on-failed'] : [])];
  // Without a Region it looks for one in the instance's metadata, which takes seconds where there is none.
  const env = { ...process.env, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' };
  const { ok, output } = await run(process.execPath, [runner, ...args], { cwd: ROOT, env });
  console.log(output);
  const verified = /(\d+) passed, (\d+) total/.exec(output);
  if (!ok || !verified || verified[1] !== verified[2] || Number(verified[2]) < 2) {
    console.log('a snapshot differs; where the change is meant, run: npm run integ:update');
    return 1;
  }
  return 0;
});
