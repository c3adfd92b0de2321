// Compiles the library with jsii; a warning is a failure.
import { buildPackage } from './build/package.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  await buildPackage();
});
