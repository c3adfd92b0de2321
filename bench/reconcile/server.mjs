// A plain HTTP server that speaks what reconcile asks of S3: pages of versions from a generator, heads of versions, and the few small
// texts that it leaves. No emulator: writing a million versions into one takes hours. Arguments: versions per bucket, latency of a request.
import { createServer } from 'node:http';
import { bucketOf, keyAt, modifiedAt, numberOf, placeOf, versionIdAt } from './versions.mjs';

const [versions, latencyMs] = process.argv.slice(2).map(Number);
const BUCKETS = { 'bench-us-east-1': bucketOf(versions), 'bench-us-west-2': bucketOf(versions, { lacking: true }) };
const PAGE = 1_000;
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const OWNER = '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID><DisplayName>bench</DisplayName></Owner>';
const texts = new Map();
let requests = 0;

const server = createServer((request, response) => {
  requests++;
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const answer = () => reply(request, response, Buffer.concat(chunks).toString());
    if (latencyMs > 0) setTimeout(answer, latencyMs);
    else answer();
  });
});

function reply(request, response, body) {
  const url = new URL(request.url, 'http://s3');
  const [, bucket, ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const send = (status, headers = {}, text = '') => response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text), ...headers }).end(request.method === 'HEAD' ? undefined : text);
  if (bucket === '_requests') return send(200, {}, String(requests));
  if (bucket === '' && body.includes('GetCallerIdentity')) {
    return send(200, {}, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/bench</Arn><UserId>bench</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`);
  }
  const stored = BUCKETS[bucket];
  if (!stored) return send(404, {}, `${XML}<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>`);
  if (key === '' && url.searchParams.has('versions')) return send(200, {}, page(stored, url.searchParams));
  if (key === '' && url.searchParams.has('uploads')) return send(200, {}, `${XML}<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`);
  if (key === '') return send(200, {}, request.method === 'HEAD' ? '' : `${XML}<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`);
  if (request.method === 'PUT') {
    texts.set(`${bucket}/${key}`, body);
    return send(200, { 'x-amz-version-id': 'v0' });
  }
  if (request.method === 'HEAD') return send(...head(stored, key, url.searchParams.get('versionId')));
  const text = texts.get(`${bucket}/${key}`);
  if (text === undefined) return send(404, {}, `${XML}<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>`);
  return send(200, { 'content-type': 'application/json' }, text);
}

function page(stored, query) {
  const most = Math.min(PAGE, Number(query.get('max-keys') ?? PAGE));
  const marker = query.get('key-marker');
  const after = query.get('version-id-marker');
  const start = !marker ? [0, 0] : after ? [placeOf(marker), numberOf(after) + 1] : [placeOf(marker) + 1, 0];
  const prefix = query.get('prefix') ?? '';
  const from = prefix === '' ? start : [placeOf(prefix), 0];
  const parts = [];
  let last;
  const next = stored.walk(from, (key, number) => {
    if (parts.length === most) return false;
    parts.push(
      `<Version><Key>${keyAt(key)}</Key><VersionId>${versionIdAt(key, number)}</VersionId><IsLatest>${number === 0}</IsLatest><LastModified>${new Date(modifiedAt(key, number)).toISOString()}</LastModified>` +
        `<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>${1_000 + (key % 1_000)}</Size><StorageClass>STANDARD</StorageClass>${OWNER}</Version>`,
    );
    last = [key, number];
    return true;
  });
  const more = next ? `<NextKeyMarker>${keyAt(last[0])}</NextKeyMarker><NextVersionIdMarker>${versionIdAt(...last)}</NextVersionIdMarker>` : '';
  return `${XML}<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${next !== undefined}</IsTruncated><EncodingType>url</EncodingType>${more}${parts.join('')}</ListVersionsResult>`;
}

function head(stored, key, versionId) {
  const place = placeOf(key);
  let found = false;
  stored.walk([place, numberOf(versionId)], (one, number) => ((found = one === place && number === numberOf(versionId)), false));
  return found ? [200, { 'x-amz-version-id': versionId, 'x-amz-replication-status': 'COMPLETED' }] : [404];
}

server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.resume().once('end', () => process.exit());
