import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One digest over the names and contents of files and folders, so that an unchanged source is not built twice. */
export async function digestOf(root, paths, { skip = () => false } = {}) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesUnder(root, path)) {
      if (skip(file)) continue;
      hash.update(file).update('\0').update(await readFile(join(root, file))).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Files below a path, as sorted paths relative to the root; a path that is not there holds none. */
export async function filesUnder(root, path) {
  const info = await stat(join(root, path)).catch(() => undefined);
  if (!info) return [];
  if (info.isFile()) return [path];
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const nested = await Promise.all(entries.map((entry) => (entry.isDirectory() ? filesUnder(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`])));
  return nested.flat().sort();
}
