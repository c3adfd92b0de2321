import { createHash } from 'crypto';

/** One attempt to write one object through the access point. */
export interface WriteAttempt {
  readonly id: number;
  readonly key: string;
  readonly md5: string;
  readonly sha256: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: 'acknowledged' | 'failed';
  readonly versionId?: string;
  /** Why the attempt failed, in a few words. */
  readonly error?: string;
}

/** One attempt to read, through the access point, an object whose write was acknowledged. */
export interface ReadAttempt {
  readonly key: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `missing`: the Region that answered does not have the object. */
  readonly outcome: 'found' | 'missing' | 'failed';
  readonly error?: string;
}

export interface WriteIntent {
  readonly id: number;
  readonly key: string;
  readonly body: Buffer;
  readonly md5: string;
  readonly sha256: string;
}

/**
 * Remembers each attempt. What it acknowledged is what S3 must still have at the end; it is told apart by key and
 * content, not by version id, so that the proof does not lean on replicas keeping their version ids.
 */
export class Ledger {
  public readonly writes: WriteAttempt[] = [];
  public readonly reads: ReadAttempt[] = [];
  private readonly ids = new Map<string, number>();
  private readonly bodies = new Map<string, Set<string>>();
  private nextId = 1;

  /** `onRecord` is given each attempt as it ends. */
  constructor(private readonly onRecord: (record: { readonly kind: 'write' | 'read' } & (WriteAttempt | ReadAttempt)) => void = () => {}) {}

  /** Makes the next object to write: each has content of its own. */
  public intend(key: (id: number) => string): WriteIntent {
    const id = this.nextId++;
    const body = bodyOf(id);
    const intent = { id, key: key(id), body, md5: hash('md5', body), sha256: hash('sha256', body) };
    this.ids.set(identity(intent.key, intent.md5), id);
    const known = this.bodies.get(intent.key) ?? new Set();
    this.bodies.set(intent.key, known.add(intent.sha256));
    return intent;
  }

  public wrote(attempt: WriteAttempt): void {
    this.writes.push(attempt);
    this.onRecord({ kind: 'write', ...attempt });
  }

  public read(attempt: ReadAttempt): void {
    this.reads.push(attempt);
    this.onRecord({ kind: 'read', ...attempt });
  }

  public get acknowledged(): WriteAttempt[] {
    return this.writes.filter((write) => write.outcome === 'acknowledged');
  }

  /** The write that stored this content under this key, whether or not it was acknowledged. */
  public idOf(key: string, etag: string): number | undefined {
    return this.ids.get(identity(key, etag));
  }

  /** True if some write of ours put exactly these bytes under this key. */
  public isOurs(key: string, body: Buffer): boolean {
    return this.bodies.get(key)?.has(hash('sha256', body)) ?? false;
  }
}

export function hash(algorithm: 'md5' | 'sha256', body: Buffer): string {
  return createHash(algorithm).update(body).digest('hex');
}

function identity(key: string, etag: string): string {
  return `${key}\n${etag.replace(/"/g, '')}`;
}

/** Between about 200 bytes and 2 KiB, different for every id and the same in every run. */
function bodyOf(id: number): Buffer {
  const lines = [`object ${id} of the rehearsal`];
  for (let line = 0; line < 2 + (id % 25); line++) lines.push(hash('sha256', Buffer.from(`${id}/${line}`)));
  return Buffer.from(lines.join('\n'));
}
