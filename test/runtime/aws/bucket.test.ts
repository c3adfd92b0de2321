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
