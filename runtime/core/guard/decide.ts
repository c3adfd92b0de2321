import type { Manifest } from '../../../lib/private/contract';
import { newest, type Copies } from '../manifest/copies';
import { differences, liveShape, wantedShape, type AccessPointShape, type LiveAccessPoint } from './access-point';
import { replacementDigest } from './digest';
import type { GuardWanted } from './properties';

export interface GuardView {
  readonly wanted: GuardWanted;
  /** Whether this guard is new in its stack: then so is the access point behind it. */
  readonly created: boolean;
  readonly copies: Copies;
}

export type GuardDecision =
  | { readonly action: 'pass'; readonly live?: LiveAccessPoint; readonly reason: string }
  | { readonly action: 'refuse'; readonly live?: LiveAccessPoint; readonly reason: string };

/** Whether the access point may be deployed as wanted, and why. */
export function decide(view: GuardView): GuardDecision {
  const manifest = newest(view.copies);
  const doubt = doubtOf(view, manifest);
  if (doubt !== undefined) return { action: 'refuse', reason: doubt };
  if (manifest === undefined) return { action: 'pass', reason: 'no access point is live under this name' };
  return compare(view, liveShape(manifest), wantedShape(view.wanted));
}

function compare(view: GuardView, live: LiveAccessPoint, wanted: AccessPointShape): GuardDecision {
  const changes = differences(live, wanted);
  const { created } = view;
  if (changes.length === 0 && !created) return { action: 'pass', live, reason: 'the access point stays as it is' };
  const digest = replacementDigest(live, wanted);
  if (view.wanted.AcknowledgeReplacement === digest) return { action: 'pass', live, reason: `the replacement ${digest} is acknowledged` };
  return { action: 'refuse', live, reason: refusal(view.wanted, live, changes, digest, created) };
}

/**
 * Why what was read may not be taken for what is live.
 *
 * A copy that nobody understands may describe the live access point, unless one at least as new is understood. And where none is found, a
 * new guard believes the Regions that answer, while one that has been here before should have found one, so it believes only all.
 */
function doubtOf({ copies, created, wanted }: GuardView, manifest: Manifest | undefined): string | undefined {
  const failed = copies.failed.map(({ region, error }) => `${region}: ${error instanceof Error ? error.message : String(error)}`);
  const malformed = copies.malformed.map(({ region, problem }) => `${region}: ${problem}`);
  const unreadable = [...malformed, ...failed];
  const sure =
    manifest !== undefined
      ? copies.highestRevision <= manifest.revision
      : malformed.length === 0 && (failed.length === 0 || (created && copies.missing.length > 0));
  if (sure) return undefined;
  return (
    `the manifest '${wanted.ManifestParameterName}' must be readable to tell whether this deployment replaces the live access point, ` +
    `got ${unreadable.join('; ')}; deploy again when its newest copy can be read`
  );
}

function refusal(wanted: GuardWanted, live: LiveAccessPoint, changes: string[], digest: string, created: boolean): string {
  const what =
    changes.length > 0
      ? `'Buckets' and 'PublicAccessBlock' of a Multi-Region Access Point cannot change, and here ${changes.join(', ')}`
      : `'${wanted.ManifestParameterName}' must describe one Multi-Region Access Point, and this deployment creates another one under its name`;
  const consequence = created
    ? `clients of the live one (${live.arn}) would have to move to a new hostname and ARN, and if this stack made the live one, it would be deleted`
    : `AWS would replace it (${live.arn}): a new hostname and a new ARN, and every client must move to them, while the old one is kept and serves on`;
  const given =
    wanted.AcknowledgeReplacement === undefined || wanted.AcknowledgeReplacement === ''
      ? ''
      : ` ('${wanted.AcknowledgeReplacement}' is for another change)`;
  const regions = Object.keys(live.buckets).join(', ');
  const wayOut = created
    ? `give this one a name of its own ('manifestParameterName' or 'bucketNamePrefix'), or go on with the stack that made the live one; if ${live.arn} is gone, ` +
      `delete the parameter '${wanted.ManifestParameterName}' in its Regions (${regions})`
    : `to add a Region without an outage, grow 'regions', keep 'accessPointRegions' at [${regions}], add a second access point over all of them and move the clients to it`;
  return `${what}; ${consequence}; ${wayOut}; to go on all the same, set 'acknowledgeReplacement' to '${digest}'${given}`;
}

/** ARN that the routes resource may read from; one that names nothing when no access point is known. */
export function liveArn(live: Pick<Manifest['accessPoint'], 'arn'> | LiveAccessPoint | undefined, place: { partition: string; account: string }): string {
  return live?.arn ?? `arn:${place.partition}:s3::${place.account}:accesspoint/none.mrap`;
}
