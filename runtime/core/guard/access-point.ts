import type { Manifest } from '../../../lib/private/contract';
import type { GuardWanted } from './properties';

/** What cannot be changed about a Multi-Region Access Point without replacing it. */
export interface AccessPointShape {
  /** Region to bucket name. */
  readonly buckets: { readonly [region: string]: string };
  readonly publicAccessBlock: Manifest['accessPoint']['publicAccessBlock'];
}

export interface LiveAccessPoint extends AccessPointShape {
  /** Unknown when all that is known is the template of the deployment before. */
  readonly arn?: string;
}

export function wantedShape(wanted: Pick<GuardWanted, 'Buckets' | 'PublicAccessBlock'>): AccessPointShape {
  return {
    buckets: wanted.Buckets,
    publicAccessBlock: {
      blockPublicAcls: wanted.PublicAccessBlock.BlockPublicAcls,
      blockPublicPolicy: wanted.PublicAccessBlock.BlockPublicPolicy,
      ignorePublicAcls: wanted.PublicAccessBlock.IgnorePublicAcls,
      restrictPublicBuckets: wanted.PublicAccessBlock.RestrictPublicBuckets,
    },
  };
}

export function liveShape(manifest: Manifest): LiveAccessPoint {
  const { arn, buckets, publicAccessBlock } = manifest.accessPoint;
  return { arn, buckets, publicAccessBlock };
}

/** How the wanted access point differs from the live one, one phrase each; empty when nothing would be replaced. */
export function differences(live: AccessPointShape, wanted: AccessPointShape): string[] {
  const regions = [...new Set([...Object.keys(live.buckets), ...Object.keys(wanted.buckets)])].sort();
  const phrases = regions.flatMap((region) => {
    const [before, after] = [live.buckets[region], wanted.buckets[region]];
    if (before === after) return [];
    if (before === undefined) return [`${region} comes in with '${after}'`];
    if (after === undefined) return [`${region} leaves with '${before}'`];
    return [`${region} changes from '${before}' to '${after}'`];
  });
  for (const name of ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const) {
    const [before, after] = [live.publicAccessBlock[name], wanted.publicAccessBlock[name]];
    if (before !== after) phrases.push(`'${name}' changes from ${before} to ${after}`);
  }
  return phrases;
}
