// npm run campaign: the operator's command under every fault between any two of its requests. Flags: --most N  --seed N  --results FILE  --only VERB  --workers N
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  await setUp();
  const { status } = spawnSync(process.execPath, ['--require', join(ROOT, 'node_modules/ts-node/register/index.js'), join(ROOT, 'test/campaign/main.ts'), ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return status ?? 1;
});
