import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, parse, format } from 'node:path';
import type { OutputFile } from '../../core/operate/reconcile/store';
import { misuse, Problem } from '../problem';

/** Keys of objects stand in it: for the person alone. */
const PRIVATE = 0o600;

/** Found out before the long work, not after it. */
export async function mustBeWritable(path: string, option: string): Promise<void> {
  const folder = dirname(path);
  const [there, writable] = await Promise.all([stat(path).catch(() => undefined), access(folder, constants.W_OK).then(() => true, () => false)]);
  if (there?.isDirectory()) throw misuse(`'${option}' must name a file, got '${path}', which is a folder`);
  if (!writable) throw misuse(`'${option}' must name a file in a folder that can be written, got '${path}'`);
}

/** A file that is written beside its place, and put there when it is whole. */
export async function outputFile(path: string): Promise<OutputFile> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w', PRIVATE);
  return {
    name: path,
    write: (text) => file.appendFile(text).catch(lost(path)),
    async commit() {
      await file.sync().catch(lost(path));
      await file.close();
      await rename(partial, path);
    },
    async discard() {
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

function lost(path: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Problem('FileUnwritable', `'${path}' cannot be written (${code ?? message}); make room`, { next: ['s3-failover reconcile --resume'], cause: error });
  };
}

/** `missing.csv` of us-east-1: `missing.us-east-1.csv`. */
export function fileOfRegion(path: string, region: string): string {
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.${region}`, ext });
}
