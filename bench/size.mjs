// What a user downloads, and what a Lambda loads.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from '../scripts/build/package.mjs';
import { filesUnder } from '../scripts/setup/digest.mjs';
import { runNpm } from '../scripts/setup/npm.mjs';

export async function benchSize({ say }) {
  say('size of the tarball and the bundles');
  const staging = await buildPackage();
  const folder = await mkdtemp(join(tmpdir(), 's3-failover-size-'));
  try {
    const { ok, output } = await runNpm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: staging });
    if (!ok) throw new Error(`'npm pack' failed:\n${output}`);
    const [{ size, unpackedSize, entryCount }] = JSON.parse(output.slice(output.indexOf('[')));
    const files = (await filesUnder(staging, 'assets')).filter((file) => file.endsWith('.js'));
    const bundles = await Promise.all(files.map(async (file) => ({ file, bytes: (await stat(join(staging, file))).size })));
    return { tarball: size, unpacked: unpackedSize, files: entryCount, bundles };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
