import {
  AbortMultipartUploadCommand, CreateMultipartUploadCommand, DeleteBucketEncryptionCommand, DeleteBucketLifecycleCommand, DeleteBucketPolicyCommand, DeleteBucketReplicationCommand,
  PutBucketEncryptionCommand, PutBucketLifecycleConfigurationCommand, PutBucketOwnershipControlsCommand, PutBucketPolicyCommand, PutObjectCommand, PutPublicAccessBlockCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { fenceStatement } from '../../../runtime/core/operate/fence/statement';
import { keyOf } from '../../../runtime/core/operate/history/key';
import type { ActRecord } from '../../../runtime/core/operate/history/record';
import { record } from '../../runtime/core/operate/history/records';
import { putManifest, tlsOnly, type OperatorEstate } from '../operator-estate';
import { EAST, type Lab, replicationStatements, WEST } from '../replication-lab';
import { submitRoutes } from '../support';

export interface Ward {
  readonly lab: Lab;
  readonly operators: OperatorEstate;
}

/** Something that is broken for real, and what `doctor` must say of it: `severity | code | where`, and nothing else. */
export interface Illness {
  readonly title: string;
  /** Answers with how to undo it, where that is more than to heal the faults of the local AWS. */
  readonly fall: (ward: Ward) => Promise<(() => Promise<unknown>) | void>;
  readonly finds: readonly string[];
}

const wall = { now: Date.now, iso: (at: number) => new Date(at).toISOString(), parse: Date.parse };
const WAY = `${EAST} to ${WEST}`;

/** Changes the rule from us-east-1 to us-west-2; undefined takes it away. */
function rules(title: string, change: (rule: ReplicationRule) => ReplicationRule | undefined, ...finds: string[]): Illness {
  return {
    title,
    finds,
    async fall({ lab, operators }) {
      const Bucket = operators.estate.buckets[EAST];
      const put = (list: ReplicationRule[]) => lab.putRules(EAST, Bucket, operators.roles[EAST], list);
      const changed = operators.rules[EAST].flatMap((one) => change(one) ?? []);
      if (changed.length > 0) await put(changed);
      else await lab.s3(EAST).send(new DeleteBucketReplicationCommand({ Bucket }));
      return () => put(operators.rules[EAST]);
    },
  };
}

/** Gives the rules out of us-east-1 another role. */
function role(title: string, make: (ward: Ward) => Promise<string>, ...finds: string[]): Illness {
  return {
    title,
    finds,
    async fall(ward) {
      const { lab, operators } = ward;
      const put = (arn: string) => lab.putRules(EAST, operators.estate.buckets[EAST], arn, operators.rules[EAST]);
      await put(await make(ward));
      return () => put(operators.roles[EAST]);
    },
  };
}

/** A setting of the bucket in us-west-2. */
function west(title: string, fall: (bucket: string, ward: Ward) => Promise<unknown>, mend: (bucket: string, ward: Ward) => Promise<unknown>, ...finds: string[]): Illness {
  return {
    title,
    finds,
    async fall(ward) {
      const bucket = ward.operators.estate.buckets[WEST];
      await fall(bucket, ward);
      return () => mend(bucket, ward);
    },
  };
}

function fence(title: string, untilMs: number, ...finds: string[]): Illness {
  const statement = (Bucket: string) => JSON.parse(fenceStatement(wall, { actId: 'act0000000000009', until: Date.now() + untilMs }, { partition: 'aws', bucket: Bucket })) as object;
  return west(
    title,
    (Bucket, { lab }) => lab.s3(WEST).send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(Bucket, statement(Bucket)) })),
    (Bucket, { lab }) => lab.s3(WEST).send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(Bucket) })),
    ...finds,
  );
}

function fault(title: string, fall: (ward: Ward) => Promise<unknown>, ...finds: string[]): Illness {
  return { title, finds, fall: async (ward) => void (await fall(ward)) };
}

