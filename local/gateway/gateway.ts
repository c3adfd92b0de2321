import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmulatorClient } from '../emulator/client';
import { AccessLog } from './access-log';
import { AccessPoints, type Route } from './access-points';
import { readAddress, type Address } from './address';
import { readAll, readBody, type Body } from './body';
import { BucketDirectory } from './buckets';
import { Connection } from './connection';
import { addControlRoutes } from './control-routes';
import { CONTROL_PREFIX, ControlApi } from './control-api';
import type { Answer, Exchange, ExchangeResponse } from './exchange';
import type { ExtensionFactory, GatewayExtension } from './extension';
import { Faults, type Fault, type Target } from './fault';
import { errorAnswer } from './fault-answer';
import { Forwarder } from './forward';
import { controlOperation, readSubresource, s3Operation, serviceOperation } from './operation';
import { readSignature, type Signature } from './signature';

const CONTROL_PLANE_PREFIX = '/v20180820/';
/** Paths of the emulator itself, such as the answer of a custom resource: neither AWS nor in any Region. */
const EMULATOR_PREFIX = '/_ministack/';
const PRINCIPAL_HEADER = 'x-local-aws-principal';
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', PRINCIPAL_HEADER];

/** What the head of a request says. */
interface Head {
  readonly id: number;
  readonly arrivedAt: number;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly signature: Signature;
  readonly service: string;
  readonly address: Address;
}

/** Where a request is answered. */
interface Place {
  readonly region?: string;
  readonly bucket?: string;
  /** Set when the request came through an access point that exists. */
  readonly route?: Route;
}

interface Ticket {
  readonly target: Target;
  readonly connection: Connection;
  /** Met a `mute` fault on its way in. */
  muted: boolean;
}

/** The one origin of the local AWS: a proxy in front of the emulator that adds what it lacks. */
export class Gateway {
  public readonly faults = new Faults();
  public readonly accessLog = new AccessLog();
  public readonly control = new ControlApi();
  public accessPoints!: AccessPoints;
  private buckets!: BucketDirectory;
  private forwarder!: Forwarder;
  private extensions: GatewayExtension[] = [];
  private readonly tickets = new Set<Ticket>();
  private readonly closing = new AbortController();
  private count = 0;
  private opened = false;

  private constructor(private readonly server: Server, private readonly account: string, private readonly log: (line: string) => void) {
    this.faults.onChange(() => this.faultsChanged());
  }

