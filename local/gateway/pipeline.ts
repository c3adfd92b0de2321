import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessLog, Outcome } from './access-log';
import type { AccessPoints } from './access-points';
import { readAll, readBody, type Body } from './body';
import type { BucketDirectory } from './buckets';
import { Connection } from './connection';
import type { Answer, Exchange, ExchangeResponse } from './exchange';
import type { GatewayExtension } from './extension';
import { errorAnswer } from './fault-answer';
import type { Faults, SetFault, Target } from './faults';
import type { Forwarder } from './forward';
import type { Holds, Release } from './holds';
import { onlyReads } from './operation';
import { Passage, type Ticket } from './passage';
import { endToEnd, PRINCIPAL_HEADER, send } from './reply';
import { aliasOf, describe, header, operationOf, readHead, type Head, type Place } from './request';
import { withDials } from './routes-document';
import type { Submits } from './submits';

export interface PipelineParts {
  readonly account: string;
  readonly faults: Faults;
  readonly accessPoints: AccessPoints;
  readonly accessLog: AccessLog;
  readonly buckets: BucketDirectory;
  readonly forwarder: Forwarder;
  readonly submits: Submits;
  readonly holds: Holds;
  /** ARN of who signed a request. */
  readonly principalOf: (request: IncomingMessage) => Promise<string | undefined>;
  readonly extensions: readonly GatewayExtension[];
  /** Aborted when the gateway closes. */
  readonly closing: AbortSignal;
}

/** How a request, or what is left of it, ended. */
interface Landed {
  readonly since: number;
  readonly status: number;
  readonly outcome: Outcome;
}

/** What holding, or thinking about it, has brought. */
interface Held {
  readonly body?: Body;
  readonly release?: Release;
}

/** The way of each request: where it is answered, faults, extensions, emulator, answer, access log. */
export class Pipeline {
  private readonly tickets = new Set<Ticket>();
  private readonly passage: Passage;
  private count = 0;

  public constructor(private readonly parts: PipelineParts) {
    this.passage = new Passage(parts.faults, parts.closing);
  }

