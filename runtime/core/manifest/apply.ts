import { aliasParameterName, arnParameterName } from '../../../lib/private/contract';
import { CallError } from '../calls/call-error';
import { Explained } from '../calls/explained';
import type { RetryDeps } from '../calls/retry';
import { sideBySide, type Settled } from '../calls/side-by-side';
import type { Log } from '../ports';
import { newest, readCopies, type Copies } from './copies';
import { encodeManifest } from './encode';
import { patiently, type ParameterStores } from './parameter-store';
import type { ManifestWanted } from './properties';

export interface ManifestDeps extends RetryDeps {
  readonly stores: ParameterStores;
  readonly log: Log;
  /** Seconds since 1970, for revisions. */
  readonly secondsNow: () => number;
  /** Whether the stack is undoing a failed update; asked only when the answer decides. */
  readonly rollingBack: () => Promise<boolean>;
}

export interface Written {
  readonly revision: number;
  /** Regions whose copy is older than it should be, or is still there. */
  readonly notReached: readonly string[];
}

/** Writes the first copies. All or nothing: a Region without a copy is of no use in an outage. */
export async function createManifest(wanted: ManifestWanted, deps: ManifestDeps): Promise<Written> {
  const copies = await readCopies(deps.stores, wanted.ManifestParameterName, wanted.Regions, deps);
  failIfAny(copies.failed, wanted);
  const revision = nextRevision(copies, deps);
  const results = await write(wanted, wanted.Regions, encodeManifest(wanted, revision), deps);
  const failed = failures(results);
  if (failed.length > 0) {
    // CloudFormation sends no Delete for a resource whose Create failed: a copy left here would say that an access point lives.
    await remove(wanted.ManifestParameterName, wanted.Regions, deps);
    failIfAny(failed, wanted);
  }
  return { revision, notReached: [] };
}

/**
 * Rewrites the copies, and removes those of Regions that are wanted no more.
 *
 * While the access point stays the same, a Region that does not answer is reported and not waited for: its copy still names the
 * right access point. When the copies name another access point, a stale one would make an operator's tool act on the wrong
 * one in an outage, so that then every Region must be reached, unless the stack is rolling back.
 */
export async function updateManifest(wanted: ManifestWanted, formerRegions: readonly string[], deps: ManifestDeps): Promise<Written> {
  const copies = await readCopies(deps.stores, wanted.ManifestParameterName, wanted.Regions, deps);
  const everyRegion = newest(copies)?.accessPoint.arn !== wanted.AccessPointArn;
  const mustReach = async (failed: readonly Failure[]) =>
    failed.some(({ error }) => !isUnreachable(error)) || (failed.length > 0 && everyRegion && !(await deps.rollingBack()));

  if (await mustReach(copies.failed)) failIfAny(copies.failed, wanted);
  const revision = nextRevision(copies, deps);
  const results = await write(wanted, wanted.Regions, encodeManifest(wanted, revision), deps);
  const failed = failures(results);
  if (failed.length === wanted.Regions.length || (await mustReach(failed))) failIfAny(failed, wanted);

  const leaving = formerRegions.filter((region) => !wanted.Regions.includes(region));
  const left = failures(await remove(wanted.ManifestParameterName, leaving, deps));
  for (const { region, error } of failed) {
    deps.log.warn(`the manifest in ${region} is out of date; deploy again when the Region answers`, { region, error: text(error) });
  }
  for (const { region, error } of left) {
    deps.log.warn(`the manifest in ${region} is still there although the Region is wanted no more; delete it`, { region, error: text(error) });
  }
  return { revision, notReached: [...failed, ...left].map(({ region }) => region) };
}

/**
 * Removes every copy, wherever it can be reached. When the newest copy names another access point, a resource of another logical
 * id has taken the name over (a renamed construct), and its copies stay.
 */
export async function deleteManifest(wanted: ManifestWanted, deps: ManifestDeps): Promise<readonly string[]> {
  const copies = await readCopies(deps.stores, wanted.ManifestParameterName, wanted.Regions, deps);
  const successor = newest(copies);
  if (successor !== undefined && successor.accessPoint.arn !== wanted.AccessPointArn) {
    deps.log.info(`the manifest now belongs to ${successor.accessPoint.arn}, so it stays`, { parameter: wanted.ManifestParameterName });
    return [];
  }
  const failed = failures(await remove(wanted.ManifestParameterName, wanted.Regions, deps));
  const denied = failed.filter(({ error }) => !isUnreachable(error));
  if (denied.length > 0) {
    throw new Explained(
      `the manifest '${wanted.ManifestParameterName}' could not be removed: ${list(denied)}; allow it and delete again, or keep this resource`,
    );
  }
  for (const { region, error } of failed) {
    deps.log.warn(`the manifest in ${region} could not be removed; delete it when the Region answers`, { region, error: text(error) });
  }
  return failed.map(({ region }) => region);
}

/**
 * Higher than every revision seen, and at least the time in seconds: when the Regions with the newest copies cannot be reached,
 * counting on from an older copy could give two contents one revision.
 */
function nextRevision(copies: Copies, deps: ManifestDeps): number {
  return Math.max(copies.highestRevision + 1, Math.floor(deps.secondsNow()));
}

/** In each Region the manifest comes last, so that whoever finds it finds the plain parameters too. */
function write(wanted: ManifestWanted, regions: readonly string[], manifest: string, deps: ManifestDeps): Promise<Settled<void>[]> {
  const name = wanted.ManifestParameterName;
  const parameters = [
    [arnParameterName(name), wanted.AccessPointArn, 'ARN of the S3 Multi-Region Access Point'],
    [aliasParameterName(name), wanted.AccessPointAlias, 'Alias of the S3 Multi-Region Access Point'],
    [name, manifest, 'What is needed to switch the active Region of an S3 Multi-Region Access Point'],
  ];
  return sideBySide(regions, async (region) => {
    for (const [parameter, value, description] of parameters) {
      await patiently(deps, region, (signal) => deps.stores(region).put(parameter, value, description, signal));
    }
  });
}

function remove(name: string, regions: readonly string[], deps: ManifestDeps): Promise<Settled<void>[]> {
  const names = [name, arnParameterName(name), aliasParameterName(name)];
  return sideBySide(regions, (region) => patiently(deps, region, (signal) => deps.stores(region).remove(names, signal)));
}

interface Failure {
  readonly region: string;
  readonly error: unknown;
}

function failures(results: readonly Settled<unknown>[]): Failure[] {
  return results.filter((result) => 'error' in result);
}

function failIfAny(failed: readonly Failure[], wanted: ManifestWanted): void {
  if (failed.length === 0) return;
  throw new Explained(
    `the manifest '${wanted.ManifestParameterName}' must be in every one of 'Regions' (${wanted.Regions.join(', ')}): ${list(failed)}; ` +
      'deploy again when the Region answers and the handler may write there',
  );
}

function isUnreachable(error: unknown): boolean {
  return error instanceof CallError && error.unreachable;
}

function list(failed: readonly Failure[]): string {
  return failed.map(({ region, error }) => `${region} failed (${text(error)})`).join(', ');
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