/** A record of an act in us-east-1's bucket, taken away again by its version. */
function remembered(title: string, act: Partial<ActRecord>, ...finds: string[]): Illness {
  return {
    title,
    finds,
    async fall({ lab, operators }) {
      const one = record(act);
      const Key = keyOf(one, wall);
      const versions = new Map<string, string>();
      for (const region of operators.estate.regions) {
        const { VersionId } = await lab.s3(region).send(new PutObjectCommand({ Bucket: operators.estate.buckets[region], Key, Body: JSON.stringify(one) }));
        versions.set(region, VersionId!);
      }
      return async () => {
        await lab.idle();
        for (const [region, name] of Object.entries(operators.estate.buckets)) await removeAll(lab, region, name, Key);
      };
    },
  };
}

async function removeAll(lab: Lab, region: string, Bucket: string, Key: string): Promise<void> {
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  for (const VersionId of await lab.stack(region, Bucket, Key)) await lab.s3(region).send(new DeleteObjectCommand({ Bucket, Key, VersionId: VersionId.replace(/^-/, '') }));
}

function copies(title: string, change: (manifest: object) => object | string | undefined, ...finds: string[]): Illness {
  return {
    title,
    finds,
    async fall({ lab, operators }) {
      const { parameter, manifest } = operators;
      const changed = change(manifest);
      if (changed === undefined) await lab.aws.clients.ssm(WEST).send(new DeleteParameterCommand({ Name: parameter }));
      else await putManifest(lab, WEST, parameter, typeof changed === 'string' ? changed : JSON.stringify(changed));
      return () => putManifest(lab, WEST, parameter, manifest);
    },
  };
}

const kms = (Bucket: string) => new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] } });
const owned = (Bucket: string, ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') => new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
const blocked = (Bucket: string, BlockPublicPolicy: boolean) =>
  new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy, IgnorePublicAcls: true, RestrictPublicBuckets: true } });

