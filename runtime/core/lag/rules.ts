import type { ReplicationConfiguration, ReplicationRule } from '../replication/model';

/** A rule of a source bucket that replicates to one destination. */
export interface DataRule {
  readonly id: string;
  /** Keys that it covers begin with this. */
  readonly keyPrefix: string;
  /** It covers only objects with tags of its own, so that no marker can be sent through it. */
  readonly byTags: boolean;
  /** Whether S3 publishes metrics of it. */
  readonly metrics: boolean;
}

/** The enabled rules of a source bucket that replicate to this bucket. */
export function dataRules(configuration: ReplicationConfiguration | undefined, destinationBucket: string): DataRule[] {
  return (configuration?.Rules ?? [])
    .filter((rule) => rule.Status === 'Enabled' && bucketOf(rule) === destinationBucket)
    .map((rule) => ({ id: rule.ID ?? '', ...coverage(rule), metrics: rule.Destination?.Metrics?.Status === 'Enabled' }));
}

/** Destinations are named by ARN, whose last part is the bucket's name. */
function bucketOf(rule: ReplicationRule): string | undefined {
  return rule.Destination?.Bucket?.split(':').at(-1);
}

function coverage({ Filter: filter, Prefix: prefix }: ReplicationRule): Pick<DataRule, 'keyPrefix' | 'byTags'> {
  const both = filter?.And as { readonly Prefix?: string; readonly Tags?: readonly unknown[] } | undefined;
  return {
    keyPrefix: filter?.Prefix ?? both?.Prefix ?? prefix ?? '',
    byTags: filter?.Tag !== undefined || (both?.Tags?.length ?? 0) > 0,
  };
}
