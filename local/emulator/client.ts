import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { reachThrough } from '../clients/reach';

/** One call to the emulator. */
export interface EmulatorRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly region: string;
  /** @default 's3' */
  readonly service?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | Readable;
  /** Account to act as. @default - the local AWS's own */
  readonly account?: string;
}

export interface EmulatorAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * Calls the emulator directly, as the account's root: past the gateway, so no fault, extension or access log sees it.
 * The emulator takes an account id as a root key and does not check a root's signature, so none is made.
 */
export class EmulatorClient {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly clients = new Map<string, S3Client>();

  public constructor(public readonly port: number, public readonly account: string) {}

  /** The whole answer, whatever its status. */
  public async call(request: EmulatorRequest): Promise<EmulatorAnswer> {
    const answer = await this.open(request);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) };
  }

  /** The answer as a stream, for large objects; the caller must consume it. */
  public open(request: EmulatorRequest): Promise<IncomingMessage> {
    const account = request.account ?? this.account;
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${date.slice(0, 8)}/${request.region}/${request.service ?? 's3'}/aws4_request`;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port: this.port,
        agent: this.agent,
        method: request.method,
        path: request.path,
        headers: {
          host: 'localhost',
          'x-amz-date': date,
          'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
          'x-forwarded-proto': 'https',
          authorization: `AWS4-HMAC-SHA256 Credential=${account}/${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
          ...request.headers,
        },
      }, resolve);
      outgoing.on('error', reject);
      if (request.body === undefined || typeof request.body === 'string' || Buffer.isBuffer(request.body)) outgoing.end(request.body);
      else request.body.on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
    });
  }

  /** An SDK client for a Region's S3, path style, one per Region. */
  public s3(region: string): S3Client {
    const known = this.clients.get(region);
    if (known) return known;
    const config: S3ClientConfig = {
      region,
      endpoint: `http://localhost:${this.port}`,
      forcePathStyle: true,
      credentials: { accessKeyId: this.account, secretAccessKey: 'local' },
    };
    const client = new S3Client(config);
    reachThrough(client, this.port, { 'x-forwarded-proto': 'https' });
    this.clients.set(region, client);
    return client;
  }

  public close(): void {
    for (const client of this.clients.values()) client.destroy();
    this.agent.destroy();
  }
}
