import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeProbe, type AwsWriteProbe } from '../../../runtime/aws/write-probe';
import { parseAccessPointArn } from '../../../runtime/core/routes/access-point';
import { ARN, BUCKETS } from '../support/routes-event';

type Serve = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let serve: Serve;
let requests: { method: string; url: string; host: string; authorization: string; socket: number; body: string }[];
let probe: AwsWriteProbe;
let configs: S3ClientConfig[];

const signal = () => new AbortController().signal;
const written = { key: '.s3-failover/probe/run/1', versionId: 'v1' };

beforeEach(async () => {
  requests = [];
  configs = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      requests.push({ method: request.method!, url: request.url!, host: request.headers.host!, authorization: request.headers.authorization!, socket: request.socket.remotePort!, body });
      serve(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const makeClient = (config: S3ClientConfig) => {
    configs.push(config);
    const client = new S3Client({ ...config, credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } });
    // After signing: the request keeps its host and goes to the server of this test.
    client.middlewareStack.add((next) => (args: any) => next({ ...args, request: Object.assign(args.request, { protocol: 'http:', hostname: '127.0.0.1', port }) }), { step: 'finalizeRequest', priority: 'low' });
    return client;
  };
  probe = writeProbe({ accessPoint: parseAccessPointArn(ARN)!, buckets: BUCKETS, makeClient });
});

afterEach(async () => {
  probe.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answerWith =
  (status: number, headers: Record<string, string> = {}, body = ''): Serve =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

test('a read goes to the host of the access point, over a connection of its own, and tells what is missing', async () => {
  serve = answerWith(200, {}, 'bytes');
  expect(await probe.read('k', signal())).toBe('found');
  serve = answerWith(404, {}, '<Error><Code>NoSuchKey</Code></Error>');
  expect(await probe.read('k', signal())).toBe('missing');
  serve = answerWith(503, {}, '<Error><Code>SlowDown</Code></Error>');
  await expect(probe.read('k', signal())).rejects.toMatchObject({ name: 'SlowDown' });
  expect(new Set(requests.map(({ socket }) => socket)).size).toBe(3);
  expect(requests[0]).toMatchObject({ method: 'GET', host: 'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com' });
});

test('a write goes to the host of the access point, signed for every Region, and gives the version', async () => {
  serve = answerWith(200, { 'x-amz-version-id': 'v7' });
  expect(await probe.write('.s3-failover/probe/run/1', signal())).toBe('v7');
  expect(requests[0]).toMatchObject({ method: 'PUT', host: 'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com', url: expect.stringContaining('/.s3-failover/probe/run/1') });
  expect(requests[0].authorization).toMatch(/^AWS4-ECDSA-P256-SHA256 /);
});

test('each write opens a connection of its own', async () => {
  serve = answerWith(200, { 'x-amz-version-id': 'v7' });
  for (const key of ['a', 'b', 'c']) await probe.write(key, signal());
  expect(new Set(requests.map((request) => request.socket)).size).toBe(3);
});

test('fails when the bucket keeps no versions, since nothing could then be told apart', async () => {
  serve = answerWith(200);
  await expect(probe.write('k', signal())).rejects.toThrow(/does not keep versions/);
});

test('fails when the write is refused, at the first try', async () => {
  serve = answerWith(503, { 'content-type': 'application/xml' }, '<Error><Code>SlowDown</Code><Message>slower</Message></Error>');
  await expect(probe.write('k', signal())).rejects.toThrow(/slower/);
  expect(requests).toHaveLength(1);
});

test.each([
  ['PENDING', 'origin'],
  ['COMPLETED', 'origin'],
  ['FAILED', 'origin'],
  [undefined, 'origin'],
  ['REPLICA', 'replica'],
])('a copy with replication status %s is: %s', async (status, copy) => {
  serve = answerWith(200, status ? { 'x-amz-replication-status': status } : {});
  expect(await probe.find(written, 'eu-west-1', signal())).toBe(copy);
  expect(requests[0]).toMatchObject({ method: 'HEAD', url: '/.s3-failover/probe/run/1?versionId=v1', host: `${BUCKETS['eu-west-1']}.s3.eu-west-1.amazonaws.com` });
  expect(requests[0].authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/eu-west-1\/s3\//);
});

test('a version that is not there is no failure', async () => {
  serve = answerWith(404);
  expect(await probe.find(written, 'us-east-1', signal())).toBe('none');
});

test.each([403, 500])('fails when a bucket cannot be asked: %d', async (status) => {
  serve = answerWith(status);
  await expect(probe.find(written, 'us-east-1', signal())).rejects.toThrow();
});

test('every version and marker under the prefix is removed, page by page', async () => {
  const page = (key: string, more: boolean) =>
    `<ListVersionsResult><IsTruncated>${more}</IsTruncated>${more ? '<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>' : ''}<Version><Key>${key}</Key><VersionId>1</VersionId></Version><DeleteMarker><Key>${key}</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>`;
  serve = (request, response) => {
    if (request.method === 'POST') return void response.end('<DeleteResult></DeleteResult>');
    response.end(request.url!.includes('key-marker=a') ? page('b', false) : page('a', true));
  };
  expect(await probe.removeAll('.s3-failover/probe/run/', 'us-west-2', signal())).toEqual([]);

  const deleted = requests.filter((request) => request.method === 'POST').map((request) => request.body);
  expect(deleted[0]).toContain('<Object><Key>a</Key><VersionId>1</VersionId></Object><Object><Key>a</Key><VersionId>2</VersionId></Object>');
  expect(deleted[1]).toContain('<Key>b</Key>');
  expect(requests[0].url).toContain('prefix=.s3-failover%2Fprobe%2Frun%2F');
});

test('reasons for what stays are given once each', async () => {
  serve = (request, response) =>
    void response.end(
      request.method === 'POST'
        ? '<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error><Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>'
        : '<ListVersionsResult><Version><Key>a</Key><VersionId>1</VersionId></Version></ListVersionsResult>',
    );
  expect(await probe.removeAll('p', 'us-west-2', signal())).toEqual(['AccessDenied no']);
});

test('no client retries by itself', () => {
  expect(configs.map((config) => config.maxAttempts)).toEqual([1, 1, 1, 1]);
});
