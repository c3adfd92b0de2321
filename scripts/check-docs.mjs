// Compiles every example of README.md and of the API's doc comments, as a reader would paste it.
import { join } from 'node:path';
import { buildPackage, consumerFolder, environment } from './build/package.mjs';
import { runMain } from './setup/problem.mjs';
import { run } from './setup/run.mjs';
import { ROOT } from './setup.mjs';

await runMain(async () => {
  const staging = await buildPackage();
  const consumer = await consumerFolder('examples');
  const rosetta = join(ROOT, 'node_modules', 'jsii-rosetta', 'bin', 'jsii-rosetta');
  const result = await run(process.execPath, [rosetta, 'extract', '--strict', '--fail', '--directory', consumer, staging], { cwd: staging, env: environment() });
  console.log(result.output);
  if (!result.ok) console.log('an example in README.md or in a doc comment does not compile; a self-contained one is marked: ts nofixture');
  return result.ok ? 0 : 1;
});
