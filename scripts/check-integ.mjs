// Compares what the integration apps synthesize with their committed snapshots; needs no account. See integ/README.md.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesUnder } from './setup/digest.mjs';
import { runMain } from './setup/problem.mjs';
import { run } from './setup/run.mjs';
import { ROOT } from './setup.mjs';

/** A run that found no app has compared nothing. */
const APPS_MIN = 2;
const update = process.argv.includes('--update');

await runMain(async () => {
  if (update) {
    await integRunner('--dry-run', '--update-on-failed');
    await forgetMachine();
  }
  const { ok, output } = await integRunner();
  console.log(output);
  const verified = /(\d+) passed, (\d+) total/.exec(output);
  if (ok && verified && verified[1] === verified[2] && Number(verified[2]) >= APPS_MIN) return 0;
  console.log('a snapshot differs; where the change is meant, run: npm run integ:update');
  return 1;
});

/** Stack traces in the snapshots' metadata would name the folder of whoever made them; nothing compares them. */
async function forgetMachine() {
  const files = (await filesUnder(ROOT, 'integ')).filter((file) => file.endsWith('.metadata.json'));
  for (const file of files) {
    const path = join(ROOT, file);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(ROOT, ''));
  }
}

function integRunner(...more) {
  const runner = join(ROOT, 'node_modules', '@aws-cdk', 'integ-runner', 'bin', 'integ-runner');
  const args = ['--directory', 'integ', '--language', 'typescript', '--parallel-regions', 'us-east-1', '--max-workers', '2', ...more];
  // Without a Region it looks for one in the instance's metadata, which takes seconds where there is none.
  const env = { ...process.env, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' };
  return run(process.execPath, [runner, ...args], { cwd: ROOT, env });
}
