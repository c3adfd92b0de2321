// npm run build: bundles the handlers, compiles the library with jsii into .local/package, writes API.md.
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { API_FILE, generateApi } from './build/api.mjs';
import { STAGING } from './build/package.mjs';
import { setUp } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  await setUp();
  await writeFile(API_FILE, await generateApi());
  console.log(`built in ${relative(process.cwd(), STAGING)}, and wrote API.md`);
});
