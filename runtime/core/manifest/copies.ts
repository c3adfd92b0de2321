import type { Manifest } from '../../../lib/private/contract';
import { CallError } from '../custom-resource/call-error';
import { retry, type RetryDeps } from '../custom-resource/retry';
import { sideBySide } from '../custom-resource/side-by-side';
import { parseManifest, revisionOf } from './schema';

/** Systems Manager Parameter Store of one Region. */
export interface ParameterStore {
  /** Undefined when there is no such parameter. */
  get(name: string, signal: AbortSignal): Promise<string | undefined>;
  put(name: string, value: string, description: string, signal: AbortSignal): Promise<void>;
  /** Removes what exists of these. */
  remove(names: readonly string[], signal: AbortSignal): Promise<void>;
}

export type ParameterStores = (region: string) => ParameterStore;

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

/** Milliseconds for one Region to answer, permissions that are still spreading included. */
const READ_LIMIT = 75_000;

/**
 * Milliseconds that a refusal for want of permission is not believed: the handler's own statements may be seconds old, and IAM
 * is eventually consistent (IAM user guide, "Changes that I make are not always immediately visible").
 */
const PERMISSION_SPREADS = 60_000;

/** Milliseconds for a parameter that others write at the same time. */
const OTHER_WRITER = 20_000;

/** Asks every Region at once. A Region that does not answer costs a few seconds, and holds up no other. */
export async function readCopies(stores: ParameterStores, name: string, regions: readonly string[], deps: RetryDeps): Promise<Copies> {
  const limit = Math.min(READ_LIMIT, deps.deadline - deps.clock.now());
  const answers = await sideBySide(regions, deps.clock, limit, (region, signal) =>
    retry(deps, parameterPatience, () => stores(region).get(name, signal)),
  );
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

/** How long an error of Parameter Store is worth another attempt. */
export function parameterPatience(error: unknown): number | undefined {
  if (!(error instanceof CallError)) return undefined;
  if (error.denied) return PERMISSION_SPREADS;
  if (error.code === 'TooManyUpdates') return OTHER_WRITER;
  return undefined;
}
