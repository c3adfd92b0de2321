// The apps that the library is measured against must make what it makes, else the figures compare nothing.
import { compileApps, sameResources, SIZES } from '../bench/synth.mjs';
import { buildPackage } from './build/package.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  await buildPackage();
  const folder = await compileApps();
  for (const size of SIZES) console.log(`${size} Regions: ${await sameResources(folder, size)} resources, by hand and by the library`);
});
