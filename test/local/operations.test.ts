import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketVersioningCommand,
  ListMultipartUploadsCommand, ListObjectVersionsCommand, ListPartsCommand, PutBucketEncryptionCommand, PutBucketLifecycleConfigurationCommand, PutObjectCommand, UploadPartCommand,
  type ListObjectVersionsCommandInput, type ListObjectVersionsCommandOutput, type S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { EAST, IRELAND, Lab, WEST } from './replication-lab';
import { createAccessPoint, outcome, raw } from './support';

const ONCE = { maxAttempts: 1 };
const NOWHERE = 'no-such-bucket-anywhere';
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterAll(() => lab.stop());

const s3 = () => lab.s3(EAST);
const put = (Bucket: string, Key: string, more: object = {}) => s3().send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }));

describe('multipart uploads', () => {
  const begin = async (Bucket: string, Key: string) => (await s3().send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId!;
  const list = (Bucket: string, more: object = {}) => s3().send(new ListMultipartUploadsCommand({ Bucket, ...more }));

  test('are listed by key, with when and by whom they were begun, of one bucket only', async () => {
    const bucket = await lab.bucket(EAST);
    await begin(await lab.bucket(EAST), 'elsewhere');
    const began = Date.now();
    const ids = { b: await begin(bucket, 'b'), a: await begin(bucket, 'a') };

    const { Uploads, IsTruncated } = await list(bucket);
    expect(Uploads!.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([['a', ids.a], ['b', ids.b]]);
    expect(Uploads![0]).toMatchObject({ StorageClass: 'STANDARD', Initiator: expect.anything(), Owner: expect.anything() });
    expect(Math.abs(Uploads![0].Initiated!.getTime() - began)).toBeLessThan(60_000);
    expect(IsTruncated).toBe(false);
  });

  test('are listed page by page, by a prefix, several of one key included', async () => {
    const bucket = await lab.bucket(EAST);
    for (const key of ['p/a', 'p/a', 'p/b', 'p/c', 'q']) await begin(bucket, key);
    const pages: string[][] = [];
    for (let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}; marker;) {
      const page = await list(bucket, { Prefix: 'p/', MaxUploads: 2, ...marker });
      pages.push(page.Uploads!.map(({ Key, UploadId }) => `${Key} ${UploadId}`));
      marker = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    }

    expect(pages.map((page) => page.length)).toEqual([2, 2]);
    expect(new Set(pages.flat()).size).toBe(4);
    expect(pages.flat().map((entry) => entry.split(' ')[0])).toEqual(['p/a', 'p/a', 'p/b', 'p/c']);
  });

  test('of a key marker alone are those of later keys', async () => {
    const bucket = await lab.bucket(EAST);
    for (const key of ['a', 'b']) await begin(bucket, key);

    expect((await list(bucket, { KeyMarker: 'a' })).Uploads!.map(({ Key }) => Key)).toEqual(['b']);
  });

  test('are aborted once, with their parts, and listed no more', async () => {
    const bucket = await lab.bucket(EAST);
    const at = { Bucket: bucket, Key: 'k', UploadId: await begin(bucket, 'k') };
    await s3().send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'part' }));
    await s3().send(new AbortMultipartUploadCommand(at));

    expect((await list(bucket)).Uploads ?? []).toEqual([]);
    for (const call of [s3().send(new AbortMultipartUploadCommand(at)), s3().send(new ListPartsCommand(at)), s3().send(new UploadPartCommand({ ...at, PartNumber: 2, Body: 'part' }))]) {
      expect(await outcome(call)).toBe('NoSuchUpload');
    }
    expect(await lab.status(EAST, bucket, 'k')).toBe('absent');
  });

  test('are listed no more once they are complete', async () => {
    const bucket = await lab.bucket(EAST);
    const at = { Bucket: bucket, Key: 'k', UploadId: await begin(bucket, 'k') };
    const { ETag } = await s3().send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'part' }));
    await s3().send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));

    expect((await list(bucket)).Uploads ?? []).toEqual([]);
  });

  test('are listed and aborted through an access point, in the bucket that serves', async () => {
    const bucket = await lab.bucket(EAST);
    const through = lab.aws.clients.dataPlane(ONCE);
    const Bucket = await createAccessPoint(lab.aws, 'uploads', [bucket]);
    const UploadId = await begin(bucket, 'k');

    expect((await through.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key: 'k', UploadId }]);
    await through.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId }));
    expect((await list(bucket)).Uploads ?? []).toEqual([]);
  });

  test('need permission to be listed and aborted', async () => {
    const bucket = await lab.bucket(EAST);
    const UploadId = await begin(bucket, 'k');
    const listing = await lab.user([{ Effect: 'Allow', Action: 's3:ListBucketMultipartUploads', Resource: '*' }]);
    const aborting = await lab.user([{ Effect: 'Allow', Action: 's3:AbortMultipartUpload', Resource: '*' }]);
    const as = (credentials: typeof listing) => lab.aws.clients.s3(EAST, { ...ONCE, credentials });
    const calls = (credentials: typeof listing) => Promise.all([
      outcome(as(credentials).send(new ListMultipartUploadsCommand({ Bucket: bucket }))),
      outcome(as(credentials).send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: 'k', UploadId }))),
    ]);

    expect([await calls(listing), await calls(aborting)]).toEqual([['ok', 'AccessDenied'], ['AccessDenied', 'ok']]);
  });
});

