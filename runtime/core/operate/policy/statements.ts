import { FENCE_CHECK_PREFIX, MARKER_PREFIX } from '../fence/statement';
import { DRILL_PREFIX } from '../drill/prefix';
import { HISTORY_PREFIX } from '../history/key';
import { PROBE_PREFIX } from '../../routes/served';
import { HINT_PREFIX } from '../reconcile/hint';
import { WATERMARK_PREFIX } from '../reconcile/watermark';
import type { PolicyScope } from './scope';

/** One permission, named, with what it is for. */
export interface Permission {
  readonly actions: readonly string[];
  /** Empty where the scope does not say which: then the statement is left out, and the caller is told. */
  resources(scope: PolicyScope): readonly string[];
  /** What it lets a verb do, after `to`. */
  readonly why: string;
}

const accessPoint = (scope: PolicyScope) => [scope.accessPointArn];
const buckets = ({ partition, buckets: names }: PolicyScope) => names.map((name) => `arn:${partition}:s3:::${name}`);
const objects = (...prefixes: readonly string[]) => ({ partition, buckets: names }: PolicyScope) => names.flatMap((name) => prefixes.map((prefix) => `arn:${partition}:s3:::${name}/${prefix}*`));
/** A request through the access point needs the permission on it and on the bucket that serves. */
const through = (prefix: string) => (scope: PolicyScope) => [`${scope.accessPointArn}/object/${prefix}*`, ...objects(prefix)(scope)];

/** Any of them may be the one that lives. */
const table = ({ partition, account, controller }: PolicyScope) => (controller?.regions ?? []).map((region) => `arn:${partition}:dynamodb:${region}:${account}:table/${controller?.table}`);

/** Every permission that any verb needs, by the `Sid` of its statement. */
export const PERMISSIONS = {
  ReadRoutes: { actions: ['s3:GetMultiRegionAccessPointRoutes'], resources: accessPoint, why: 'read where traffic goes, at the five control endpoints' },
  SubmitRoutes: { actions: ['s3:SubmitMultiRegionAccessPointRoutes'], resources: accessPoint, why: 'move traffic' },
  ReadManifest: {
    actions: ['ssm:GetParameter'],
    // A control Region that holds no bucket has a copy, too.
    resources: ({ partition, account, regions, parameter, controller }) =>
      parameter === undefined ? [] : [...new Set([...regions, ...(controller?.regions ?? [])])].map((region) => `arn:${partition}:ssm:${region}:${account}:parameter/${parameter.replace(/^\//, '')}`),
    why: 'read the manifest from any data Region',
  },
  ReadRegister: { actions: ['dynamodb:GetItem'], resources: table, why: "read the controller's register: who may act, the brake, where traffic is meant to be" },
  ReadReports: { actions: ['dynamodb:Query'], resources: table, why: 'read what the observers report, and what the controller did' },
  WriteRegister: { actions: ['dynamodb:PutItem'], resources: table, why: "claim the act in the controller's register, or steer the controller" },
  ListBuckets: { actions: ['s3:ListBucket'], resources: buckets, why: 'see whether each bucket answers, and list the records of acts' },
  ReadMetrics: { actions: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], resources: () => ['*'], why: 'read how far each Region is behind, for which CloudWatch knows no narrower resource' },
  ReadHistory: { actions: ['s3:GetObject'], resources: objects(HISTORY_PREFIX), why: 'read who moved traffic when, and which Region is quarantined' },
  WriteHistory: { actions: ['s3:PutObject'], resources: objects(HISTORY_PREFIX), why: 'leave a record of the act in every data Region' },
  WriteProbes: { actions: ['s3:PutObject'], resources: through(PROBE_PREFIX), why: 'write small objects through the access point, to see which Region serves' },
  FindProbes: { actions: ['s3:GetObjectVersion'], resources: objects(PROBE_PREFIX), why: 'see in which bucket they landed' },
  RemoveProbes: { actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'], resources: objects(PROBE_PREFIX), why: 'remove them again' },
  WriteDrill: { actions: ['s3:PutObject'], resources: through(DRILL_PREFIX), why: 'write through the access point while traffic moves, as an application does' },
  // Who may not list learns of an object that has not come yet only that it may not be read.
  ReadDrill: { actions: ['s3:GetObject', 's3:ListBucket'], resources: (scope) => [scope.accessPointArn, ...through(DRILL_PREFIX)(scope)], why: 'read it through the access point, and tell what has not come yet from what may not be read' },
  RemoveDrill: { actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'], resources: objects(DRILL_PREFIX), why: 'remove what a drill wrote' },
  ListVersions: { actions: ['s3:ListBucketVersions'], resources: buckets, why: 'list versions, of keys and of what was written to see who serves' },
  HeadVersions: { actions: ['s3:GetObjectVersion'], resources: objects(''), why: 'ask of single objects whether they were replicated, for which S3 has no permission but the one to read them' },
  ReadWatermarks: { actions: ['s3:GetObject'], resources: objects(WATERMARK_PREFIX, HINT_PREFIX), why: 'find out since when two Regions need comparing, and where to cut their keys' },
  WriteWatermarks: { actions: ['s3:PutObject'], resources: objects(WATERMARK_PREFIX, HINT_PREFIX), why: 'leave word of what was found equal, for the next comparison' },
  ReadSettings: {
    actions: ['s3:GetBucketVersioning', 's3:GetReplicationConfiguration', 's3:GetLifecycleConfiguration', 's3:GetEncryptionConfiguration', 's3:GetBucketOwnershipControls', 's3:GetBucketPublicAccessBlock'],
    resources: buckets,
    why: 'read how each bucket is set up',
  },
  ReadRoles: {
    actions: ['iam:GetRole', 'iam:SimulatePrincipalPolicy'],
    resources: ({ partition, account }) => [`arn:${partition}:iam::${account}:role/*`],
    why: "see whether replication's roles may still do what they must; only the buckets' rules name them",
  },
  ListUploads: { actions: ['s3:ListBucketMultipartUploads'], resources: buckets, why: 'see uploads in parts that a switch would strand' },
  ReadPolicies: { actions: ['s3:GetBucketPolicy'], resources: buckets, why: 'see a fence, and keep every other statement as it is' },
  ReadRules: { actions: ['s3:GetReplicationConfiguration'], resources: buckets, why: 'see which keys are replicated where to' },
  WriteFenceChecks: { actions: ['s3:PutObject'], resources: objects(FENCE_CHECK_PREFIX), why: 'see from outside that the target takes writes and that the fence refuses them' },
  RemoveFenceChecks: { actions: ['s3:DeleteObjectVersion'], resources: objects(FENCE_CHECK_PREFIX), why: 'remove what was written to see it' },
  // Under the key prefix of a rule, which the buckets' own rules tell.
  WriteMarkers: { actions: ['s3:PutObject'], resources: objects(`*${MARKER_PREFIX}`), why: "send markers through replication, for '--drain metrics'" },
  RemoveMarkers: { actions: ['s3:DeleteObjectVersion'], resources: objects(`*${MARKER_PREFIX}`), why: 'remove the markers again' },
  WritePolicies: { actions: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'], resources: buckets, why: 'raise, extend and lift the fence' },
} satisfies { readonly [sid: string]: Permission };

export type Sid = keyof typeof PERMISSIONS;

export function permission(sid: Sid): Permission {
  return PERMISSIONS[sid];
}
