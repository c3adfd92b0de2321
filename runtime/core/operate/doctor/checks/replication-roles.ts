import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked, type Unseen } from '../seen';
import { rulesTo } from './replication-rules';

/** `arn:<partition>:iam::<account>:role/<name>`; a role's name may have a path before it. */
const ROLE_ARN = /^arn:[a-z-]+:iam::(\d{12}):role\/[\w+=,.@/-]+$/;

const READS_BUCKET = ['s3:GetReplicationConfiguration', 's3:ListBucket'];
const READS_OBJECTS = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'];
const WRITES = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'];

/**
 * Whether S3 can still do what the rules say: a configuration has one role, and rules look well while that role is gone, was
 * changed, or is one that some other rule brought along.
 */
export const replicationRoles: Check = {
  name: 'replication-roles',
  about: 'the role that S3 replicates with, for each bucket',
  well: 'the role that replicates out of each Region may do all it must',
  run: (facts) => eachRegion(facts.regions, (region) => one(facts, region)),
};

async function one(facts: Facts, region: string): Promise<Said[]> {
  const seen = await facts.replication(region);
  if (seen.kind !== 'seen' || seen.value === undefined) return [];
  const { Role: arn = '' } = seen.value;
  const about = { severity: 'fails' as const, where: region, evidence: `role ${arn} of ${facts.bucket(region)}` };
  const { account } = facts.world.estate.accessPoint;
  const match = ROLE_ARN.exec(arn);
  if (!match) return [{ ...about, code: 'role-malformed', sentence: `the rules of ${region} name no role: nothing is replicated out of ${region}`, fix: 'deploy the stack again' }];
  if (match[1] !== account) {
    return [{ ...about, code: 'role-of-another-account', sentence: `the rules of ${region} use a role of another account, ${match[1]}, instead of ${account}`, fix: 'find out who put these rules; deploy the stack again' }];
  }
  const role = await facts.role(arn);
  if (role.kind !== 'seen') return [unknown(region, role)];
  const name = arn.split('/').at(-1)!;
  if (role.value === undefined) {
    return [{ ...about, code: 'role-gone', sentence: `the role that replicates out of ${region} is gone: nothing written in ${region} reaches the other Regions`, fix: 'deploy the stack again', commands: [`aws iam get-role --role-name ${name}`] }];
  }
  if (!role.value.trustsS3) {
    return [{ ...about, code: 'role-without-trust', sentence: `the role that replicates out of ${region} does not trust S3: nothing written in ${region} reaches the other Regions`, fix: 's3.amazonaws.com must be able to assume it', commands: [`aws iam get-role --role-name ${name}`] }];
  }
  return permissions(facts, region, arn);
}

/** Asked of IAM, which knows the role's own policies and not those of buckets or of an organization. */
async function permissions(facts: Facts, region: string, arn: string): Promise<Said[]> {
  const seen = await facts.replication(region);
  const configuration = seen.kind === 'seen' ? seen.value : undefined;
  const { partition } = facts.world.estate.manifest;
  const of = (name: string) => `arn:${partition}:s3:::${name}`;
  const source = facts.bucket(region);
  const destinations = facts.regions.filter((other) => other !== region && rulesTo(configuration, facts.bucket(other)).length > 0);
  const asked = [
    { actions: READS_BUCKET, resource: of(source) },
    { actions: READS_OBJECTS, resource: `${of(source)}/*` },
    ...destinations.map((other) => ({ actions: WRITES, resource: `${of(facts.bucket(other))}/*` })),
  ];
  const answers = await Promise.all(asked.map(async ({ actions, resource }) => ({ resource, seen: await facts.notAllowed(arn, actions, resource) })));
  const unread = answers.find((answer) => answer.seen.kind !== 'seen');
  if (unread) return [unknown(region, unread.seen as Unseen)];
  const lacking = answers.flatMap((answer) => (answer.seen.kind === 'seen' ? answer.seen.value.map((action) => `${action} on ${answer.resource}`) : []));
  if (lacking.length === 0) return [good(`the role that replicates out of ${region} may do all it must`, { where: region, evidence: arn })];
  return [
    {
      severity: 'fails',
      code: 'role-may-not',
      where: region,
      sentence: `the role that replicates out of ${region} lacks permissions: objects written in ${region} fail to replicate, and S3 does not try them again`,
      evidence: `${arn} may not ${lacking.join(', ')}`,
      fix: 'deploy the stack again; then copy what failed by S3 Batch Replication',
    },
  ];
}

function unknown(region: string, seen: Unseen): Said {
  // Roles are asked of IAM, which has its control plane in one Region.
  return seen.kind === 'silent' ? notChecked('the roles that replicate', 'IAM', seen) : notChecked('the role that replicates', region, seen);
}
