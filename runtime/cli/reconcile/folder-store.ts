import { mkdir, open, readdir, readFile, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { hostname } from 'node:os';
import type { LineLog, ReconcileStore } from '../../core/operate/reconcile/store';
import { Problem } from '../problem';

const CHECKPOINT = 'checkpoint.json';
const LOCK = 'lock';
/** Names of logs that this tool makes; nothing else in the folder is touched. */
const LOG = /^[a-z]+(-\d+)+$/;
/** Keys of objects stand in these files: for the person alone. */
const PRIVATE = { folder: 0o700, file: 0o600 } as const;

export interface FolderStore extends ReconcileStore {
  /** Ends open files, and lets others use the folder. */
  close(): Promise<void>;
}

/** Keeps a comparison in a folder, which one process has at a time. */
export async function folderStore(folder: string): Promise<FolderStore> {
  await mkdir(folder, { recursive: true, mode: PRIVATE.folder }).catch((error: unknown) => {
    throw unusable(folder, error);
  });
  const unlock = await lock(folder);
  const logs = new Map<string, FileLog>();
  const path = (name: string) => join(folder, name);
  const closeLogs = async () => {
    for (const log of logs.values()) await log.close();
    logs.clear();
  };

  return {
    async load() {
      return readFile(path(CHECKPOINT), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw unusable(folder, error);
      });
    },

    async save(text) {
      await replace(path(CHECKPOINT), text).catch(lost(path(CHECKPOINT)));
      await syncFolder(folder);
    },

    async lines(name) {
      if (!LOG.test(name)) throw new RangeError(`'${name}' is no name of a log`);
      const known = logs.get(name);
      if (known) return known;
      const log = await FileLog.open(path(name));
      logs.set(name, log);
      return log;
    },

    async clear() {
      await closeLogs();
      const ours = (await readdir(folder)).filter((name) => name === CHECKPOINT || LOG.test(name));
      for (const name of ours) await rm(path(name), { force: true });
    },

    async close() {
      await closeLogs();
      await unlock();
      // Whatever somebody else has put there stays, and the folder with it.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

const NEW_LINE = 0x0a;
const CHUNK = 256 * 1_024;

/** Positions are bytes. */
class FileLog implements LineLog {
  private constructor(private readonly path: string, private readonly file: FileHandle, private size: number) {}

  static async open(path: string): Promise<FileLog> {
    const file = await open(path, 'a+', PRIVATE.file);
    return new FileLog(path, file, (await file.stat()).size);
  }

  async append(lines: readonly string[]): Promise<number> {
    if (lines.length > 0) {
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      await this.file.appendFile(bytes).catch(lost(this.path));
      this.size += bytes.length;
    }
    return this.size;
  }

  sync(): Promise<void> {
    return this.file.datasync().catch(lost(this.path));
  }

  async cutTo(position: number): Promise<void> {
    if (position > this.size) throw new Problem('CheckpointDamaged', `what was found before is not all there: ${position} bytes of a list were counted on, and it has ${this.size}; begin anew, without '--resume'`);
    await this.file.truncate(position);
    this.size = position;
  }

  async *read(from: number, most: number): AsyncGenerator<{ lines: readonly string[]; end: number }> {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    let at = from;
    let end = from;
    let lines: string[] = [];
    for (;;) {
      const { bytesRead } = await this.file.read(chunk, 0, CHUNK, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let feed = rest.indexOf(NEW_LINE, start); feed >= 0; feed = rest.indexOf(NEW_LINE, start)) {
        lines.push(rest.toString('utf8', start, feed));
        end += feed + 1 - start;
        start = feed + 1;
        if (lines.length < most) continue;
        yield { lines, end };
        lines = [];
      }
      rest = rest.subarray(start);
    }
    if (lines.length > 0) yield { lines, end };
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Two runs in one folder would take each other's findings for their own. */
async function lock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK);
  for (let tried = 0; ; tried++) {
    try {
      const file = await open(path, 'wx', PRIVATE.file);
      await file.writeFile(`${process.pid} ${hostname()}\n`);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(folder, error);
    }
    const holder = await readFile(path, 'utf8').catch(() => '');
    const [pid, host] = holder.trim().split(' ');
    if (tried > 0 || host !== hostname() || lives(Number(pid))) {
      throw new Problem('StateInUse', `'${folder}' is in use by process ${pid || 'unknown'} on ${host || 'an unknown machine'}; wait for it, or choose another folder with '--state', or remove '${path}' if that process is gone`);
    }
    // Its process was killed.
    await rm(path, { force: true });
  }
}

function lives(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The old text or the new one, whatever happens in between. */
async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', PRIVATE.file);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** A full disk, most likely: what was saved before is still there. */
function lost(path: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Problem('StateUnwritable', `'${path}' cannot be written any more (${code ?? message}); make room`, { next: ['s3-failover reconcile --resume'], cause: error });
  };
}

function unusable(folder: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Problem('StateUnusable', `'--state' must name a folder that can be written, got '${folder}' (${code ?? message})`, { cause: error });
}
