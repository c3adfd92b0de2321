/** What of S3's data plane a request names. */
export interface Address {
  /** Alias of a Multi-Region Access Point, with its `.mrap`. */
  readonly accessPoint?: string;
  readonly bucket?: string;
  readonly key?: string;
}

const ACCESS_POINT_HOST = /^([a-z0-9]+\.mrap)\.accesspoint\.s3-global\.amazonaws\.com$/;
const BUCKET_HOST = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?:localhost|s3[.-][a-z0-9.-]*amazonaws\.com)$/;

/** Virtual-hosted style first, then path style. */
export function readAddress(host: string, path: string): Address {
  const name = host.replace(/:\d+$/, '');
  const accessPoint = ACCESS_POINT_HOST.exec(name)?.[1];
  if (accessPoint) return { accessPoint, ...keyOf(path.slice(1)) };
  const bucket = BUCKET_HOST.exec(name)?.[1];
  if (bucket) return { bucket, ...keyOf(path.slice(1)) };
  const [first = '', ...rest] = path.slice(1).split('/');
  return first ? { bucket: decode(first), ...keyOf(rest.join('/')) } : {};
}

function keyOf(path: string): { key?: string } {
  return path ? { key: decode(path) } : {};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
