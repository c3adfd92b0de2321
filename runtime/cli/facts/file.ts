import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { parseManifest } from '../../core/manifest/schema';
import { Problem } from '../problem';
import type { ManifestFound } from './source';

/** Larger than any manifest: what is larger is another file. */
const LARGEST_BYTES = 1_000_000;

/** What `export` adds to a manifest, for who finds the file; not needed for anything. */
export const aboutSchema = z.object({ about: z.object({ parameter: z.string().min(1).max(2_048).optional() }) });

export async function manifestFromFile(file: string): Promise<ManifestFound> {
  const text = await textOf(file, '--manifest');
  const parsed = parseManifest(text);
  if ('problem' in parsed) {
    throw new Problem('ManifestMalformed', `the manifest in '${file}' cannot be used: ${parsed.problem}`, { next: ['s3-failover export --name <parameter>'] });
  }
  const about = aboutSchema.safeParse(JSON.parse(text));
  return { manifest: parsed.manifest, from: `file ${file}`, parameter: about.success ? about.data.about.parameter : undefined, remarks: [] };
}

/** A text file that the person named. */
export async function textOf(file: string, option: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Problem('FileUnreadable', `'${option}' must name a file that can be read, got '${file}' (${error.code ?? error.message})`, { cause: error });
  });
  if (bytes.length > LARGEST_BYTES) throw new Problem('FileUnreadable', `'${option}' names a file of ${bytes.length} bytes, '${file}', which is too large to be one`);
  return bytes.toString('utf8');
}
