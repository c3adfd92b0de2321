import { readAddress } from '../../../local/gateway/address';
import { errorAnswer } from '../../../local/gateway/fault-answer';
import { byDistance, distanceKm } from '../../../local/gateway/geography';
import { controlOperation, s3Operation, serviceOperation } from '../../../local/gateway/operation';
import { readSignature } from '../../../local/gateway/signature';

test.each([
  ['localhost:4000', '/', {}],
  ['localhost:4000', '/bucket', { bucket: 'bucket' }],
  ['localhost:4000', '/bucket/', { bucket: 'bucket' }],
  ['localhost:4000', '/bucket/a/b%20c', { bucket: 'bucket', key: 'a/b c' }],
  ['bucket.localhost:4000', '/a/b', { bucket: 'bucket', key: 'a/b' }],
  ['bucket.s3.eu-west-1.amazonaws.com', '/k', { bucket: 'bucket', key: 'k' }],
  ['bucket.s3.amazonaws.com', '/', { bucket: 'bucket' }],
  ['s3.eu-west-1.amazonaws.com', '/bucket/k', { bucket: 'bucket', key: 'k' }],
  ['mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com', '/a//b', { accessPoint: 'mfzwi23gnjvgw.mrap', key: 'a//b' }],
  ['localhost', '/bucket/%E0%A4%A', { bucket: 'bucket', key: '%E0%A4%A' }],
])('%s%s addresses %j', (host, path, expected) => {
  expect(readAddress(host, path)).toEqual(expected);
});

test.each([
  ['GET', '/', '', {}, 'ListBuckets'],
  ['PUT', '/b', '', {}, 'CreateBucket'],
  ['HEAD', '/b', '', {}, 'HeadBucket'],
  ['GET', '/b', 'list-type=2', {}, 'ListObjectsV2'],
  ['GET', '/b', 'versions', {}, 'ListObjectVersions'],
  ['POST', '/b', 'delete', {}, 'DeleteObjects'],
  ['PUT', '/b', 'replication', {}, 'PutBucketReplication'],
  ['DELETE', '/b', 'publicAccessBlock', {}, 'DeletePublicAccessBlock'],
  ['PUT', '/b/k', '', {}, 'PutObject'],
  ['PUT', '/b/k', 'x-id=PutObject', {}, 'PutObject'],
  ['PUT', '/b/k', '', { 'x-amz-copy-source': '/b/o' }, 'CopyObject'],
  ['DELETE', '/b/k', 'versionId=1', {}, 'DeleteObject'],
  ['PUT', '/b/k', 'tagging', {}, 'PutObjectTagging'],
  ['GET', '/b/k', 'legal-hold', {}, 'GetObjectLegalHold'],
  ['POST', '/b/k', 'uploads', {}, 'CreateMultipartUpload'],
  ['GET', '/b', 'uploads', {}, 'ListMultipartUploads'],
  ['PUT', '/b/k', 'partNumber=1&uploadId=u', {}, 'UploadPart'],
  ['POST', '/b/k', 'uploadId=u', {}, 'CompleteMultipartUpload'],
  ['DELETE', '/b/k', 'uploadId=u', {}, 'AbortMultipartUpload'],
])('%s %s?%s is an S3 request for %s', (method, path, query, headers, expected) => {
  expect(s3Operation(method, readAddress('localhost', path), new URLSearchParams(query), headers)).toBe(expected);
});

test.each([
  ['PATCH', '/v20180820/mrap/instances/arn%3Aaws%3As3%3A%3A1%3Aaccesspoint/a.mrap/routes', 'SubmitMultiRegionAccessPointRoutes'],
  ['GET', '/v20180820/mrap/instances/arn%3Aaws%3As3%3A%3A1%3Aaccesspoint/a.mrap/routes', 'GetMultiRegionAccessPointRoutes'],
  ['POST', '/v20180820/async-requests/mrap/create', 'CreateMultiRegionAccessPoint'],
  ['GET', '/v20180820/mrap/instances/media', 'GetMultiRegionAccessPoint'],
  ['GET', '/v20180820/mrap/instances', 'ListMultiRegionAccessPoints'],
])('%s %s asks a control endpoint for %s', (method, path, expected) => {
  expect(controlOperation(method, path)).toBe(expected);
});

test('other services name their operation in the target or the form', () => {
  expect(serviceOperation('POST', new URLSearchParams(), { 'x-amz-target': 'AmazonSSM.GetParameter' }, undefined)).toBe('GetParameter');
  expect(serviceOperation('POST', new URLSearchParams(), { 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from('Version=2010-05-08&Action=ListRoles'))).toBe('ListRoles');
  expect(serviceOperation('GET', new URLSearchParams(), {}, undefined)).toBe('GET');
});

test('a signature is read from the header or a presigned url, and names no Region with SigV4A', () => {
  const none = new URLSearchParams();
  expect(readSignature({ authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0' }, none))
    .toEqual({ accessKeyId: 'AKID', region: 'eu-west-1', service: 's3' });
  expect(readSignature({ authorization: 'AWS4-ECDSA-P256-SHA256 Credential=AKID/20261122/s3/aws4_request, SignedHeaders=host, Signature=0' }, none))
    .toEqual({ accessKeyId: 'AKID', service: 's3' });
  expect(readSignature({}, new URLSearchParams({ 'X-Amz-Credential': 'AKID/20261122/us-east-1/s3/aws4_request' })))
    .toEqual({ accessKeyId: 'AKID', region: 'us-east-1', service: 's3' });
  expect(readSignature({}, none)).toEqual({});
});

test('distances are those of the globe, and unknown Regions are the farthest', () => {
  expect(distanceKm('us-east-1', 'us-west-2')).toBeGreaterThan(3500);
  expect(distanceKm('us-east-1', 'us-west-2')).toBeLessThan(4000);
  expect(distanceKm('eu-west-1', 'eu-west-1')).toBe(0);
  expect(byDistance('eu-central-1', ['us-gov-west-1', 'ap-southeast-2', 'us-east-1', 'eu-west-1', 'eu-central-2'])).toEqual(['eu-central-2', 'eu-west-1', 'us-east-1', 'ap-southeast-2', 'us-gov-west-1']);
});

test('an error is worded as its protocol wants it', () => {
  expect(errorAnswer('s3', {}, 503).body).toContain('<Error><Code>ServiceUnavailable</Code>');
  expect(errorAnswer('s3-control', {}, 503, 'SlowDown').body).toContain('<ErrorResponse><Error><Code>SlowDown</Code>');
  expect(errorAnswer('cloudformation', { 'content-type': 'application/x-www-form-urlencoded' }, 500).body).toContain('<Type>Receiver</Type><Code>InternalError</Code>');
  expect(errorAnswer('ssm', { 'content-type': 'application/x-amz-json-1.1' }, 500)).toMatchObject({ headers: { 'content-type': 'application/x-amz-json-1.1' }, body: expect.stringContaining('"__type":"InternalError"') });
});
