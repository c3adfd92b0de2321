import { bucketPort, type AwsBucket } from '../../../runtime/aws/bucket';
import { serve, type CannedAnswer } from '../support/s3-over-http';

const signal = new AbortController().signal;

async function asked(answers: CannedAnswer[], act: (bucket: AwsBucket) => Promise<unknown>) {
  const service = await serve(answers);
  const config = { endpoint: service.endpoint, forcePathStyle: true, credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } };
  const bucket = bucketPort({ region: 'us-east-1', name: 'media', account: '111122223333', config });
  try {
    return { value: await act(bucket), seen: service.seen };
  } finally {
    bucket.close();
    await service.close();
  }
}

const versions = (inner: string) => `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListVersionsResult>`;
const version = (key: string, id: string, time: string, latest = false, name = 'Version') =>
  `<${name}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${time}</LastModified>${name === 'Version' ? '<ETag>&quot;e&quot;</ETag><Size>1</Size>' : ''}</${name}>`;

test('every call names the owner that the bucket must have', async () => {
  const calls: ((bucket: AwsBucket) => Promise<unknown>)[] = [
    (bucket) => bucket.probe(signal),
    (bucket) => bucket.putText('k', 't', signal),
    (bucket) => bucket.getText('k', signal),
    (bucket) => bucket.listKeys('p', signal),
    (bucket) => bucket.removeVersion('k', 'v', signal),
    (bucket) => bucket.readPolicy(signal),
    (bucket) => bucket.putPolicy('{}', signal),
    (bucket) => bucket.removePolicy(signal),
    (bucket) => bucket.listVersions(signal),
    (bucket) => bucket.headVersion('k', 'v', signal),
    (bucket) => bucket.listUploads(signal),
  ];
  for (const call of calls) {
    const { seen } = await asked([], (bucket) => call(bucket).catch(() => undefined));
    expect(seen.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(['111122223333']);
  }
});

test('keys that S3 encoded are decoded, and versions and delete markers stand in the order of one list', async () => {
  const body = versions(
    '<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>b+%25</NextKeyMarker><NextVersionIdMarker>m</NextVersionIdMarker>' +
      version('a%01', 'v3', '2026-11-24T03:00:02Z') +
      version('a%01', 'v1', '2026-11-24T03:00:00Z') +
      version('c', 'v4', '2026-11-24T03:00:00Z', true) +
      version('a%01', 'm', '2026-11-24T03:00:02Z', true, 'DeleteMarker') +
      version('a%01', 'm0', '2026-11-24T03:00:01Z', false, 'DeleteMarker') +
      version('b+%25', 'm2', '2026-11-24T03:00:01Z', true, 'DeleteMarker'),
  );
  const { value } = await asked([{ body }], (bucket) => bucket.listVersions(signal));
  const page = value as Awaited<ReturnType<AwsBucket['listVersions']>>;
  expect(page.versions.map(({ key, versionId, deleteMarker }) => [key, versionId, deleteMarker])).toEqual([
    ['a\u0001', 'm', true],
    ['a\u0001', 'v3', false],
    ['a\u0001', 'm0', true],
    ['a\u0001', 'v1', false],
    ['b %', 'm2', true],
    ['c', 'v4', false],
  ]);
  expect(page.next).toEqual({ key: 'b %', versionId: 'm' });
});

test('fails when a page that is not the last does not say where to go on: a listing must not pass for whole', async () => {
  await expect(asked([{ body: versions('<IsTruncated>true</IsTruncated>') }], (bucket) => bucket.listVersions(signal))).rejects.toMatchObject({ code: 'Garbage' });
});

test('fails when a version comes without an id', async () => {
  const body = versions('<IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-11-24T03:00:00Z</LastModified><ETag>e</ETag></Version>');
  await expect(asked([{ body }], (bucket) => bucket.listVersions(signal))).rejects.toMatchObject({ code: 'Garbage' });
});

describe.each([
  ['a page of somebody else\'s', '<html><body><h1>Welcome</h1>Please sign in to use this network.</body></html>'],
  ['nothing at all', ''],
])('%s, answered well, is no', (_, body) => {
  const answer = { body, headers: { 'last-modified': 'Tue, 24 Nov 2026 03:00:00 GMT' } };

  test.each<[string, (bucket: AwsBucket) => Promise<unknown>]>([
    ['list of versions that is empty, and at its end', (bucket) => bucket.listVersions(signal)],
    ['list of keys that is empty', (bucket) => bucket.listKeys('k', signal)],
    ['list of uploads that is empty', (bucket) => bucket.listUploads(signal)],
    ['version that is there', (bucket) => bucket.headVersion('k', 'v', signal)],
    ['version `null` that is there', (bucket) => bucket.headVersion('k', 'null', signal)],
  ])('%s', async (__, call) => {
    await expect(asked([answer], call)).rejects.toMatchObject({ name: 'CallError', code: 'Garbage' });
  });
});

test('a version is there when S3 names it, or the one that was written before versioning', async () => {
  const headers = { 'last-modified': 'Tue, 24 Nov 2026 03:00:00 GMT', etag: '"e"', 'x-amz-request-id': '1' };
  const there = async (versionId: string, more: { [name: string]: string }) => (await asked([{ headers: { ...headers, ...more } }], (bucket) => bucket.headVersion('k', versionId, signal))).value;
  expect(await there('v', { 'x-amz-version-id': 'v', 'x-amz-replication-status': 'PENDING' })).toEqual({ deleteMarker: false, replicationStatus: 'PENDING' });
  expect(await there('null', { 'x-amz-version-id': 'null' })).toEqual({ deleteMarker: false });
  expect(await there('null', {})).toEqual({ deleteMarker: false });
  await expect(there('v', { 'x-amz-version-id': 'w' })).rejects.toMatchObject({ code: 'Garbage' });
});

test('fails when a key was not encoded as it says', async () => {
  const body = versions(`<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${version('a%FF', 'v1', '2026-11-24T03:00:00Z')}`);
  await expect(asked([{ body }], (bucket) => bucket.listVersions(signal))).rejects.toMatchObject({ name: 'CallError', code: 'Garbage' });
});
