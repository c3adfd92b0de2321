import * as z from 'zod';
import { RoutingMode } from '../../../lib/private/contract';
import * as syntax from '../custom-resource/syntax';
import { controllerText } from './controller';

export const publicAccessBlockSchema = z.object({
  BlockPublicAcls: syntax.flag,
  BlockPublicPolicy: syntax.flag,
  IgnorePublicAcls: syntax.flag,
  RestrictPublicBuckets: syntax.flag,
});

/** `ManifestProperties` of the contract, with its text turned into values. */
export const manifestPropertiesSchema = z.object({
  ManifestParameterName: syntax.parameterName,
  Regions: z.array(syntax.region).min(1, 'must name at least one Region'),
  Account: syntax.account,
  Partition: syntax.partition,
  HomeRegion: syntax.region,
  BucketNamePrefix: z.string(),
  AccessPointArn: syntax.accessPointArn,
  AccessPointAlias: syntax.accessPointAlias,
  AccessPointName: z.string().min(1, 'must not be empty'),
  AccessPointBuckets: syntax.bucketsByRegion,
  PublicAccessBlock: publicAccessBlockSchema,
  Buckets: syntax.bucketsByRegion,
  RoutingMode: z.enum(RoutingMode, { error: `must be one of ${Object.values(RoutingMode).join(', ')}` }),
  RoutingRegions: z.array(syntax.region).min(1, 'must name at least one Region'),
  Controller: controllerText.optional(),
});

export type ManifestWanted = z.infer<typeof manifestPropertiesSchema>;