export const ILLNESSES: readonly Illness[] = [
  // S3 lets nobody suspend it while the bucket has rules.
  west(
    'versioning is suspended',
    async (Bucket, { lab }) => {
      await lab.s3(WEST).send(new DeleteBucketReplicationCommand({ Bucket }));
      await lab.setVersioning(WEST, Bucket, 'Suspended');
    },
    async (Bucket, { lab, operators }) => {
      await lab.setVersioning(WEST, Bucket, 'Enabled');
      await lab.putRules(WEST, Bucket, operators.roles[WEST], operators.rules[WEST]);
    },
    `fails | versioning-off | ${WEST}`, `fails | rule-missing | ${WEST} to ${EAST}`,
  ),
  rules('a rule is missing', () => undefined, `fails | rule-missing | ${WAY}`),
  rules('a rule is off', (rule) => ({ ...rule, Status: 'Disabled' }), `fails | rule-disabled | ${WAY}`),
  rules('a rule covers a prefix only', (rule) => ({ ...rule, Filter: { Prefix: 'media/' } }), `fails | rule-filtered | ${WAY}`),
  rules('a rule does not carry delete markers', (rule) => ({ ...rule, DeleteMarkerReplication: { Status: 'Disabled' } }), `warns | rule-without-delete-markers | ${WAY}`),
  rules('a rule does not carry changes of replicas', ({ SourceSelectionCriteria: _, ...rule }) => rule, `warns | rule-without-replica-sync | ${WAY}`),
  rules('a rule publishes no metrics', (rule) => ({ ...rule, Destination: { Bucket: rule.Destination!.Bucket } }), `warns | rule-without-metrics | ${WAY}`),
  role('the role is gone', async () => 'arn:aws:iam::111122223333:role/no-such-role', `fails | role-gone | ${EAST}`),
  role('the role is of another account', async () => 'arn:aws:iam::999988887777:role/theirs', `fails | role-of-another-account | ${EAST}`),
  role('the role is the one of another bucket', async ({ operators }) => operators.roles[WEST], `fails | role-may-not | ${EAST}`),
  role(
    'the role does not trust S3',
    ({ lab, operators: { estate } }) => lab.role(replicationStatements(estate.buckets[EAST], [estate.buckets[WEST]]), { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    `fails | role-without-trust | ${EAST}`,
  ),
  west(
    'objects expire in one Region only',
    (Bucket, { lab }) => lab.s3(WEST).send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [{ ID: 'tidy', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 } }] } })),
    (Bucket, { lab }) => lab.s3(WEST).send(new DeleteBucketLifecycleCommand({ Bucket })),
    'warns | lifecycle-differs',
  ),
  west(
    'one Region encrypts with KMS',
    (Bucket, { lab }) => lab.s3(WEST).send(kms(Bucket)),
    (Bucket, { lab }) => lab.s3(WEST).send(new DeleteBucketEncryptionCommand({ Bucket })),
    'warns | encryption-differs', `not checked | key-state-unknown | ${WEST}`, `fails | kms-not-replicated | ${WEST} to ${EAST}`,
  ),
  west('ACLs count in one Region', (Bucket, { lab }) => lab.s3(WEST).send(owned(Bucket, 'ObjectWriter')), (Bucket, { lab }) => lab.s3(WEST).send(owned(Bucket, 'BucketOwnerEnforced')), 'warns | ownership-differs'),
  west('public policies are let in in one Region', (Bucket, { lab }) => lab.s3(WEST).send(blocked(Bucket, false)), (Bucket, { lab }) => lab.s3(WEST).send(blocked(Bucket, true)), 'warns | public-access-differs'),
  // A fence refuses the caller too, so that what he may do there cannot be told.
  fence('a fence was left behind', 120_000, `fails | fence-standing | ${WEST}`, `not checked | permissions-untried | ${WEST}`),
  fence('a fence was left behind and has lapsed', -60_000, `warns | fence-lapsed | ${WEST}`),
  west(
    'a bucket has no policy',
    (Bucket, { lab }) => lab.s3(WEST).send(new DeleteBucketPolicyCommand({ Bucket })),
    (Bucket, { lab }) => lab.s3(WEST).send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(Bucket) })),
    'not checked | removal-untried',
  ),
  {
    title: 'an upload is open on the passive side',
    finds: [`warns | uploads-on-passive | ${WEST}`],
    async fall({ lab, operators }) {
      const where = { Bucket: operators.estate.buckets[WEST], Key: 'film.mov' };
      const { UploadId } = await lab.s3(WEST).send(new CreateMultipartUploadCommand(where));
      return () => lab.s3(WEST).send(new AbortMultipartUploadCommand({ ...where, UploadId }));
    },
  },
  copies('a copy of the manifest is missing', () => undefined, `warns | copy-missing | ${WEST}`),
  copies('a copy of the manifest is broken', () => '{"version": 1', `warns | copy-malformed | ${WEST}`),
  copies('a copy of the manifest is older', (manifest) => ({ ...manifest, revision: 4 }), 'warns | copies-differ'),
  copies('a copy of the manifest says otherwise', (manifest) => ({ ...manifest, bucketNamePrefix: 'other' }), 'warns | copies-contradict'),
  {
    title: 'traffic was moved by hand',
    finds: ['warns | routes-differ-from-manifest'],
    async fall({ lab, operators }) {
      const move = (active: string) => submitRoutes(lab.aws, operators.manifest.accessPoint.arn, Object.fromEntries(operators.estate.members.map((region) => [region, region === active ? 100 : 0])));
      await move(WEST);
      return () => move(EAST);
    },
  },
  remembered('somebody is at work', { phase: 'begun', at: new Date(Date.now() - 5_000).toISOString(), to: [WEST] }, 'warns | act-under-way', ...['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => `not checked | permissions-untried | ${region}`)),
  remembered('the only target is quarantined', { at: '2026-11-01T00:00:00.000Z', endedAt: '2026-11-01T00:01:00.000Z', from: [WEST], to: [EAST], quarantines: [WEST] }, `fails | region-quarantined | ${WEST}`),
  fault('a control endpoint is dead', ({ lab }) => lab.aws.control.setControlEndpoint('ap-northeast-1', { kind: 'refused' }), 'warns | endpoint-fails | ap-northeast-1'),
  fault('a control endpoint is a black hole', ({ lab }) => lab.aws.control.setControlEndpoint('ap-northeast-1', { kind: 'blackhole' }), 'warns | endpoint-fails | ap-northeast-1'),
  fault('a control endpoint talks garbage', ({ lab }) => lab.aws.control.setControlEndpoint('ap-northeast-1', { kind: 'garbage' }), 'warns | endpoint-fails | ap-northeast-1'),
];
