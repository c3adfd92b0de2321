import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ResourceType } from '../../../lib/private/contract';
import { Problem } from '../problem';
import { readable } from './file';
import type { ParameterAddress } from './source';

/** Stages put their stacks into folders of their own, in each other. */
const DEEPEST = 5;

const templateSchema = z.object({ Resources: z.record(z.string(), z.unknown()).default({}) });
const manifestSchema = z.object({
  Type: z.literal(ResourceType.MANIFEST),
  Properties: z.object({ ManifestParameterName: z.string().min(1), Regions: z.array(z.string()) }),
});

/** Parameter names and Regions of every manifest that the stacks of a `cdk.out` folder write. */
export function parametersInApp(folder: string): readonly ParameterAddress[] {
  const files = templatesUnder(folder, DEEPEST);
  if (files.length === 0) throw new Problem('NoTemplates', `'--app' must name a cdk.out folder, got '${folder}', in which no template lies`, { next: ['npx cdk synth'] });
  const found = new Map<string, ParameterAddress>();
  for (const file of files) for (const address of addressesIn(readFileSync(file, 'utf8'), file)) found.set(address.name, address);
  return [...found.values()];
}

function templatesUnder(folder: string, depth: number): string[] {
  const entries = readable(() => readdirSync(folder, { withFileTypes: true }), (why) => `'--app' must name a cdk.out folder, got '${folder}' (${why})`);
  const here = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.template.json')).map((entry) => join(folder, entry.name));
  const inner = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('assembly-') && depth > 0);
  return [...here.sort(), ...inner.flatMap((entry) => templatesUnder(join(folder, entry.name), depth - 1))];
}

function addressesIn(text: string, file: string): ParameterAddress[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem('FileUnreadable', `'${file}' is no template: it is not JSON`, { cause: error });
  }
  const template = templateSchema.safeParse(json);
  if (!template.success) return [];
  return Object.values(template.data.Resources).flatMap((resource) => {
    const manifest = manifestSchema.safeParse(resource);
    return manifest.success ? [{ name: manifest.data.Properties.ManifestParameterName, regions: manifest.data.Properties.Regions }] : [];
  });
}