  /** Listens, so that the emulator can be told where; answers 503 until `open`. */
  public static listen(options: { port: number; account: string; log: (line: string) => void }): Promise<Gateway> {
    const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0, headersTimeout: 0, highWaterMark: 256 * 1024 });
    const gateway = new Gateway(server, options.account, options.log);
    server.on('request', (request, response) => void gateway.accept(request, response));
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE'
        ? new Error(`port ${options.port} is in use; stop what listens there, or choose another with 'port' (0 takes a free one)`)
        : error));
      server.listen(options.port, '127.0.0.1', () => resolve(gateway));
    });
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public open(emulator: EmulatorClient, factories: readonly ExtensionFactory[]): void {
    this.buckets = new BucketDirectory(emulator);
    this.accessPoints = new AccessPoints(emulator, this.faults);
    this.forwarder = new Forwarder(emulator.port);
    addControlRoutes(this.control, {
      faults: this.faults,
      accessPoints: this.accessPoints,
      accessLog: this.accessLog,
      extensions: () => Object.fromEntries(this.extensions.flatMap((extension) => (extension.state ? [[extension.name, extension.state()]] : []))),
    });
    this.extensions = factories.map((factory) => factory.create({
      account: this.account,
      emulator,
      bucketRegion: (bucket) => this.buckets.region(bucket),
      reachable: (region, bucket) => this.faults.answers({ region, bucket }),
      control: (name, schema, handle) => this.control.add(name, schema, handle),
      log: this.log,
    }));
    this.opened = true;
  }

  public async close(): Promise<void> {
    this.closing.abort();
    this.accessPoints?.close();
    for (const extension of this.extensions) await extension.close?.();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.forwarder?.close();
    await closed;
  }

  private async accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.opened) return void response.writeHead(503).end();
      if (request.url!.startsWith(CONTROL_PREFIX)) return await this.control.handle(request, response);
      return await this.serve(request, response);
    } catch (error) {
      // A client that left in the middle of its body is no failure of ours.
      if (this.closing.signal.aborted || response.destroyed) return;
      this.log(`gateway: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, request.method!, errorAnswer('s3', request.headers, 500));
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = this.readHead(request);
    const connection = new Connection(request, response);
    const place = await this.place(head);
    const callerRegion = header(request, 'x-local-aws-caller-region');
    const target: Target = { region: place.region, bucket: place.bucket, control: head.service === 's3-control', callerRegion };
    const ticket: Ticket = { target, connection, muted: false };
    this.tickets.add(ticket);
    let exchange: Exchange | undefined;
    try {
      const body = await this.pass(ticket, head);
      if (body) {
        exchange = describe(request, head, place, body, this.account);
        await this.answer(ticket, exchange, place, body);
      }
    } finally {
      this.tickets.delete(ticket);
      this.record(request, head, place, target, connection, exchange);
    }
  }

  private readHead(request: IncomingMessage): Head {
    const url = request.url!;
    const path = url.replace(/\?.*$/s, '');
    const query = new URLSearchParams(url.slice(path.length));
    const host = (request.headers.host ?? '').toLowerCase();
    const signature = readSignature(request.headers, query);
    const service = serviceOf(path, signature, request);
    return {
      id: ++this.count,
      arrivedAt: Date.now(),
      host,
      path,
      query,
      signature,
      service,
      address: service === 's3' ? readAddress(host, path) : {},
    };
  }

  private async place({ address, signature }: Head): Promise<Place> {
    if (address.accessPoint) {
      const route = await this.accessPoints.serving(address.accessPoint);
      return { region: route?.region, bucket: route?.bucket, route };
    }
    const { bucket } = address;
    return { bucket, region: signature.region ?? (bucket === undefined ? undefined : await this.buckets.region(bucket)) };
  }

  /** Leads a request through the faults; gives its body when it may go on, undefined when it has ended. */
  private async pass(ticket: Ticket, head: Head): Promise<Body | undefined> {
    const { connection } = ticket;
    let delay = 0;
    for (const fault of this.faults.met(ticket.target)) {
      if (fault.kind === 'refused' || fault.kind === 'blackhole') return void await this.die(ticket, fault);
      if (fault.kind === 'failing' && Math.random() < fault.rate) return void await fail(connection, head, fault);
      if (fault.kind === 'slow') delay += fault.ms;
      if (fault.kind === 'mute') ticket.muted = true;
    }
    const body = await readBody(connection.request).catch(() => undefined);
    if (!body || delay === 0) return body;
    // What was sent arrives, even if the sender has left: a submit that was given up may still land.
    await sleep(delay, undefined, { signal: this.closing.signal });
    const died = this.faults.dead(ticket.target);
    return died ? void await this.die(ticket, died) : body;
  }

  private async die({ connection }: Ticket, fault: Fault): Promise<void> {
    if (fault.kind === 'blackhole') connection.silence();
    else connection.reset();
    await connection.over();
  }

  private async answer(ticket: Ticket, exchange: Exchange, place: Place, body: Body): Promise<void> {
    const { connection } = ticket;
    const intercepted = await this.intercept(exchange, place);
    if (intercepted) return this.deliver(ticket, exchange, { status: intercepted.status, headers: { ...intercepted.headers } }, Buffer.from(intercepted.body ?? ''));

    const submits = exchange.operation === 'SubmitMultiRegionAccessPointRoutes' ? aliasOf(exchange.path) : undefined;
    if (submits && !await this.accessPoints.submitting(submits)) {
      return this.refuse(ticket, exchange, 409, 'Conflict', 'A conflicting conditional operation is currently in progress against this resource.');
    }
    let submitted = false;
    try {
      const upstream = await this.forwarder.send(connection.request, body, place.route ? { 'X-Local-Aws-Serve': place.route.bucket } : {});
      exchange.principal = header(upstream, PRINCIPAL_HEADER) || undefined;
      const answer = { status: upstream.statusCode!, headers: endToEnd(upstream) };
      const streams = (exchange.method === 'GET' || exchange.method === 'HEAD') && !this.extensions.some((extension) => extension.wantsResponseBody?.(exchange));
      if (streams) return await this.stream(ticket, exchange, answer, upstream);
      const whole = await readAll(upstream);
      if (submits) {
        submitted = true;
        await this.accessPoints.submitted(submits, answer.status === 200);
        if (answer.status === 200 && await this.accessPoints.isSingle(submits)) return await this.refuse(ticket, exchange, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
      }
      return await this.deliver(ticket, exchange, answer, whole);
    } finally {
      if (submits && !submitted) await this.accessPoints.submitted(submits, false);
    }
  }

  private refuse(ticket: Ticket, exchange: Exchange, status: number, code: string, message: string): Promise<void> {
    const { headers, body } = errorAnswer(exchange.service, exchange.headers, status, code, message);
    return this.deliver(ticket, exchange, { status, headers: { ...headers } }, Buffer.from(body!));
  }

  private async intercept(exchange: Exchange, place: Place): Promise<Answer | undefined> {
    if (exchange.accessPoint && !place.route) {
      return errorAnswer('s3', exchange.headers, 404, 'NoSuchMultiRegionAccessPoint', 'The specified Multi-Region Access Point does not exist.');
    }
    for (const extension of this.extensions) {
      const answer = await extension.intercept?.(exchange);
      if (answer) return answer;
    }
    return undefined;
  }

  /** Sends an answer that is all there; what it acknowledges has been observed by then. */
  private async deliver(ticket: Ticket, exchange: Exchange, response: ExchangeResponse, body: Buffer): Promise<void> {
    const wanted = this.extensions.some((extension) => extension.wantsResponseBody?.(exchange));
    exchange.response = { ...response, ...(wanted ? { body } : {}) };
    await this.observed(exchange);
    const { connection } = ticket;
    if (this.isMute(ticket)) connection.silence();
    if (!connection.open) return connection.over();
    send(connection.response, exchange.method, { status: response.status, headers: response.headers, body: exchange.response.body ?? body });
    return connection.over();
  }

  /** Passes a read's answer on as it comes. */
  private async stream(ticket: Ticket, exchange: Exchange, response: ExchangeResponse, upstream: IncomingMessage): Promise<void> {
    const { connection } = ticket;
    exchange.response = response;
    await this.observed(exchange);
    if (this.isMute(ticket)) connection.silence();
    if (connection.open) connection.response.writeHead(response.status, response.headers);
    try {
      for await (const chunk of upstream) {
        if (!connection.open) break;
        if (!connection.response.write(chunk)) await Promise.race([new Promise((resolve) => connection.response.once('drain', resolve)), connection.over()]);
      }
    } catch {
      // The emulator broke off: so do we.
      connection.reset();
    }
    if (connection.open) connection.response.end();
    return connection.over();
  }

  private async observed(exchange: Exchange): Promise<void> {
    if (exchange.bucket && (exchange.operation === 'CreateBucket' || exchange.operation === 'DeleteBucket')) this.buckets.forget(exchange.bucket);
    for (const extension of this.extensions) await extension.amend?.(exchange);
    for (const extension of this.extensions) await extension.observed?.(exchange);
  }

  /** A fault takes hold of, or lets go of, what is under way: unanswered requests to a dead Region stay unanswered. */
  private faultsChanged(): void {
    for (const ticket of this.tickets) {
      const { connection } = ticket;
      const dead = this.faults.dead(ticket.target);
      if (dead?.kind === 'refused') connection.reset();
      else if (dead?.kind === 'blackhole') connection.silence();
      else if (connection.isSilent && !this.isMute(ticket)) connection.reset();
    }
    for (const extension of this.extensions) extension.faultsChanged?.();
  }

  /** Whether a request that met a `mute` fault is still without an answer. */
  private isMute({ muted, target }: Ticket): boolean {
    return muted && this.faults.met(target).some((fault) => fault.kind === 'mute');
  }

  private record(request: IncomingMessage, head: Head, place: Place, target: Target, connection: Connection, exchange: Exchange | undefined): void {
    const { response } = connection;
    this.accessLog.add({
      id: head.id,
      time: head.arrivedAt,
      ms: Date.now() - head.arrivedAt,
      principal: exchange?.principal ?? head.signature.accessKeyId,
      service: head.service,
      operation: exchange?.operation ?? operationOf(request, head, undefined),
      method: request.method!,
      region: place.region,
      bucket: place.bucket,
      key: head.address.key,
      accessPoint: head.address.accessPoint,
      callerRegion: target.callerRegion,
      status: response.headersSent ? response.statusCode : 0,
      outcome: connection.outcome ?? 'answered',
    });
  }
}

function serviceOf(path: string, signature: Signature, request: IncomingMessage): string {
  if (path.startsWith(CONTROL_PLANE_PREFIX)) return 's3-control';
  if (path.startsWith(EMULATOR_PREFIX)) return 'emulator';
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return signature.service ?? (isForm ? 'unknown' : 's3');
}

function operationOf(request: IncomingMessage, head: Head, body: Buffer | undefined): string {
  if (head.service === 's3-control') return controlOperation(request.method!, head.path);
  if (head.service === 's3') return s3Operation(request.method!, head.address, head.query, request.headers);
  return serviceOperation(request.method!, head.query, request.headers, body);
}

function describe(request: IncomingMessage, head: Head, place: Place, body: Body, account: string): Exchange {
  const whole = 'whole' in body ? body.whole : undefined;
  const { accessKeyId } = head.signature;
  return {
    id: head.id,
    arrivedAt: head.arrivedAt,
    method: request.method!,
    host: head.host,
    url: request.url!,
    path: head.path,
    query: head.query,
    headers: request.headers,
    account: accessKeyId && /^\d{12}$/.test(accessKeyId) ? accessKeyId : account,
    accessKeyId,
    service: head.service,
    operation: operationOf(request, head, whole),
    scopeRegion: head.signature.region,
    region: place.region,
    bucket: place.bucket,
    key: head.address.key,
    subresource: head.service === 's3' ? readSubresource(head.query) : undefined,
    accessPoint: head.address.accessPoint,
    body: whole,
  };
}

async function fail(connection: Connection, head: Head, fault: Extract<Fault, { kind: 'failing' }>): Promise<void> {
  connection.request.resume();
  send(connection.response, connection.request.method!, errorAnswer(head.service, connection.request.headers, fault.status, fault.code));
  await connection.over();
  connection.outcome ??= 'failed';
}

function send(response: ServerResponse, method: string, answer: Answer): void {
  const body = Buffer.from(answer.body ?? '');
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  const bodiless = method === 'HEAD' || answer.status === 204 || answer.status === 304;
  if (!bodiless) headers['content-length'] = body.length;
  response.writeHead(answer.status, headers).end(bodiless ? undefined : body);
}

function endToEnd(upstream: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...upstream.headers };
  for (const name of HOP_BY_HOP) delete headers[name];
  return headers;
}

function aliasOf(path: string): string | undefined {
  return /accesspoint\/([^/]+)\/routes$/.exec(decodeURIComponent(path))?.[1];
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
