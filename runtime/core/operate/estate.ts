import type { Manifest } from '../../../lib/private/contract';
import { parseAccessPointArn, type AccessPoint } from '../routes/access-point';

/** What an act is about: all of it from the manifest, so that nothing need be asked of AWS to know it. */
export interface Estate {
  readonly manifest: Manifest;
  readonly accessPoint: AccessPoint;
  /** Regions behind the access point, in the order in which they take over where one was given, then by name. */
  readonly members: readonly string[];
  /** Every data Region, members first. */
  readonly regions: readonly string[];
  /** Region to bucket name, every data Region. */
  readonly buckets: { readonly [region: string]: string };
}

/** Throws for a manifest that no schema has checked. */
export function estateOf(manifest: Manifest): Estate {
  const accessPoint = parseAccessPointArn(manifest.accessPoint.arn);
  if (!accessPoint) throw new RangeError(`the manifest's 'accessPoint.arn' must be one of a Multi-Region Access Point, got '${manifest.accessPoint.arn}'`);
  const ordered = manifest.routing.regions;
  const byOrder = (regions: readonly string[]) => [
    ...ordered.filter((region) => regions.includes(region)),
    ...regions.filter((region) => !ordered.includes(region)).sort(),
  ];
  const members = byOrder(Object.keys(manifest.accessPoint.buckets));
  const others = byOrder(Object.keys(manifest.buckets)).filter((region) => !members.includes(region));
  return { manifest, accessPoint, members, regions: [...members, ...others], buckets: { ...manifest.buckets, ...manifest.accessPoint.buckets } };
}
