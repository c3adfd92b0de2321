import { createServer, Agent, type IncomingMessage, type ServerResponse, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlEndpoints, type ControlEndpoints } from '../../../runtime/aws/control-endpoint';
import { parseAccessPointArn } from '../../../runtime/core/routes/access-point';
import type { FailureKind } from '../../../runtime/core/routes/failure';
import { ARN } from '../support/routes-event';

const accessPoint = parseAccessPointArn(ARN)!;
const signal = () => new AbortController().signal;

type Serve = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let serve: Serve;
let requests: { method: string; url: string; host: string; body: string; authorization: string }[];
let port: number;
let opened: ControlEndpoints[];

beforeEach(async () => {
  requests = [];
  opened = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      requests.push({ method: request.method!, url: request.url!, host: request.headers.host!, body, authorization: request.headers.authorization! });
      serve(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  opened.forEach((one) => one.close());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** The account stands before the host, and no resolver knows that name: every name is this machine. */
function endpoints(toPort = port): ControlEndpoints {
  const lookup = (_: string, options: { all?: boolean }, done: (...answer: any[]) => void) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
  const made = controlEndpoints({
    endpoint: `http://localhost:${toPort}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    requestHandler: { httpAgent: new Agent({ lookup: lookup as any }) },
  });
  opened.push(made);
  return made;
}

const answerWith =
  (status: number, body = '', headers: Record<string, string> = { 'content-type': 'application/xml' }): Serve =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

const errorXml = (code: string, message = 'said so') => `<?xml version="1.0"?><ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
const bareErrorXml = (code: string, message = 'said so') => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>1</RequestId></Error>`;
const routesXml = (routes: string) => `<?xml version="1.0"?><GetMultiRegionAccessPointRoutesResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Mrap>${ARN}</Mrap><Routes>${routes}</Routes></GetMultiRegionAccessPointRoutesResult>`;
const routeXml = (region: string, dial: string) => `<Route><Bucket>media-${region}</Bucket><Region>${region}</Region><TrafficDialPercentage>${dial}</TrafficDialPercentage></Route>`;

test('there is one endpoint in each of the five control Regions, signed for that Region', async () => {
  serve = answerWith(200, routesXml(routeXml('us-east-1', '100')));
  const { endpoints: five } = endpoints();
  for (const endpoint of five) await endpoint.read(accessPoint, signal());

  expect(five.map((endpoint) => endpoint.region)).toEqual(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1']);
  expect(requests.map((request) => /\/\d{8}\/([^/]+)\/s3\/aws4_request/.exec(request.authorization)?.[1])).toEqual(five.map((endpoint) => endpoint.region));
});

test('a read asks by ARN and account, and gives routes by Region', async () => {
  serve = answerWith(200, routesXml(routeXml('us-west-2', '0') + routeXml('eu-west-1', '100')));
  const answer = await endpoints().endpoints[0].read(accessPoint, signal());

  expect(answer).toEqual({
    ok: true,
    value: [
      { region: 'eu-west-1', bucket: 'media-eu-west-1', dial: 100 },
      { region: 'us-west-2', bucket: 'media-us-west-2', dial: 0 },
    ],
  });
  expect(requests[0]).toMatchObject({ method: 'GET', host: `111122223333.localhost:${port}`, url: '/v20180820/mrap/instances/arn%3Aaws%3As3%3A%3A111122223333%3Aaccesspoint/mfzwi23gnjvgw.mrap/routes' });
});

test('a submit sends one key per route, and each Region', async () => {
  serve = answerWith(200);
  const answer = await endpoints().endpoints[4].submit(accessPoint, [{ region: 'eu-west-1', bucket: 'never-sent', dial: 100 }, { region: 'us-west-2', dial: 0 }], signal());

  expect(answer).toEqual({ ok: true, value: undefined });
  expect(requests[0].method).toBe('PATCH');
  expect(requests[0].body).toContain('<RouteUpdates><Route><TrafficDialPercentage>100</TrafficDialPercentage><Region>eu-west-1</Region></Route><Route><TrafficDialPercentage>0</TrafficDialPercentage><Region>us-west-2</Region></Route></RouteUpdates>');
  expect(requests[0].body).not.toContain('never-sent');
});

const errors: [name: string, serve: Serve, kind: FailureKind][] = [
  ['409 Conflict', answerWith(409, errorXml('Conflict')), 'conflict'],
  ['503 SlowDown', answerWith(503, errorXml('SlowDown')), 'slow down'],
  ['503 SlowDown without a wrapper', answerWith(503, bareErrorXml('SlowDown')), 'slow down'],
  ['503 ServiceUnavailable', answerWith(503, errorXml('ServiceUnavailable')), 'server error'],
  ['503 with a page of a proxy', answerWith(503, '<html><body>no</body></html>', { 'content-type': 'text/html' }), 'server error'],
  ['500 without a body', answerWith(500), 'server error'],
  ['301 PermanentRedirect', answerWith(301, errorXml('PermanentRedirect')), 'wrong Region'],
  ['403 AccessDenied', answerWith(403, errorXml('AccessDenied')), 'forbidden'],
  ['400 ExpiredToken', answerWith(400, errorXml('ExpiredToken')), 'forbidden'],
  ['404 NoSuchMultiRegionAccessPoint', answerWith(404, errorXml('NoSuchMultiRegionAccessPoint')), 'no such access point'],
  ['405 MethodNotAllowed', answerWith(405, errorXml('MethodNotAllowed')), 'single Region'],
  ['400 InvalidRequest', answerWith(400, errorXml('InvalidRequest')), 'bad request'],
  ['a connection that is cut', (request) => request.socket.destroy(), 'connection lost'],
];
for (const call of ['read', 'submit'] as const) {
  test.each(errors)(`%s on a ${call} is told apart, and tried once`, async (_, how, kind) => {
    serve = how;
    const [endpoint] = endpoints().endpoints;
    const answer = call === 'read' ? await endpoint.read(accessPoint, signal()) : await endpoint.submit(accessPoint, [{ region: 'us-east-1', dial: 100 }], signal());

    expect(answer).toMatchObject({ ok: false, failure: { kind, endpoint: 'us-east-1', cause: expect.any(Error) } });
    expect(requests).toHaveLength(1);
  });
}

const garbage: [name: string, body: string][] = [
  ['a page', '<html><body>hello</body></html>'],
  ['nothing', ''],
  ['half an answer', routesXml(routeXml('us-east-1', '100')).slice(0, 150)],
  ['no routes', routesXml('')],
  ['a dial that is no number', routesXml(routeXml('us-east-1', 'much'))],
  ['a dial above 100', routesXml(routeXml('us-east-1', '1000'))],
  ['a route without a Region', routesXml('<Route><Bucket>b</Bucket><TrafficDialPercentage>100</TrafficDialPercentage></Route>')],
];
test.each(garbage)('%s with status 200 is garbage, and no routes', async (_, body) => {
  serve = answerWith(200, body);
  const answer = await endpoints().endpoints[0].read(accessPoint, signal());
  expect(answer).toMatchObject({ ok: false, failure: { kind: 'garbage' } });
});

test('the detail of an error has status, code and message', async () => {
  serve = answerWith(403, errorXml('AccessDenied', 'not yours'));
  const answer = await endpoints().endpoints[0].read(accessPoint, signal());
  expect(answer).toMatchObject({ failure: { detail: '403 AccessDenied not yours' } });
});

test.each<[code: string, kind: FailureKind]>([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['ECONNRESET', 'connection lost'],
  ['EPIPE', 'connection lost'],
  ['ETIMEDOUT', 'timed out'],
])('%s of the network is %s', async (code, kind) => {
  // Made here, since the SDK does not take an error of Node's own realm for one inside Jest.
  const handle = () => Promise.reject(Object.assign(new Error(`connect ${code}`), { code }));
  const made = controlEndpoints({ credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' }, requestHandler: { handle } as any });
  opened.push(made);
  expect(await made.endpoints[0].submit(accessPoint, [{ region: 'us-east-1', dial: 100 }], signal())).toMatchObject({ ok: false, failure: { kind } });
});

test('an aborted call ends at once and closes its connection', async () => {
  const closed = new Promise<void>((resolve) => (serve = (request) => void request.socket.on('close', () => resolve())));
  const controller = new AbortController();
  const answer = endpoints().endpoints[0].read(accessPoint, controller.signal);
  while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();

  expect(await answer).toMatchObject({ ok: false, failure: { kind: 'timed out' } });
  await closed;
});

test('closing ends connections that were kept alive', async () => {
  serve = answerWith(200, routesXml(routeXml('us-east-1', '100')));
  const made = endpoints();
  await made.endpoints[0].read(accessPoint, signal());
  made.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
});
