import { inThousands, size } from '../../lag/words';
import { RESERVED_PREFIX } from '../../routes/served';
import type { Estate } from '../estate';
import type { ReconcileReport } from './report';
import type { MissingClass } from './tally';

/** What to do about a class of findings, in the order in which it is worth doing. */
export interface Advice {
  readonly about: string;
  readonly sentence: string;
  /** As typed; words in capitals are for the person to fill in. */
  readonly commands: readonly string[];
}

const AGAIN = 's3-failover reconcile';

export function adviceOn(report: ReconcileReport, estate: Estate, { resume, batchManifests }: { readonly resume: string; readonly batchManifests: { readonly [region: string]: string } }): Advice[] {
  if (report.outcome === 'incomplete') {
    return [{ about: 'incomplete', sentence: 'What was listed is kept; going on lists only the rest. Until it is complete, nobody knows what is missing.', commands: [resume, 's3-failover status'] }];
  }
  const classes = report.pairs.flatMap((pair) => (pair.complete ? pair.tally.missing : []));
  const of = (...reasons: MissingClass['reason'][]) => classes.filter(({ reason }) => reasons.includes(reason));
  const advice: Advice[] = [];

  if (of('pending').length > 0) advice.push({ about: `pending: ${sum(of('pending'))}`, sentence: 'S3 still sends these by itself. Do not delete or overwrite them; wait for them.', commands: [`${AGAIN} --wait`] });
  for (const one of of('failed')) {
    const { version } = one.first[0];
    advice.push({
      about: `failed in ${one.in}: ${sum([one])}`,
      sentence: 'S3 has given up on these and does not try again. The cause is nearly always a permission, a KMS key or the other bucket: mend it first, then replicate them with a batch job.',
      commands: [
        's3-failover doctor',
        `aws s3api head-object --region ${one.in} --bucket ${estate.buckets[one.in]} --key ${quoted(version.key)} --version-id ${version.versionId}`,
      ],
    });
  }
  for (const one of of('replica')) {
    advice.push({
      about: `from a third Region: ${sum([one])}`,
      sentence: `${one.lackedBy} lacks these, and the Region that wrote them did not answer. When it is back it sends them; if it never comes back, replicate them from ${one.in} with a batch job.`,
      commands: [`${AGAIN} --all-pairs`],
    });
  }
  for (const one of of('delete marker')) {
    advice.push({
      about: `delete markers in ${one.in}: ${sum([one])}`,
      sentence: `S3 does not tell what becomes of a delete marker. A young one may be on its way; one that a lifecycle rule made is never replicated, and ${one.lackedBy} makes its own in time. What was deleted by a client, and is still read in ${one.lackedBy}, delete there too.`,
      commands: [`${AGAIN} --wait`, `aws s3api delete-object --region ${one.lackedBy} --bucket ${estate.buckets[one.lackedBy]} --key ${quoted(one.first[0].version.key)}`],
    });
  }
  for (const pair of report.pairs) {
    if (!pair.complete) continue;
    const ordered = pair.tally.differs.first.find(({ because }) => because === 'order');
    const gone = pair.tally.differs.first.find(({ because }) => because === 'removed');
    if (gone) {
      const [[region, version]] = Object.entries(gone.current);
      advice.push({
        about: 'keys that read differently because a version was removed',
        sentence: 'A version that is current on one side was deleted for good on the other. If it should be there, copy it onto itself where it is: that makes a new version, which is replicated. A batch job does not bring it back.',
        commands: version.deleteMarker ? [] : [copyCurrent(region, estate.buckets[region], gone.key, version.versionId)],
      });
    }
    if (ordered) {
      advice.push({
        about: 'keys whose versions are ranked differently',
        sentence: 'Both sides have both versions, and each reads another one, as both were written in about the same second. Write the one that should be read once more.',
        commands: Object.entries(ordered.current).flatMap(([region, version]) => (version.deleteMarker ? [] : [copyCurrent(region, estate.buckets[region], ordered.key, version.versionId)])),
      });
    }
    const [superseded] = pair.tally.superseded.first;
    if (superseded) {
      const { version, by } = superseded.older;
      const region = by ?? pair.plan.between[0];
      advice.push({
        about: `superseded: ${inThousands(pair.tally.superseded.count)}`,
        sentence: 'Acknowledged by one Region, then overtaken by another, which may never have seen them. They are noncurrent versions until lifecycle expires them: look at each, and write again what should count.',
        commands: [
          `aws s3api get-object --region ${region} --bucket ${estate.buckets[region]} --key ${quoted(version.key)} --version-id ${version.versionId} older`,
          copyOntoItself(region, estate.buckets[region], version.key, version.versionId),
        ].slice(0, version.deleteMarker ? 0 : 2),
      });
    }
  }
  for (const one of of('unreplicated')) {
    advice.push({ about: `never replicated from ${one.in}: ${sum([one])}`, sentence: `Written before the rules, or where no rule reaches. They are no debt, and ${one.lackedBy} cannot serve them; a batch job replicates them if it should.`, commands: [] });
  }
  for (const region of new Set(of('failed', 'replica', 'unreplicated', 'delete marker').map((one) => one.in))) {
    advice.push({ about: `a batch job in ${region}`, sentence: `S3 Batch Replication sends what ${region} has and others lack, by the rules of its bucket; a manifest says what. Its role needs 's3:InitiateReplication' on the objects.`, commands: batch(region, estate, batchManifests[region]) });
  }
  for (const one of of('removed')) {
    advice.push({ about: `removed in ${one.lackedBy}: ${sum([one])}`, sentence: 'These had been there. Lifecycle rules expire versions on each side in their own time; nothing need be done where they did.', commands: [`aws s3api get-bucket-lifecycle-configuration --region ${one.lackedBy} --bucket ${estate.buckets[one.lackedBy]}`] });
  }
  for (const uploads of report.uploads) {
    if (uploads.kind !== 'listed' || uploads.count === 0) continue;
    const [upload] = uploads.first;
    advice.push({
      about: `open uploads in ${uploads.region}: ${inThousands(uploads.count)}${uploads.more ? ' or more' : ''}`,
      sentence: 'No version yet, and known to this Region alone: through the access point only a Region that is active can finish them. Begin them anew, and abort these.',
      commands: [`aws s3api abort-multipart-upload --region ${uploads.region} --bucket ${estate.buckets[uploads.region]} --key ${quoted(upload.key)} --upload-id ${quoted(upload.uploadId)}`],
    });
  }
  return advice;
}

