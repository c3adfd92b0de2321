import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessLog } from './access-log';
import type { AccessPoints } from './access-points';
import { readAll, readBody, type Body } from './body';
import type { BucketDirectory } from './buckets';
import { Connection } from './connection';
import type { Answer, Exchange, ExchangeResponse } from './exchange';
import type { GatewayExtension } from './extension';
import type { Fault, Faults, Target } from './fault';
import { errorAnswer } from './fault-answer';
import type { Forwarder } from './forward';
import { endToEnd, PRINCIPAL_HEADER, send } from './reply';
import { aliasOf, describe, header, operationOf, readHead, type Head, type Place } from './request';

export interface PipelineParts {
  readonly account: string;
  readonly faults: Faults;
  readonly accessPoints: AccessPoints;
  readonly accessLog: AccessLog;
  readonly buckets: BucketDirectory;
  readonly forwarder: Forwarder;
  readonly extensions: readonly GatewayExtension[];
  /** Aborted when the gateway closes. */
  readonly closing: AbortSignal;
}

interface Ticket {
  readonly target: Target;
  readonly connection: Connection;
  /** Met a `mute` fault on its way in. */
  muted: boolean;
}

/** The way of each request: where it is answered, faults, extensions, emulator, answer, access log. */
export class Pipeline {
  private readonly tickets = new Set<Ticket>();
  private count = 0;

  public constructor(private readonly parts: PipelineParts) {}

  public async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = readHead(request, ++this.count);
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
        exchange = describe(request, head, place, body, this.parts.account);
        await this.answer(ticket, exchange, place, body);
      }
    } finally {
      this.tickets.delete(ticket);
      this.record(request, head, place, target, connection, exchange);
    }
  }

  private async place({ address, signature }: Head): Promise<Place> {
    if (address.accessPoint) {
      const route = await this.parts.accessPoints.serving(address.accessPoint);
      return { region: route?.region, bucket: route?.bucket, route };
    }
    const { bucket } = address;
    return { bucket, region: signature.region ?? (bucket === undefined ? undefined : await this.parts.buckets.region(bucket)) };
  }

  /** Leads a request through the faults; gives its body when it may go on, undefined when it has ended. */
  private async pass(ticket: Ticket, head: Head): Promise<Body | undefined> {
    const { connection } = ticket;
    let delay = 0;
    for (const fault of this.parts.faults.met(ticket.target)) {
      if (fault.kind === 'refused' || fault.kind === 'blackhole') return void await this.die(ticket, fault);
      if (fault.kind === 'failing' && Math.random() < fault.rate) return void await fail(connection, head, fault);
      if (fault.kind === 'slow') delay += fault.ms;
      if (fault.kind === 'mute') ticket.muted = true;
    }
    const body = await readBody(connection.request).catch(() => undefined);
    if (!body || delay === 0) return body;
    // What was sent arrives, even if the sender has left: a submit that was given up may still land.
    await sleep(delay, undefined, { signal: this.parts.closing });
    const died = this.parts.faults.dead(ticket.target);
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
    if (submits && !await this.parts.accessPoints.submitting(submits)) {
      return this.refuse(ticket, exchange, 409, 'Conflict', 'A conflicting conditional operation is currently in progress against this resource.');
    }
    let submitted = false;
    try {
      const upstream = await this.parts.forwarder.send(connection.request, body, place.route ? { 'X-Local-Aws-Serve': place.route.bucket } : {});
      exchange.principal = header(upstream, PRINCIPAL_HEADER) || undefined;
      const answer = { status: upstream.statusCode!, headers: endToEnd(upstream) };
      const streams = (exchange.method === 'GET' || exchange.method === 'HEAD') && !this.parts.extensions.some((extension) => extension.wantsResponseBody?.(exchange));
      if (streams) return await this.stream(ticket, exchange, answer, upstream);
      const whole = await readAll(upstream);
      if (submits) {
        submitted = true;
        await this.parts.accessPoints.submitted(submits, answer.status === 200);
        if (answer.status === 200 && await this.parts.accessPoints.isSingle(submits)) return await this.refuse(ticket, exchange, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
      }
      return await this.deliver(ticket, exchange, answer, whole);
    } finally {
      if (submits && !submitted) await this.parts.accessPoints.submitted(submits, false);
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
    for (const extension of this.parts.extensions) {
      const answer = await extension.intercept?.(exchange);
      if (answer) return answer;
    }
    return undefined;
  }

  /** Sends an answer that is all there; what it acknowledges has been observed by then. */
  private async deliver(ticket: Ticket, exchange: Exchange, response: ExchangeResponse, body: Buffer): Promise<void> {
    const wanted = this.parts.extensions.some((extension) => extension.wantsResponseBody?.(exchange));
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
    if (exchange.bucket && (exchange.operation === 'CreateBucket' || exchange.operation === 'DeleteBucket')) this.parts.buckets.forget(exchange.bucket);
    for (const extension of this.parts.extensions) await extension.amend?.(exchange);
    for (const extension of this.parts.extensions) await extension.observed?.(exchange);
  }

  /** A fault takes hold of, or lets go of, what is under way: unanswered requests to a dead Region stay unanswered. */
  public faultsChanged(): void {
    for (const ticket of this.tickets) {
      const { connection } = ticket;
      const dead = this.parts.faults.dead(ticket.target);
      if (dead?.kind === 'refused') connection.reset();
      else if (dead?.kind === 'blackhole') connection.silence();
      else if (connection.isSilent && !this.isMute(ticket)) connection.reset();
    }
    for (const extension of this.parts.extensions) extension.faultsChanged?.();
  }

  /** Whether a request that met a `mute` fault is still without an answer. */
  private isMute({ muted, target }: Ticket): boolean {
    return muted && this.parts.faults.met(target).some((fault) => fault.kind === 'mute');
  }

  private record(request: IncomingMessage, head: Head, place: Place, target: Target, connection: Connection, exchange: Exchange | undefined): void {
    const { response } = connection;
    this.parts.accessLog.add({
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

async function fail(connection: Connection, head: Head, fault: Extract<Fault, { kind: 'failing' }>): Promise<void> {
  connection.request.resume();
  send(connection.response, connection.request.method!, errorAnswer(head.service, connection.request.headers, fault.status, fault.code));
  await connection.over();
  connection.outcome ??= 'failed';
}
