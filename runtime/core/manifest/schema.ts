import * as z from 'zod';
import { ManifestVersion, RoutingMode, type Manifest } from '../../../lib/private/contract';
import { problemOf } from '../custom-resource/parse';
import * as syntax from '../custom-resource/syntax';
import { controllerSchema, policyFault } from './controller';

const NEWEST = ManifestVersion.WITH_CONTROLLER;

/** The one schema of the manifest. Unknown members are ignored, so that a later release may add some within a version. */
const manifestSchema = z
  .object({
    version: z.literal(Object.values(ManifestVersion), { error: `must be ${Object.values(ManifestVersion).join(' or ')}` }),
    revision: z.int({ error: 'must be a whole number of at least 1' }).min(1, 'must be a whole number of at least 1'),
    account: syntax.account,
    partition: syntax.partition,
    homeRegion: syntax.region,
    bucketNamePrefix: z.string(),
    accessPoint: z.object({
      arn: syntax.accessPointArn,
      alias: syntax.accessPointAlias,
      name: z.string().min(1, 'must not be empty'),
      buckets: syntax.bucketsByRegion,
      publicAccessBlock: z.object({
        blockPublicAcls: z.boolean(),
        blockPublicPolicy: z.boolean(),
        ignorePublicAcls: z.boolean(),
        restrictPublicBuckets: z.boolean(),
      }),
    }),
    buckets: syntax.bucketsByRegion,
    routing: z.object({
      mode: z.enum(RoutingMode, { error: `must be one of ${Object.values(RoutingMode).join(', ')}` }),
      regions: z.array(syntax.region).min(1, 'must name at least one Region'),
    }),
    controller: controllerSchema.optional(),
  })
  .superRefine((manifest, check) => {
    const { controller, routing, version } = manifest;
    // A text that lost its controller must not pass for one without.
    if ((controller !== undefined) !== (version === ManifestVersion.WITH_CONTROLLER)) {
      check.addIssue({ code: 'custom', path: ['version'], message: `must be ${ManifestVersion.WITH_CONTROLLER} with 'controller' and ${ManifestVersion.ALONE} without` });
    }
    const fault = controller && policyFault(controller, routing);
    if (fault !== undefined) check.addIssue({ code: 'custom', path: ['controller', 'policy'], message: fault });
    const { arn, alias, buckets } = manifest.accessPoint;
    if (arn !== `arn:${manifest.partition}:s3::${manifest.account}:accesspoint/${alias}`) {
      check.addIssue({ code: 'custom', path: ['accessPoint', 'arn'], message: `must be made of partition, account and alias (${alias})` });
    }
    const foreign = manifest.routing.regions.find((region) => !(region in buckets));
    if (foreign !== undefined) {
      check.addIssue({ code: 'custom', path: ['routing', 'regions'], message: 'must be Regions of the access point' });
    }
  });

export type ParsedManifest = { readonly manifest: Manifest } | { readonly problem: string };

/** A manifest from its text, or what is wrong with it. Text of a newer version is refused: its meaning is not known here. */
export function parseManifest(text: string): ParsedManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const version = member(json, 'version');
  if (typeof version === 'number' && version > NEWEST) {
    return { problem: `'version' is ${version}, and this release reads up to ${NEWEST}; use a newer release of cdk-s3-failover` };
  }
  const parsed = manifestSchema.safeParse(json);
  return parsed.success ? { manifest: parsed.data } : { problem: problemOf(parsed.error, json) };
}

/** Revision of a copy, even of one that cannot be read otherwise. */
export function revisionOf(text: string): number | undefined {
  try {
    const revision = member(JSON.parse(text), 'revision');
    return typeof revision === 'number' && Number.isSafeInteger(revision) ? revision : undefined;
  } catch {
    return undefined;
  }
}

function member(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}
