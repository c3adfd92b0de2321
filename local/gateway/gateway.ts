import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmulatorClient } from '../emulator/client';
import { AccessLog } from './access-log';
import { AccessPoints } from './access-points';
import { BucketDirectory } from './buckets';
import { CONTROL_PREFIX, ControlApi } from './control-api';
import { addControlRoutes } from './control-routes';
import type { ExtensionFactory, GatewayExtension } from './extension';
import { errorAnswer } from './fault-answer';
import { Faults } from './faults';
import { Forwarder } from './forward';
import { Holds } from './holds';
import { Pipeline } from './pipeline';
import { PRINCIPAL_HEADER, send } from './reply';
import { Submits } from './submits';

/** What exists once the emulator is there. */
interface Opened {
  readonly pipeline: Pipeline;
  readonly extensions: readonly GatewayExtension[];
  readonly accessPoints: AccessPoints;
  readonly holds: Holds;
  readonly forwarder: Forwarder;
}

/** The one origin of the local AWS: a proxy in front of the emulator that adds what it lacks. */
export class Gateway {
  private readonly control = new ControlApi();
  private readonly closing = new AbortController();
  private opened: Opened | undefined;

  private constructor(private readonly server: Server, private readonly account: string, private readonly log: (line: string) => void) {}

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
    const faults = new Faults();
    const accessLog = new AccessLog();
    const buckets = new BucketDirectory(emulator);
    const accessPoints = new AccessPoints(emulator, faults);
    const forwarder = new Forwarder(emulator.port);
    const extensions = factories.map((factory) => factory.create({
      account: this.account,
      emulator,
      bucketRegion: (bucket) => buckets.region(bucket),
      reachable: (region, bucket) => faults.answers({ region, bucket }),
      deadRegions: () => faults.deadRegions(),
      control: (name, schema, handle) => this.control.add(name, schema, handle),
      log: this.log,
    }));
    const holds = new Holds();
    addControlRoutes(this.control, { faults, holds, accessPoints, accessLog, extensions });
    const submits = new Submits(accessPoints, forwarder, this.closing.signal);
    const pipeline = new Pipeline({
      account: this.account, faults, accessPoints, accessLog, buckets, forwarder, submits, holds, extensions, closing: this.closing.signal,
      principalOf: async ({ headers: { authorization }, url }) => {
        const answer = await emulator.call({ method: 'GET', path: `/_principal${/\?.*/s.exec(url!)?.[0] ?? ''}`, region: 'us-east-1', headers: { authorization: authorization ?? '' } });
        return String(answer.headers[PRINCIPAL_HEADER] ?? '') || undefined;
      },
    });
    faults.onChange(() => pipeline.faultsChanged());
    this.opened = { pipeline, extensions, accessPoints, holds, forwarder };
  }

  public async close(): Promise<void> {
    this.closing.abort();
    this.opened?.accessPoints.close();
    this.opened?.holds.releaseAll({ kind: 'dropBefore' });
    for (const extension of this.opened?.extensions ?? []) await extension.close?.();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.opened?.forwarder.close();
    await closed;
  }

  private async accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.opened) return void response.writeHead(503).end();
      if (request.url!.startsWith(CONTROL_PREFIX)) return await this.control.handle(request, response);
      return await this.opened.pipeline.serve(request, response);
    } catch (error) {
      // A client that left in the middle of its body is no failure of ours.
      if (this.closing.signal.aborted || response.destroyed) return;
      this.log(`gateway: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, request.method!, errorAnswer('s3', request.headers, 500));
    }
  }
}
