import type { ComparedBucket } from '../../../runtime/core/operate/compare/suspect';

/** A bucket whose pages are short, so that they end everywhere. */
export function paged(bucket: ComparedBucket, size: number | (() => number)): ComparedBucket {
  return {
    region: bucket.region,
    listVersions: (signal, options = {}) => bucket.listVersions(signal, { ...options, most: Math.min(options.most ?? Infinity, typeof size === 'number' ? size : size()) }),
    headVersion: (key, versionId, signal) => bucket.headVersion(key, versionId, signal),
  };
}
