import type { IncomingHttpHeaders } from 'node:http';
import type { Address } from './address';

/** Query names that select a part of a bucket or object, with what the API calls that part. */
const SUBRESOURCES: Readonly<Record<string, { readonly bucket?: string; readonly object?: string }>> = {
  accelerate: { bucket: 'BucketAccelerateConfiguration' },
  acl: { bucket: 'BucketAcl', object: 'ObjectAcl' },
  analytics: { bucket: 'BucketAnalyticsConfiguration' },
  attributes: { object: 'ObjectAttributes' },
  cors: { bucket: 'BucketCors' },
  delete: { bucket: 'DeleteObjects' },
  encryption: { bucket: 'BucketEncryption' },
  'intelligent-tiering': { bucket: 'BucketIntelligentTieringConfiguration' },
  inventory: { bucket: 'BucketInventoryConfiguration' },
  'legal-hold': { object: 'ObjectLegalHold' },
  lifecycle: { bucket: 'BucketLifecycleConfiguration' },
  location: { bucket: 'BucketLocation' },
  logging: { bucket: 'BucketLogging' },
  metrics: { bucket: 'BucketMetricsConfiguration' },
  notification: { bucket: 'BucketNotificationConfiguration' },
  'object-lock': { bucket: 'ObjectLockConfiguration' },
  ownershipControls: { bucket: 'BucketOwnershipControls' },
  policy: { bucket: 'BucketPolicy' },
  policyStatus: { bucket: 'BucketPolicyStatus' },
  publicAccessBlock: { bucket: 'PublicAccessBlock' },
  replication: { bucket: 'BucketReplication' },
  requestPayment: { bucket: 'BucketRequestPayment' },
  restore: { object: 'RestoreObject' },
  retention: { object: 'ObjectRetention' },
  select: { object: 'SelectObjectContent' },
  tagging: { bucket: 'BucketTagging', object: 'ObjectTagging' },
  uploadId: { object: 'Upload' },
  uploads: { bucket: 'MultipartUploads', object: 'Uploads' },
  versioning: { bucket: 'BucketVersioning' },
  versions: { bucket: 'ObjectVersions' },
  website: { bucket: 'BucketWebsite' },
};

const VERBS: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Head', PUT: 'Put', DELETE: 'Delete', POST: 'Post', PATCH: 'Patch' };

export function readSubresource(query: URLSearchParams): string | undefined {
  for (const name of query.keys()) if (name in SUBRESOURCES) return name;
  return undefined;
}

/** The S3 operation that a data plane request asks for. */
export function s3Operation(method: string, address: Address, query: URLSearchParams, headers: IncomingHttpHeaders): string {
  const inBucket = address.bucket !== undefined || address.accessPoint !== undefined;
  if (!inBucket) return method === 'GET' ? 'ListBuckets' : method;
  const sub = readSubresource(query);
  return address.key === undefined ? bucketOperation(method, sub, query) : objectOperation(method, sub, headers);
}

function bucketOperation(method: string, sub: string | undefined, query: URLSearchParams): string {
  if (sub === 'delete') return 'DeleteObjects';
  if (sub === 'versions') return 'ListObjectVersions';
  if (sub === 'uploads') return 'ListMultipartUploads';
  if (sub) return `${VERBS[method]}${SUBRESOURCES[sub].bucket ?? sub}`;
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  return { PUT: 'CreateBucket', DELETE: 'DeleteBucket', HEAD: 'HeadBucket' }[method] ?? method;
}

function objectOperation(method: string, sub: string | undefined, headers: IncomingHttpHeaders): string {
  const copies = headers['x-amz-copy-source'] !== undefined;
  if (sub === 'uploads') return 'CreateMultipartUpload';
  if (sub === 'uploadId') {
    if (method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart';
    return { POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload', GET: 'ListParts' }[method] ?? method;
  }
  if (sub === 'restore' || sub === 'select') return SUBRESOURCES[sub].object!;
  if (sub) return `${VERBS[method]}${SUBRESOURCES[sub].object ?? sub}`;
  if (method === 'PUT' && copies) return 'CopyObject';
  return `${VERBS[method] ?? method}Object`;
}

/** The operation of any other service: from the JSON target, the query protocol's Action, else the method. */
export function serviceOperation(method: string, query: URLSearchParams, headers: IncomingHttpHeaders, body: Buffer | undefined): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1)!;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return (isForm && body && /(?:^|&)Action=([A-Za-z]+)/.exec(body.toString('latin1'))?.[1]) || query.get('Action') || method;
}

/** Operations of S3's control endpoints that matter here. */
export function controlOperation(method: string, path: string): string {
  if (/\/mrap\/instances\/.+\/routes$/.test(path)) return method === 'PATCH' ? 'SubmitMultiRegionAccessPointRoutes' : 'GetMultiRegionAccessPointRoutes';
  if (path.endsWith('/async-requests/mrap/create')) return 'CreateMultiRegionAccessPoint';
  if (path.endsWith('/async-requests/mrap/delete')) return 'DeleteMultiRegionAccessPoint';
  if (path.endsWith('/async-requests/mrap/put-policy')) return 'PutMultiRegionAccessPointPolicy';
  if (path.includes('/async-requests/mrap/')) return 'DescribeMultiRegionAccessPointOperation';
  if (/\/mrap\/instances\/?$/.test(path)) return 'ListMultiRegionAccessPoints';
  if (/\/mrap\/instances\/[^/]+$/.test(path)) return 'GetMultiRegionAccessPoint';
  if (path.endsWith('/policy')) return 'GetMultiRegionAccessPointPolicy';
  return method;
}

/** Whether a request changes nothing. Of the query protocol, whose operation is in the body, none is known to. */
export function onlyReads(service: string, method: string, operation: string): boolean {
  if (service === 's3' || service === 's3-control') return method === 'GET' || method === 'HEAD';
  return /^(Get|Head|List|Describe)/.test(operation);
}