function sum(classes: readonly MissingClass[]): string {
  const count = classes.reduce((total, one) => total + one.count, 0);
  const bytes = classes.reduce((total, one) => total + one.bytes, 0);
  return `${inThousands(count)}${bytes > 0 ? ` (${size(bytes)})` : ''}`;
}

/** A manifest may not be encrypted with KMS, and its ETag must be given (Amazon S3 user guide, S3 Batch Operations). */
function batch(region: string, estate: Estate, manifest: string | undefined): string[] {
  const bucket = estate.buckets[region];
  if (manifest === undefined) return [`${AGAIN} --batch-manifest missing.csv`];
  const { account, partition } = estate.accessPoint;
  const key = `${RESERVED_PREFIX}batch/manifest.csv`;
  const location = `{"Spec":{"Format":"S3BatchOperations_CSV_20180820","Fields":["Bucket","Key","VersionId"]},"Location":{"ObjectArn":"arn:${partition}:s3:::${bucket}/${key}","ETag":"ETAG"}}`;
  const report = `{"Bucket":"arn:${partition}:s3:::${bucket}","Prefix":"${RESERVED_PREFIX}batch","Format":"Report_CSV_20180820","Enabled":true,"ReportScope":"FailedTasksOnly"}`;
  return [
    `aws s3api put-object --region ${region} --bucket ${bucket} --key ${key} --body ${quoted(manifest)} --server-side-encryption AES256 --query ETag`,
    `aws s3control create-job --region ${region} --account-id ${account} --operation '{"S3ReplicateObject":{}}' --manifest '${location}' --report '${report}' --priority 1 --role-arn ROLE_ARN`,
  ];
}

/** S3 refuses to copy a current version onto itself unless something is said about it. */
function copyCurrent(region: string, bucket: string, key: string, versionId: string): string {
  return `${copyOntoItself(region, bucket, key, versionId)} --storage-class STANDARD`;
}

function copyOntoItself(region: string, bucket: string, key: string, versionId: string): string {
  return `aws s3api copy-object --region ${region} --bucket ${bucket} --key ${quoted(key)} --copy-source ${quoted(`${bucket}/${encodeURIComponent(key).replace(/%2F/g, '/')}?versionId=${versionId}`)}`;
}

/** One word for a shell, whatever is in it. Control characters are written so that they do nothing on a terminal. */
function quoted(text: string): string {
  if (/^[\w./:@%+=,-]+$/.test(text)) return text;
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text)) return `$'${[...text].map(escaped).join('')}'`;
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(character)) return character;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
