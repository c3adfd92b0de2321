import type { Clock, Instant } from '../../ports';
import { CHECKPOINT_VERSION, type Checkpoint, type Job, type PairProgress } from './job';
import type { LineLog, ReconcileStore } from './store';

/** What a kill may cost: work of this long is done again. */
export const SAVE_EVERY_MS = 5_000;

/** Saves how far a comparison is, now and then. One save at a time; the lines that it counts on are safe before it is written. */
export class Saver {
  private readonly logs = new Map<string, LineLog>();
  private readonly dirty = new Set<LineLog>();
  private saving: Promise<void> = Promise.resolve();
  private last: Instant;

  constructor(
    private readonly store: ReconcileStore,
    private readonly clock: Clock,
    private readonly job: Job,
    readonly pairs: PairProgress[],
  ) {
    this.last = clock.now();
  }

  async log(name: string): Promise<LineLog> {
    const known = this.logs.get(name);
    if (known) return known;
    const log = await this.store.lines(name);
    this.logs.set(name, log);
    return log;
  }

  async append(log: LineLog, lines: readonly string[]): Promise<number> {
    const end = await log.append(lines);
    this.dirty.add(log);
    return end;
  }

  /** Saves if it is time. */
  async soon(): Promise<void> {
    if (this.clock.now() - this.last >= SAVE_EVERY_MS) await this.now();
  }

  now(): Promise<void> {
    this.last = this.clock.now();
    this.saving = this.saving.then(() => this.write());
    return this.saving;
  }

  private async write(): Promise<void> {
    // As it is now: what comes while the lines are made safe belongs to the next save.
    const checkpoint: Checkpoint = { schema: 'cdk-s3-failover/reconcile-checkpoint', version: CHECKPOINT_VERSION, job: this.job, pairs: this.pairs };
    const text = JSON.stringify(checkpoint);
    const logs = [...this.dirty];
    this.dirty.clear();
    for (const log of logs) await log.sync();
    await this.store.save(text);
  }
}
