import type { Finding, Missing } from '../compare/finding';
import { encodeKey } from './encode';

/**
 * What S3 Batch Replication can make good. It does not bring back what was removed from the destination by version id, and what is
 * on its way needs no second job (Amazon S3 user guide, S3 Batch Replication considerations).
 */
export function replicable(finding: Finding): finding is Missing {
  return finding.kind === 'missing' && (finding.reason === 'failed' || finding.reason === 'unreplicated' || finding.reason === 'replica' || finding.reason === 'delete marker');
}

/**
 * A line of a manifest in the format `S3BatchOperations_CSV_20180820` with the fields Bucket, Key, VersionId: no head, keys
 * URL-encoded, a version id in every line. A job works on one source bucket, so that each has a manifest of its own.
 */
export function manifestLine(bucket: string, { version }: Missing): string {
  return `${bucket},${encodeKey(version.key)},${version.versionId}\n`;
}