describe('settings of a bucket', () => {
  test('lifecycle: all that was put, and an error of its own without any', async () => {
    const Bucket = await lab.bucket(EAST);
    expect(await outcome(s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket })))).toBe('NoSuchLifecycleConfiguration');
    const Rules = [
      { ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 }, NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 2 } },
      { ID: 'uploads', Status: 'Disabled' as const, Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
      { ID: 'markers', Status: 'Enabled' as const, Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] } }, Transitions: [{ Days: 30, StorageClass: 'STANDARD_IA' as const }] },
    ];
    await s3().send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));

    const { Rules: read } = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(read).toMatchObject(Rules);
  });

  test('encryption: SSE-S3 unless another was put', async () => {
    const Bucket = await lab.bucket(EAST);
    const read = async () => (await s3().send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration!.Rules;
    expect(await read()).toMatchObject([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }]);
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: `arn:aws:kms:${EAST}:${lab.aws.account}:key/k` }, BucketKeyEnabled: true };
    await s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));

    expect(await read()).toMatchObject([rule]);
  });

  test('versioning: nothing, Enabled or Suspended', async () => {
    const read = async (Bucket: string) => (await s3().send(new GetBucketVersioningCommand({ Bucket }))).Status;
    expect([await read(await lab.bucket(EAST, 'off')), await read(await lab.bucket(EAST)), await read(await lab.bucket(EAST, 'Suspended'))]).toEqual([undefined, 'Enabled', 'Suspended']);
  });

  test('fail when there is no such bucket, and when the caller may not read them', async () => {
    const nobody = lab.aws.clients.s3(EAST, { ...ONCE, credentials: await lab.user([{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }]) });
    const Bucket = await lab.bucket(EAST);
    const reads = (client: S3Client, at: { Bucket: string }) => Promise.all([
      client.send(new GetBucketLifecycleConfigurationCommand(at)), client.send(new GetBucketEncryptionCommand(at)), client.send(new GetBucketVersioningCommand(at)),
      client.send(new ListMultipartUploadsCommand(at)), client.send(new ListObjectVersionsCommand(at)),
    ].map(outcome));

    expect(new Set(await reads(s3(), { Bucket: NOWHERE }))).toEqual(new Set(['NoSuchBucket']));
    expect(new Set(await reads(nobody, { Bucket }))).toEqual(new Set(['AccessDenied']));
  });
});

describe('a conditional write', () => {
  test('that asks for no object is done once, and again after a delete marker', async () => {
    const bucket = await lab.bucket(EAST);
    const once = () => outcome(put(bucket, 'k', { IfNoneMatch: '*' }));

    expect([await once(), await once()]).toEqual(['ok', 'PreconditionFailed']);
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect([await once(), await once()]).toEqual(['ok', 'PreconditionFailed']);
  });

  test('is won by one of many at once', async () => {
    const bucket = await lab.bucket(EAST);
    const all = await Promise.all(Array.from({ length: 10 }, () => outcome(put(bucket, 'k', { IfNoneMatch: '*' }))));

    expect(all.filter((each) => each === 'ok')).toHaveLength(1);
    // S3 tells some losers of a race to try again.
    expect(all.every((each) => ['ok', 'PreconditionFailed', 'ConditionalRequestConflict'].includes(each))).toBe(true);
  });

  test('goes by the ETag that it names, and by nothing but * for no object', async () => {
    const bucket = await lab.bucket(EAST);
    const { ETag } = await put(bucket, 'k');

    expect([await outcome(put(bucket, 'k', { IfMatch: '"other"' })), await outcome(put(bucket, 'k', { IfMatch: ETag })), await outcome(put(bucket, 'new', { IfMatch: ETag }))])
      .toEqual(['PreconditionFailed', 'ok', 'NoSuchKey']);
    expect(await outcome(put(bucket, 'k', { IfNoneMatch: ETag }))).toBe('NotImplemented');
  });

  test('holds through an access point, in the bucket that serves', async () => {
    const bucket = await lab.bucket(EAST);
    const Bucket = await createAccessPoint(lab.aws, 'conditions', [bucket]);
    const once = () => outcome(lab.aws.clients.dataPlane(ONCE).send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'v', IfNoneMatch: '*' })));

    expect([await once(), await once()]).toEqual(['ok', 'PreconditionFailed']);
  });
});

