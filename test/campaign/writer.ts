import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LocalAws } from '../../local';

export interface Acknowledged {
  readonly key: string;
  readonly versionId: string;
  /** Milliseconds since the epoch, when the answer came. */
  readonly at: number;
  readonly startedAt: number;
}

/** A client of the access point that keeps a log of what was acknowledged. Each third write goes to one and the same key. */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  private readonly client: S3Client;
  private running?: Promise<void>;
  private stopping = false;
  private count = 0;

  constructor(aws: LocalAws, private readonly accessPoint: string, private readonly prefix: string) {
    this.client = aws.clients.dataPlane({ maxAttempts: 1 });
  }

  start(everyMs: number): void {
    this.running = (async () => {
      while (!this.stopping) {
        await this.write().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    })();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async write(): Promise<void> {
    const key = this.count % 3 === 0 ? `${this.prefix}/shared` : `${this.prefix}/${this.count}`;
    this.count++;
    const startedAt = Date.now();
    // A silent Region must not keep the writer from the next try.
    const { VersionId } = await this.client.send(new PutObjectCommand({ Bucket: this.accessPoint, Key: key, Body: key }), { abortSignal: AbortSignal.timeout(2_000) });
    this.acknowledged.push({ key, versionId: VersionId!, at: Date.now(), startedAt });
  }
}
