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
  /** The deployment before, when it went by another manifest. */
  readonly former?: { readonly wanted: GuardWanted; readonly copies: Copies };
}

export type GuardDecision =
  | { readonly action: 'pass'; readonly live?: LiveAccessPoint; readonly reason: string }
  | { readonly action: 'refuse'; readonly live?: LiveAccessPoint; readonly reason: string };

/** Whether the access point may be deployed as wanted, and why. */
export function decide(view: GuardView): GuardDecision {
  const wanted = wantedShape(view.wanted);
  const manifest = newest(view.copies) ?? (view.former && newest(view.former.copies));
  if (manifest !== undefined) return compare(view, liveShape(manifest), wanted);

  const doubt = doubtOf(view);
  if (doubt !== undefined) return { action: 'refuse', reason: doubt };
  return { action: 'pass', reason: 'no access point is live under this name' };
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
 * Why "no manifest was found" may not be taken for "no access point is live". A new guard believes the Regions that answer; one
 * that has been here before should have found a manifest, so it believes only all of them.
 */
function doubtOf(view: GuardView): string | undefined {
  const { copies, created, wanted } = view;
  const failed = copies.failed.map(({ region, error }) => `${region}: ${error instanceof Error ? error.message : String(error)}`);
  const malformed = copies.malformed.map(({ region, problem }) => `${region}: ${problem}`);
  const unreadable = [...malformed, ...failed];
  const sure = malformed.length === 0 && (failed.length === 0 || (created && copies.missing.length > 0));
  if (!sure) {
    return (
      `the manifest '${wanted.ManifestParameterName}' could not be read, so nobody knows whether this deployment would replace the live ` +
      `access point (${unreadable.join('; ')}); deploy again when one of its Regions answers with a valid copy`
    );
  }
  return view.former && doubtOf({ wanted: view.former.wanted, copies: view.former.copies, created: false });
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
    ? `keep the construct's path, or give it another name; if ${live.arn} is gone, delete the parameter '${wanted.ManifestParameterName}' in its Regions (${regions})`
    : `to add a Region without an outage, grow 'regions', keep 'accessPointRegions' at [${regions}], add a second access point over all of them and move the clients to it`;
  return `${what}; ${consequence}; ${wayOut}; to go on all the same, set 'acknowledgeReplacement' to '${digest}'${given}`;
}

/** ARN that the routes resource may read from; one that names nothing when no access point is known. */
export function liveArn(live: Pick<Manifest['accessPoint'], 'arn'> | LiveAccessPoint | undefined, place: { partition: string; account: string }): string {
  return live?.arn ?? `arn:${place.partition}:s3::${place.account}:accesspoint/none.mrap`;
}