describe('a listing of versions', () => {
  const page = (Bucket: string, more: Partial<ListObjectVersionsCommandInput> = {}) => s3().send(new ListObjectVersionsCommand({ Bucket, ...more }));
  /** Key and version of each entry, in the order of the document for versions and markers apart. */
  const entries = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) => [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${Key} ${VersionId}`);

  async function pages(bucket: string, more: Partial<ListObjectVersionsCommandInput> = {}): Promise<ListObjectVersionsCommandOutput[]> {
    const all: ListObjectVersionsCommandOutput[] = [];
    for (let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; marker;) {
      const next = await page(bucket, { ...more, ...marker });
      all.push(next);
      marker = next.IsTruncated ? { KeyMarker: next.NextKeyMarker, VersionIdMarker: next.NextVersionIdMarker } : undefined;
    }
    return all;
  }

  /** Writes many objects at a time. */
  async function fill(bucket: string, keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += 50) await Promise.all(keys.slice(from, from + 50).map((key) => put(bucket, key)));
  }

  test('has a thousand to a page, none twice and none left out, a key of many versions included', async () => {
    const bucket = await lab.bucket(EAST);
    await fill(bucket, [...Array.from({ length: 1300 }, (_, index) => `k${String(index).padStart(5, '0')}`), ...Array.from({ length: 1200 }, () => 'k00500')]);
    const all = await pages(bucket);

    expect(all.map((each) => entries(each).length)).toEqual([1000, 1000, 500]);
    const seen = all.flatMap(entries);
    expect(new Set(seen).size).toBe(2500);
    const keys = seen.map((entry) => entry.split(' ')[0]);
    expect(keys).toEqual([...keys].sort());
    expect((await page(bucket, { MaxKeys: 5000 })).MaxKeys).toBe(1000);
  }, 60_000);

  test('has the newest version of a key first, delete markers among them', async () => {
    const bucket = await lab.bucket(EAST);
    const first = (await put(bucket, 'a')).VersionId!;
    const marker = (await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }))).VersionId!;
    const last = (await put(bucket, 'a')).VersionId!;
    await put(bucket, 'b');

    const seen: string[] = [];
    for (const { Versions = [], DeleteMarkers = [], IsTruncated } of await pages(bucket, { MaxKeys: 1 })) {
      expect(Versions.length + DeleteMarkers.length).toBe(1);
      seen.push(Versions[0]?.VersionId ?? `-${DeleteMarkers[0].VersionId}`);
      expect(typeof IsTruncated).toBe('boolean');
    }
    expect(seen.slice(0, 3)).toEqual([last, `-${marker}`, first]);
    const { Versions } = await page(bucket, { Prefix: 'a' });
    expect(Versions).toMatchObject([{ VersionId: last, IsLatest: true, Size: 1, StorageClass: 'STANDARD' }, { VersionId: first, IsLatest: false }]);
  });

  test('goes on after a marker whose version was deleted meanwhile', async () => {
    const bucket = await lab.bucket(EAST);
    const versions: string[] = [];
    for (let count = 0; count < 4; count += 1) versions.unshift((await put(bucket, 'a')).VersionId!);
    const { NextKeyMarker, NextVersionIdMarker } = await page(bucket, { MaxKeys: 2 });
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId: NextVersionIdMarker }));

    const { Versions } = await page(bucket, { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker });
    expect(Versions!.map(({ VersionId }) => VersionId)).toEqual(versions.slice(2));
  });

  test('shows what was written and deleted between two pages, where it belongs', async () => {
    const bucket = await lab.bucket(EAST);
    for (const key of ['a', 'b', 'c', 'e']) await put(bucket, key);
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = await page(bucket, { MaxKeys: 2 });
    await put(bucket, 'aa');
    await put(bucket, 'd');
    const { VersionId } = (await page(bucket, { Prefix: 'c' })).Versions![0];
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'c', VersionId }));

    expect((await page(bucket, { KeyMarker, VersionIdMarker })).Versions!.map(({ Key }) => Key)).toEqual(['d', 'e']);
    expect((await page(bucket)).Versions!.map(({ Key }) => Key)).toEqual(['a', 'aa', 'b', 'd', 'e']);
  });

  test('begins after a key marker without a version, and takes no version that never was', async () => {
    const bucket = await lab.bucket(EAST);
    for (const key of ['a', 'a', 'b']) await put(bucket, key);

    expect((await page(bucket, { KeyMarker: 'a' })).Versions!.map(({ Key }) => Key)).toEqual(['b']);
    expect([await outcome(page(bucket, { VersionIdMarker: 'x' })), await outcome(page(bucket, { KeyMarker: 'a', VersionIdMarker: 'x' }))]).toEqual(['InvalidArgument', 'InvalidArgument']);
    expect(await page(bucket, { MaxKeys: 0 })).toMatchObject({ IsTruncated: false, MaxKeys: 0 });
  });

  test('groups keys by a delimiter, page by page', async () => {
    const bucket = await lab.bucket(EAST);
    for (const key of ['a', 'b/1', 'b/2', 'c', 'd/1', 'e']) await put(bucket, key);
    const all = await pages(bucket, { Delimiter: '/', MaxKeys: 2 });

    expect(all.map(({ Versions = [], CommonPrefixes = [] }) => [...Versions.map(({ Key }) => Key!), ...CommonPrefixes.map(({ Prefix }) => Prefix!)])).toEqual([['a', 'b/'], ['c', 'd/'], ['e']]);
  });

  test('encodes keys when asked to', async () => {
    const bucket = await lab.bucket(EAST);
    await put(bucket, 'a b+c/é\u0001');

    const answer = await page(bucket, { EncodingType: 'url' });
    expect(answer.EncodingType).toBe('url');
    expect(decodeURIComponent(answer.Versions![0].Key!.replace(/\+/g, ' '))).toBe('a b+c/é\u0001');
  });

  test('shows objects from before versioning and under suspended versioning as null versions', async () => {
    const bucket = await lab.bucket(EAST, 'off');
    for (const key of ['old', 'older']) await put(bucket, key);
    await lab.setVersioning(EAST, bucket, 'Enabled');
    await put(bucket, 'new');
    const { Versions } = await page(bucket);
    expect(Versions!.map(({ Key, VersionId, IsLatest }) => [Key, VersionId === 'null', IsLatest])).toEqual([['new', false, true], ['old', true, true], ['older', true, true]]);

    await lab.setVersioning(EAST, bucket, 'Suspended');
    await put(bucket, 'new');
    await put(bucket, 'newer');
    expect((await page(bucket)).Versions!.map(({ Key, VersionId }) => [Key, VersionId === 'null'])).toEqual([['new', true], ['new', false], ['newer', true], ['old', true], ['older', true]]);
  });

  test('shows replicas', async () => {
    const [source, west] = await lab.estate([WEST]);
    const replicas = async () => (await lab.s3(WEST).send(new ListObjectVersionsCommand({ Bucket: west }))).Versions?.map(({ Key }) => Key);
    expect(await replicas()).toBeUndefined();
    for (const key of ['b', 'a']) await put(source, key);
    await lab.idle({ source });

    expect(await replicas()).toEqual(['a', 'b']);
  });

  test('knows nothing of a namesake that was deleted', async () => {
    const bucket = await lab.bucket(EAST);
    const { VersionId } = await put(bucket, 'a');
    await page(bucket);
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId }));

    expect(await page(bucket)).toMatchObject({ IsTruncated: false });
    expect(entries(await page(bucket))).toEqual([]);
  });
});

test.each([EAST, IRELAND, 'ap-southeast-2', 'eu-central-1'])('who the caller is can be asked in %s', async (region) => {
  const credentials = await lab.user([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
  const { Arn, Account } = await lab.aws.clients.sts(region, { ...ONCE, credentials }).send(new GetCallerIdentityCommand({}));

  expect([Account, Arn]).toEqual([lab.aws.account, expect.stringMatching(/^arn:aws:iam::\d{12}:user\//)]);
});

test('every answer has a date: of data, of control endpoints, of faults', async () => {
  const bucket = await lab.bucket(EAST);
  const dateOf = async (request: Parameters<typeof raw>[1]) => Math.abs(Date.parse(String((await raw(lab.aws, request)).headers.date)) - Date.now());

  const requests: Parameters<typeof raw>[1][] = [
    { region: EAST, path: `/${bucket}` },
    { region: EAST, path: `/${bucket}/none` },
    { region: EAST, path: '/v20180820/mrap/instances', headers: { 'x-amz-account-id': lab.aws.account } },
    { region: IRELAND, path: '/', method: 'POST', service: 'sts', body: 'Action=GetCallerIdentity&Version=2011-06-15', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ];
  for (const request of requests) expect(await dateOf(request)).toBeLessThan(60_000);
  await lab.aws.control.setRegion(EAST, { kind: 'failing' });
  expect(await dateOf({ region: EAST, path: `/${bucket}` })).toBeLessThan(60_000);
  await lab.aws.control.heal();
});
