import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseManifest } from '../../core/manifest/schema';
import { Problem } from '../problem';
import type { ManifestFound } from './source';

/** Larger than any manifest: what is larger is another file. */
const LARGEST_BYTES = 1_000_000;

/** What `export` adds to a manifest, for who finds the file; not needed for anything. */
export const aboutSchema = z.object({ about: z.object({ parameter: z.string().min(1).max(2_048).optional() }) });

export function manifestFromFile(file: string): ManifestFound {
  const text = textOf(file, '--manifest');
  const parsed = parseManifest(text);
  if ('problem' in parsed) {
    throw new Problem('ManifestMalformed', `the manifest in '${file}' cannot be used: ${parsed.problem}`, { next: ['s3-failover export --name <parameter>'] });
  }
  const about = aboutSchema.safeParse(JSON.parse(text));
  return { manifest: parsed.manifest, from: `file ${file}`, parameter: about.success ? about.data.about.parameter : undefined, remarks: [] };
}

/** A text file that the person named. Small, so that nothing is gained by not waiting for it. */
export function textOf(file: string, option: string): string {
  const bytes = readable(() => readFileSync(file), (why) => `'${option}' must name a file that can be read, got '${file}' (${why})`);
  if (bytes.length > LARGEST_BYTES) throw new Problem('FileUnreadable', `'${option}' names a file of ${bytes.length} bytes, '${file}', which is too large to be one`);
  return bytes.toString('utf8');
}

export function readable<T>(read: () => T, message: (why: string) => string): T {
  try {
    return read();
  } catch (error) {
    const { code, message: why } = error as NodeJS.ErrnoException;
    throw new Problem('FileUnreadable', message(code ?? why), { cause: error });
  }
}