  public async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = readHead(request, ++this.count);
    const connection = new Connection(request, response);
    const operation = operationOf(request, head, undefined);
    const held = this.parts.holds.areAny ? await this.hold(head, connection) : {};
    // Where it goes is settled after it was held: the world may have changed meanwhile.
    const place = await this.place(head);
    const target: Target = {
      region: place.region,
      bucket: place.bucket,
      control: head.service === 's3-control',
      callerRegion: header(request, 'x-local-aws-caller-region'),
      reads: onlyReads(head.service, request.method!, operation),
    };
    const ticket: Ticket = { target, connection, dropsAnswer: held.release?.kind === 'dropAfter' };
    this.tickets.add(ticket);
    let exchange: Exchange | undefined;
    try {
      const body = held.release?.kind === 'dropBefore' ? connection.reset() : await this.passage.lead(ticket, head, operation, held.body);
      if (body) {
        exchange = describe(request, head, place, body, this.parts.account);
        const record = (landed: Landed) => this.record(request, head, place, target, exchange, landed);
        await this.answer(ticket, exchange, place, body, record);
      }
    } finally {
      this.tickets.delete(ticket);
      this.record(request, head, place, target, exchange, { since: head.arrivedAt, status: response.headersSent ? response.statusCode : 0, outcome: connection.outcome ?? 'answered' });
    }
  }

  /** Keeps a request that somebody waits for until it is released. Its body is read by then, so that it goes on even if the client leaves. */
  private async hold(head: Head, { request }: Connection): Promise<Held> {
    const { holds, closing } = this.parts;
    // Of the query protocol the operation is in the body.
    const early = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? await readBody(request).catch(() => undefined) : undefined;
    const operation = operationOf(request, head, early && 'whole' in early ? early.whole : undefined);
    const { region, bucket } = await this.place(head);
    const principal = holds.askForCallers ? await this.parts.principalOf(request) : undefined;
    const released = holds.take({ id: head.id, service: head.service, operation, method: request.method!, region, bucket, key: head.address.key, accessKeyId: head.signature.accessKeyId, principal });
    if (!released) return { body: early };
    const body = early ?? await readBody(request).catch(() => undefined);
    const release = await released;
    if (release.kind === 'delay') await sleep(release.ms, undefined, { signal: closing });
    return { body, release };
  }

  private async place({ address, signature }: Head): Promise<Place> {
    if (address.accessPoint) {
      const route = await this.parts.accessPoints.serving(address.accessPoint);
      return { region: route?.region, bucket: route?.bucket, route };
    }
    const { bucket } = address;
    return { bucket, region: signature.region ?? (bucket === undefined ? undefined : await this.parts.buckets.region(bucket)) };
  }

  private async answer(ticket: Ticket, exchange: Exchange, place: Place, body: Body, record: (landed: Landed) => void): Promise<void> {
    const intercepted = await this.intercept(exchange, place);
    if (intercepted) return this.deliver(ticket, exchange, { status: intercepted.status, headers: { ...intercepted.headers } }, Buffer.from(intercepted.body ?? ''));

    const alias = aliasOf(exchange.path);
    if (alias && exchange.operation === 'SubmitMultiRegionAccessPointRoutes') return this.submit(ticket, exchange, alias, body, record);
    const added = this.parts.extensions.map((extension) => extension.forwarded?.(exchange));
    const upstream = await this.parts.forwarder.send(ticket.connection.request, body, Object.assign(place.route ? { 'X-Local-Aws-Serve': place.route.bucket } : {}, ...added));
    exchange.principal = principalOf(upstream);
    const answer = { status: upstream.statusCode!, headers: endToEnd(upstream) };
    if (alias && ticket.stale) return this.deliver(ticket, exchange, answer, await this.outdated(ticket.stale, alias, await readAll(upstream)));
    const streams = (exchange.method === 'GET' || exchange.method === 'HEAD') && !this.parts.extensions.some((extension) => extension.wantsResponseBody?.(exchange));
    return streams ? this.stream(ticket, exchange, answer, upstream) : this.deliver(ticket, exchange, answer, await readAll(upstream));
  }

  private async submit(ticket: Ticket, exchange: Exchange, alias: string, body: Body, record: (landed: Landed) => void): Promise<void> {
    const { lands, target, connection: { request } } = ticket;
    const { accessPoints, faults, submits } = this.parts;
    const land = (ms: number) => void submits.land(alias, request, body, ms, () => faults.dead(target) === undefined)
      .then((landed) => {
        if (!landed) return;
        exchange.principal = principalOf(landed.upstream);
        record({ since: Date.now(), status: landed.upstream.statusCode!, outcome: 'landed' });
      })
      // The gateway has closed.
      .catch(() => undefined);
    if (lands?.kind === 'late') {
      land(lands.ms);
      return this.passage.silence(ticket);
    }
    const answer = await submits.send(alias, request, body);
    if (!answer) return this.refuse(ticket, exchange, 409, 'Conflict', 'A conflicting conditional operation is currently in progress against this resource.');
    if (lands) land(lands.ms);
    const { upstream, whole } = answer;
    exchange.principal = principalOf(upstream);
    if (upstream.statusCode === 200 && await accessPoints.isSingle(alias)) return this.refuse(ticket, exchange, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    return this.deliver(ticket, exchange, { status: upstream.statusCode!, headers: endToEnd(upstream) }, whole);
  }

  /** What a stale endpoint makes of an answer: the same document, with the dials of then. */
  private async outdated({ fault, setAt }: SetFault, alias: string, whole: Buffer): Promise<Buffer> {
    const then = fault.kind === 'stale' && fault.ms !== undefined ? Date.now() - fault.ms : setAt;
    return Buffer.from(withDials(whole.toString(), await this.parts.accessPoints.routesAt(alias, then)));
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
    if (this.passage.isSilenced(ticket)) return this.passage.silence(ticket);
    if (!connection.open) return connection.over();
    send(connection.response, exchange.method, { status: response.status, headers: response.headers, body: exchange.response.body ?? body });
    return connection.over();
  }

  /** Passes a read's answer on as it comes. */
  private async stream(ticket: Ticket, exchange: Exchange, response: ExchangeResponse, upstream: IncomingMessage): Promise<void> {
    const { connection } = ticket;
    exchange.response = response;
    await this.observed(exchange);
    if (this.passage.isSilenced(ticket)) {
      upstream.resume();
      return this.passage.silence(ticket);
    }
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
      else if (connection.isSilent && !this.passage.isSilenced(ticket)) connection.reset();
    }
    for (const extension of this.parts.extensions) extension.faultsChanged?.();
  }

  private record(request: IncomingMessage, head: Head, place: Place, target: Target, exchange: Exchange | undefined, { since, status, outcome }: Landed): void {
    this.parts.accessLog.add({
      id: head.id,
      time: since,
      ms: Date.now() - since,
      principal: exchange?.principal ?? head.signature.accessKeyId,
      service: head.service,
      operation: exchange?.operation ?? operationOf(request, head, undefined),
      method: request.method!,
      region: place.region,
      bucket: place.bucket,
      key: head.address.key,
      accessPoint: head.address.accessPoint,
      callerRegion: target.callerRegion,
      status,
      outcome,
    });
  }
}

function principalOf(upstream: IncomingMessage): string | undefined {
  return header(upstream, PRINCIPAL_HEADER) || undefined;
}
