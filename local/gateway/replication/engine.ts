import { setTimeout as sleep } from 'node:timers/promises';
import type { EmulatorPort } from './emulator-port';
import { fateOf, isLeftToChance } from './fate';
import { Lane, type Turn } from './lane';
import { ReplicationSettings, type SettingsChange } from './settings';
import type { Attempt, Outcome, Task } from './task';

/** Copies per call to the emulator: it serves nobody else meanwhile, and 100 take it some tens of milliseconds. */
const BATCH = 100;

/** Catches writes that reached the emulator past the gateway, and Regions that came back unannounced. */
const SAFETY_TICK_MS = 1000;
const RETRY_MS = 100;
/** For calls under way to end; an emulator that hangs must not keep the local AWS from stopping. */
const CLOSE_MS = 2000;

export interface EngineSurroundings {
  readonly port: EmulatorPort;
  /** Whether requests to the bucket in its Region would get an answer now. */
  reachable(region: string, bucket: string): boolean;
  log(line: string): void;
  now(): number;
}

/**
 * Carries what rules ask for to where it belongs: after its lag, never while the direction is paused or one of its ends is
 * out of reach. A failure for good is kept and not retried.
 */
export class ReplicationEngine {
  public readonly settings = new ReplicationSettings();
  private readonly lanes = new Map<string, Lane>();
  private readonly settled = new Set<() => void>();
  private readonly listeners: ((task: Task, outcome: Outcome, now: number) => void)[] = [];
  private intake?: Promise<void>;
  private intakeAgain = false;
  private carrying?: Promise<void>;
  private carryAgain = false;
  private timer?: NodeJS.Timeout;
  private complaint?: string;
  private closed = false;

  public constructor(private readonly around: EngineSurroundings) {
    this.sleep(SAFETY_TICK_MS);
  }

  public change(change: SettingsChange): void {
    this.settings.set(change);
    for (const lane of this.lanes.values()) lane.redraw();
    this.carry();
  }

  /** Something that may have been written, or a fault that may have gone: look now. */
  public poke(): void {
    void this.catchUp().catch((error: Error) => this.complain(error));
  }

  /** Resolves when every write acknowledged before the call is in a lane. */
  public catchUp(): Promise<void> {
    if (this.intake) {
      this.intakeAgain = true;
      return this.intake;
    }
    this.intake = this.takeAll();
    return this.intake;
  }

  public allLanes(): Lane[] {
    return [...this.lanes.values()];
  }

  /** Why a lane's work waits for more than its lag, if it does. */
  public heldBy(lane: Lane): string | undefined {
    if (this.settings.of(lane).paused) return 'paused';
    for (const { region, bucket } of [lane.source, lane.destination]) {
      if (region !== null && !this.around.reachable(region, bucket)) return `${bucket} in ${region} is out of reach`;
    }
    return undefined;
  }

  /** Tells of each attempt's outcome. */
  public onSettled(listener: (task: Task, outcome: Outcome, now: number) => void): void {
    this.listeners.push(listener);
  }

  /** Resolves after the next outcomes, or after the time given. */
  public async nextSettled(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.settled.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.settled.add(done);
    });
  }

  public async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    for (const done of this.settled) done();
    await Promise.race([Promise.allSettled([this.intake, this.carrying]), sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  private async takeAll(): Promise<void> {
    try {
      do {
        this.intakeAgain = false;
        await this.around.port.takeJournal((task) => this.laneOf(task).add(task));
      } while (this.intakeAgain && !this.closed);
    } finally {
      this.intake = undefined;
      this.carry();
    }
  }

  private laneOf({ source, destination }: Task): Lane {
    const name = JSON.stringify([source, destination]);
    const ends = { source, destination };
    const lane = this.lanes.get(name) ?? new Lane(
      source,
      destination,
      (task, ordinal) => fateOf(this.settings.of(ends), task, ordinal),
      () => isLeftToChance(this.settings.of(ends)),
    );
    this.lanes.set(name, lane);
    return lane;
  }

  private carry(): void {
    if (this.closed) return;
    if (this.carrying) {
      this.carryAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.carryAgain = false;
    this.carrying = this.carryReady()
      .catch((error: Error) => {
        this.complain(error);
        return RETRY_MS;
      })
      .then((pauseMs) => {
        this.carrying = undefined;
        this.sleep(this.carryAgain ? 0 : pauseMs);
      });
  }

  /** Works until nothing is ready; answers how long to sleep. */
  private async carryReady(): Promise<number> {
    for (;;) {
      const batch = this.nextBatch();
      if (batch.length === 0 || this.closed) return this.untilNext();
      const outcomes = await this.copy(batch);
      this.complaint = undefined;
      batch.forEach(({ lane, task }, index) => this.settle(lane, task, outcomes[index]));
      for (const done of this.settled) done();
    }
  }

  private async copy(batch: readonly (Turn & { readonly lane: Lane })[]): Promise<Outcome[]> {
    try {
      return await this.around.port.copy(batch.map(({ task, final, fails }): Attempt => ({ ...task, final, fails })));
    } catch (error) {
      for (const { lane, task } of batch) lane.putBack(task);
      throw error;
    }
  }

  private settle(lane: Lane, task: Task, outcome: Outcome): void {
    const now = this.around.now();
    lane.settle(task, outcome, now);
    for (const tell of this.listeners) tell(task, outcome, now);
  }

  /** Takes from every lane in turn, so that a long backlog in one direction does not stand before the others. */
  private nextBatch(): (Turn & { readonly lane: Lane })[] {
    const now = this.around.now();
    const open = this.allLanes().filter((lane) => lane.size > 0 && this.heldBy(lane) === undefined);
    const share = Math.max(1, Math.floor(BATCH / Math.max(1, open.length)));
    return open.flatMap((lane) => lane.take(now, share).map((turn) => ({ ...turn, lane })));
  }

  private untilNext(): number {
    const now = this.around.now();
    const next = this.allLanes()
      .filter((lane) => lane.size > 0 && !this.settings.of(lane).paused)
      .map((lane) => lane.nextAt())
      // What is ready and was not taken is out of reach; the next request may be one that does not fail.
      .map((at) => (at > now ? at - now : RETRY_MS));
    return Math.min(SAFETY_TICK_MS, ...next);
  }

  /** Says the same only once in a row: an emulator that is away is asked many times. */
  private complain({ message }: Error): void {
    if (message !== this.complaint && !this.closed) this.around.log(`replication: ${message}`);
    this.complaint = message;
  }

  private sleep(ms: number): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.poke(), ms).unref();
  }
}
