import * as z from 'zod';
import * as syntax from '../custom-resource/syntax';
import { controllerText } from '../manifest/controller';
import { publicAccessBlockSchema } from '../manifest/properties';

/** `GuardProperties` of the contract, with its text turned into values. */
export const guardPropertiesSchema = z.object({
  ManifestParameterName: syntax.parameterName,
  ManifestRegions: z.array(syntax.region).min(1, 'must name at least one Region'),
  Buckets: syntax.bucketsByRegion,
  PublicAccessBlock: publicAccessBlockSchema,
  AcknowledgeReplacement: z.string().optional(),
  Controller: controllerText.optional(),
});

export type GuardWanted = z.infer<typeof guardPropertiesSchema>;
