import { PutBucketOwnershipControlsCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand, type ReplicationRule } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Manifest } from '../../lib/private/contract';
import { estateOf, type Estate } from '../../runtime/core/operate/estate';
import { manifest } from '../runtime/support/manifest';
import { arn, EAST, type Lab, policy, replicationStatements, rule, WEST } from './replication-lab';
import { createAccessPoint, submitRoutes } from './support';

/** What an operator has: buckets that replicate to each other, an access point over them, and a manifest in each Region. */
export interface OperatorEstate {
  readonly manifest: Manifest;
  readonly estate: Estate;
  /** Name of the SSM parameter that holds the manifest. */
  readonly parameter: string;
  /** The role that replicates out of a Region. */
  readonly roles: { readonly [region: string]: string };
  readonly rules: { readonly [region: string]: ReplicationRule[] };
}

/** As the library deploys it, made by hand: much faster, and each test may have its own. */
export async function makeOperatorEstate(lab: Lab, regions: readonly string[] = [EAST, WEST]): Promise<OperatorEstate> {
  const buckets: { [region: string]: string } = {};
  for (const region of regions) buckets[region] = await lab.bucket(region);
  const roles: { [region: string]: string } = {};
  const rules: { [region: string]: ReplicationRule[] } = {};
  for (const region of regions) {
    const s3 = lab.s3(region);
    const Bucket = buckets[region];
    const others = regions.filter((other) => other !== region);
    roles[region] = await lab.role(replicationStatements(Bucket, others.map((other) => buckets[other])));
    rules[region] = others.map((other, index) => fullRule(buckets[other], index + 1));
    await lab.putRules(region, Bucket, roles[region], rules[region]);
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true } }));
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }));
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(Bucket) }));
  }
  const accessPointArn = await createAccessPoint(lab.aws, lab.name('operators'), regions.map((region) => buckets[region]));
  await submitRoutes(lab.aws, accessPointArn, Object.fromEntries(regions.map((region, index) => [region, index === 0 ? 100 : 0])));
  const made = manifest({ routing: { mode: 'failover-order', regions: [...regions] }, buckets, account: lab.aws.account }, accessPointArn);
  const complete: Manifest = { ...made, accessPoint: { ...made.accessPoint, buckets } };
  const parameter = `/s3-failover/${lab.name('media')}`;
  for (const region of regions) await putManifest(lab, region, parameter, complete);
  return { manifest: complete, estate: estateOf(complete), parameter, roles, rules };
}

export function putManifest(lab: Lab, region: string, parameter: string, content: Manifest | string): Promise<unknown> {
  const Value = typeof content === 'string' ? content : JSON.stringify(content);
  return lab.aws.clients.ssm(region).send(new PutParameterCommand({ Name: parameter, Value, Type: 'String', Overwrite: true }));
}

/** What `enforceSSL` puts on a bucket. */
export function tlsOnly(bucket: string, ...more: object[]): string {
  return policy([{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn(bucket), `${arn(bucket)}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, ...(more as Record<string, unknown>[])]);
}

function fullRule(destination: string, priority: number): ReplicationRule {
  return rule(destination, {
    Priority: priority,
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
    Destination: { Bucket: arn(destination), Metrics: { Status: 'Enabled' } },
  });
}
