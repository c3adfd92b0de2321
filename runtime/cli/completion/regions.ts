import { readFileSync } from 'node:fs';
import { DEFAULT_REGIONS, OPT_IN_REGIONS } from '../regions';

const MEMBER_REGIONS = [...DEFAULT_REGIONS, ...OPT_IN_REGIONS];

/** Regions of the manifest in a file, else all. A shell that completes must not hear of errors. */
export function regionsFor(manifest: string | undefined): readonly string[] {
  if (!manifest) return MEMBER_REGIONS;
  try {
    const { buckets } = JSON.parse(readFileSync(manifest, 'utf8')) as { buckets?: object };
    const regions = Object.keys(buckets ?? {}).filter((region) => /^[a-z0-9-]+$/.test(region));
    return regions.length > 0 ? regions : MEMBER_REGIONS;
  } catch {
    return MEMBER_REGIONS;
  }
}
