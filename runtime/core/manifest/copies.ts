import type { Manifest } from '../../../lib/private/contract';
import type { RetryDeps } from '../calls/retry';
import { sideBySide } from '../calls/side-by-side';
import { patiently, type ParameterStores } from './parameter-store';
import { parseManifest, revisionOf } from './schema';

/** What the Regions say when asked for their copy of a manifest. */
export interface Copies {
  readonly found: readonly { readonly region: string; readonly manifest: Manifest }[];
  /** Regions that answered that they hold none. */
  readonly missing: readonly string[];
  /** Regions that hold a copy which cannot be understood. */
  readonly malformed: readonly { readonly region: string; readonly problem: string }[];
  readonly failed: readonly { readonly region: string; readonly error: unknown }[];
  /** Highest revision seen, even in a copy that cannot be understood; 0 without any. */
  readonly highestRevision: number;
}

/** Asks every Region at once. A Region that does not answer costs a few seconds, and holds up no other. */
export async function readCopies(stores: ParameterStores, name: string, regions: readonly string[], deps: RetryDeps): Promise<Copies> {
  const answers = await sideBySide(regions, (region) => patiently(deps, region, (signal) => stores(region).get(name, signal)));
  const found = [];
  const missing = [];
  const malformed = [];
  const failed = [];
  let highestRevision = 0;
  for (const answer of answers) {
    const { region } = answer;
    if ('error' in answer) failed.push({ region, error: answer.error });
    else if (answer.value === undefined) missing.push(region);
    else {
      highestRevision = Math.max(highestRevision, revisionOf(answer.value) ?? 0);
      const parsed = parseManifest(answer.value);
      if ('manifest' in parsed) found.push({ region, manifest: parsed.manifest });
      else malformed.push({ region, problem: parsed.problem });
    }
  }
  return { found, missing, malformed, failed, highestRevision };
}

/** The newest manifest among the copies. */
export function newest(copies: Copies): Manifest | undefined {
  return copies.found.reduce<Manifest | undefined>(
    (best, { manifest }) => (best === undefined || manifest.revision > best.revision ? manifest : best),
    undefined,
  );
}
