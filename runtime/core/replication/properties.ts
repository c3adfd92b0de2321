import * as z from 'zod';
import type { StackPlace } from '../custom-resource/stack';
import * as syntax from '../custom-resource/syntax';
import type { WantedReplication } from './model';

/** `ReplicationProperties` of the contract, with its text turned into values. */
export const replicationPropertiesSchema = z
  .object({
    Bucket: syntax.bucketName,
    Region: syntax.region,
    RoleArn: syntax.roleArn,
    // A rule is ours by the beginning of its id: an empty one would take rules of others. An id may have 255 characters.
    RulePrefix: z.string().regex(/^[\w.-]{1,200}$/, "must have 1 to 200 letters, digits and '_.-'"),
    Destinations: z
      .array(z.object({ Region: syntax.region, Bucket: syntax.bucketName }))
      .min(1, 'must name at least one bucket')
      .refine((all) => new Set(all.map(({ Region }) => Region)).size === all.length, 'must name each Region once')
      .refine((all) => new Set(all.map(({ Bucket }) => Bucket)).size === all.length, 'must name each bucket once'),
    KeyPrefix: z.string().max(1024, 'must have at most 1024 characters'),
    DeleteMarkers: syntax.flag,
    ReplicaModifications: syntax.flag,
    TimeControl: syntax.flag,
    Metrics: syntax.flag,
  })
  .refine(({ Bucket, Destinations }) => Destinations.every((to) => to.Bucket !== Bucket), {
    path: ['Destinations'],
    message: "must not name 'Bucket' itself",
  });

export function wantedReplication(properties: z.infer<typeof replicationPropertiesSchema>, place: StackPlace): WantedReplication {
  return {
    bucket: properties.Bucket,
    region: properties.Region,
    partition: place.partition,
    account: place.account,
    roleArn: properties.RoleArn,
    rulePrefix: properties.RulePrefix,
    destinations: properties.Destinations.map(({ Region, Bucket }) => ({ region: Region, bucket: Bucket })),
    keyPrefix: properties.KeyPrefix,
    deleteMarkers: properties.DeleteMarkers,
    replicaModifications: properties.ReplicaModifications,
    timeControl: properties.TimeControl,
    // Time control without metrics is not accepted by S3.
    metrics: properties.Metrics || properties.TimeControl,
  };
}
