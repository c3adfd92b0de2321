import type { Estate } from '../estate';

/** What the ARNs of a policy are made of. */
export interface PolicyScope {
  readonly partition: string;
  readonly account: string;
  readonly accessPointArn: string;
  /** Every data Region, and its bucket in the same place. */
  readonly regions: readonly string[];
  readonly buckets: readonly string[];
  /** The manifest's SSM parameter; absent where it is not known. */
  readonly parameter?: string;
  /** The controller's table, and the control Regions that hold it; absent without a controller. */
  readonly controller?: { readonly table: string; readonly regions: readonly string[] };
}

export function scopeOf({ manifest, regions, buckets }: Estate, parameter?: string): PolicyScope {
  return {
    partition: manifest.partition,
    account: manifest.account,
    accessPointArn: manifest.accessPoint.arn,
    regions,
    buckets: regions.map((region) => buckets[region]),
    parameter,
    ...(manifest.controller && { controller: { table: manifest.controller.table, regions: manifest.controller.policy.voters } }),
  };
}
