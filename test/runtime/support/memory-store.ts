import type { LineLog, OutputFile, ReconcileStore } from '../../../runtime/core/operate/reconcile/store';

/** A folder in memory that can lose power: then only what was saved, and the lines that were made safe before, are left. */
export class MemoryStore implements ReconcileStore {
  saved: string | undefined;
  saves = 0;
  private readonly logs = new Map<string, MemoryLog>();

  async load(): Promise<string | undefined> {
    return this.saved;
  }

  async save(text: string): Promise<void> {
    this.saved = text;
    this.saves++;
  }

  async lines(name: string): Promise<LineLog> {
    const log = this.logs.get(name) ?? new MemoryLog();
    this.logs.set(name, log);
    return log;
  }

  async clear(): Promise<void> {
    this.saved = undefined;
    this.logs.clear();
  }

  get names(): readonly string[] {
    return [...this.logs.keys()];
  }

  text(name: string): readonly string[] {
    return this.logs.get(name)?.all ?? [];
  }

  /** What is there after the power came back; of what was not made safe, a part may have reached the disk. */
  afterPowerLoss(part: () => number): MemoryStore {
    const left = new MemoryStore();
    left.saved = this.saved;
    for (const [name, log] of this.logs) left.logs.set(name, log.afterPowerLoss(part()));
    return left;
  }
}

class MemoryLog implements LineLog {
  all: string[] = [];
  private safe = 0;

  async append(lines: readonly string[]): Promise<number> {
    for (const line of lines) if (line.includes('\n')) throw new Error('a line holds a line feed');
    this.all.push(...lines);
    return this.all.length;
  }

  async sync(): Promise<void> {
    this.safe = this.all.length;
  }

  async cutTo(position: number): Promise<void> {
    if (position > this.all.length) throw new Error(`cut to ${position} of ${this.all.length} lines`);
    this.all.length = position;
    this.safe = Math.min(this.safe, position);
  }

  async *read(from: number, most: number): AsyncGenerator<{ lines: readonly string[]; end: number }> {
    for (let at = from; at < this.all.length; at += most) {
      const lines = this.all.slice(at, at + most);
      yield { lines, end: at + lines.length };
    }
  }

  afterPowerLoss(part: number): MemoryLog {
    const left = new MemoryLog();
    left.safe = this.safe;
    left.all = this.all.slice(0, this.safe + Math.floor(part * (this.all.length - this.safe + 1)));
    return left;
  }
}

export class MemoryFile implements OutputFile {
  text = '';
  state: 'open' | 'committed' | 'discarded' = 'open';

  constructor(readonly name: string) {}

  async write(text: string): Promise<void> {
    this.text += text;
  }

  async commit(): Promise<void> {
    this.state = 'committed';
  }

  async discard(): Promise<void> {
    this.state = 'discarded';
  }
}
