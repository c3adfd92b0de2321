import { join } from 'node:path';
import { z } from 'zod';
import type { Answer, Exchange } from '../exchange';
import type { ExtensionContext, ExtensionFactory, GatewayExtension } from '../extension';
import { KNOWN_REGIONS } from '../geography';
import { EmulatorPort, PREFIX } from './emulator-port';
import { ReplicationEngine } from './engine';
import { MetricPublisher, type MetricSettings } from './metric-publisher';
import { lanesBetween, reportQueue, type Ends, type QueueReport } from './report';
import { defined, type SettingsChange } from './settings';

const DEFAULT_WAIT_MS = 10_000;
/** Above any lag that a test or rehearsal uses; a call to the control API may not hang for longer. */
const LONGEST_WAIT_MS = 10 * 60_000;

const ends = { source: z.string().optional(), destination: z.string().optional() };

const share = z.number().min(0).max(1);
const SETTINGS = {
  lagMs: z.number().int().min(0).optional(),
  paused: z.boolean().optional(),
  tail: z.strictObject({ share, ms: z.number().int().min(0).max(LONGEST_WAIT_MS), shape: z.number().positive().optional() }).nullable().optional(),
  fail: z.strictObject({ keys: z.string().optional(), rate: share.optional(), code: z.string().min(1).optional() }).nullable().optional(),
  seed: z.number().int().optional(),
};

const change = z
  .strictObject({ ...ends, ...SETTINGS })
  .refine((input) => Object.keys(SETTINGS).some((name) => input[name as keyof typeof SETTINGS] !== undefined), `needs one of ${Object.keys(SETTINGS).map((name) => `'${name}'`).join(', ')}`);

const metrics = z
  .strictObject({
    periodMs: z.number().int().min(1000).max(60_000).multipleOf(1000).optional(),
    delayMs: z.number().int().min(0).max(LONGEST_WAIT_MS).optional(),
    zeros: z.boolean().optional(),
  })
  .refine((input) => Object.values(input).some((value) => value !== undefined), "needs 'periodMs', 'delayMs' or 'zeros'");

const question = z.strictObject({ ...ends, listed: z.number().int().min(0).optional() });

const wait = z.strictObject({ ...ends, timeoutMs: z.number().int().min(0).max(LONGEST_WAIT_MS).optional() });

/**
 * S3 replication as S3 does it, in place of the emulator's own: every destination, later, in the background. What the
 * emulator must do itself is in local/emulator/replication_hook.py.
 *
 * Adds to the control API: `setReplication`, `setReplicationMetrics`, `replicationQueue` and `waitForReplication`.
 */
export const replication: ExtensionFactory = {
  name: 'replication',
  emulatorPatches: ['replication_hook.py', 'cloudwatch_hook.py'].map((file) => join(__dirname, '..', '..', 'emulator', file)),
  create: (context) => new Replication(context),
};

class Replication implements GatewayExtension {
  public readonly name = replication.name;
  private readonly engine: ReplicationEngine;
  private readonly publisher: MetricPublisher;

  public constructor(private readonly context: ExtensionContext) {
    const port = new EmulatorPort(context.emulator);
    this.engine = new ReplicationEngine({
      port,
      reachable: (region, bucket) => context.reachable(region, bucket),
      log: (line) => context.log(line),
      now: Date.now,
    });
    this.publisher = new MetricPublisher(this.engine, {
      emulator: context.emulator,
      setMinute: (seconds) => port.setMetricMinute(seconds),
      reachable: (region, bucket) => context.reachable(region, bucket),
      log: (line) => context.log(line),
    });
    context.control('setReplicationMetrics', metrics, (input: Partial<MetricSettings>) => this.publisher.set(defined(input)));
    context.control('setReplication', change, (input) => this.set(input));
    context.control('replicationQueue', question, (input) => this.queue(input));
    context.control('waitForReplication', wait, (input) => this.idle(input));
  }

  /** The engine's own way into the emulator is closed to clients: it would let them take acknowledged work away. */
  public async intercept({ path }: Exchange): Promise<Answer | undefined> {
    return path.startsWith(PREFIX) ? { status: 404 } : undefined;
  }

  /** The emulator has noted the write already; this only saves waiting for the next look. */
  public observed({ service, method }: Exchange): void {
    if (service === 's3' && method !== 'GET' && method !== 'HEAD') this.engine.poke();
  }

  public faultsChanged(): void {
    this.engine.poke();
  }

  public state(): unknown {
    return reportQueue(this.engine, Date.now(), {}, 0);
  }

  public close(): Promise<void> {
    this.publisher.close();
    return this.engine.close();
  }

  private async set(settings: SettingsChange): Promise<void> {
    await this.check(settings);
    this.engine.change(settings);
  }

  private async queue({ listed, ...about }: Ends & { readonly listed?: number }): Promise<QueueReport> {
    await this.check(about);
    await this.engine.catchUp();
    return reportQueue(this.engine, Date.now(), about, listed);
  }

  /** Resolves when nothing is pending between these ends, what was written before the call included. */
  private async idle({ timeoutMs = DEFAULT_WAIT_MS, ...about }: Ends & { readonly timeoutMs?: number }): Promise<QueueReport> {
    await this.check(about);
    const deadline = Date.now() + timeoutMs;
    await this.engine.catchUp();
    while (lanesBetween(this.engine, about).some((lane) => lane.size > 0)) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`replication is not idle after ${timeoutMs} ms: ${this.describePending(about)}`);
      await this.engine.nextSettled(left);
    }
    return reportQueue(this.engine, Date.now(), about, 0);
  }

  /** A name with a slip in it would cover nothing, and nobody would notice. */
  private async check({ source, destination }: Ends): Promise<void> {
    for (const [end, name] of Object.entries({ source, destination })) {
      if (name === undefined || KNOWN_REGIONS.includes(name) || await this.context.bucketRegion(name)) continue;
      throw new Error(`'${end}' must be a Region or a bucket, got '${name}'`);
    }
  }

  private describePending(about: Ends): string {
    return reportQueue(this.engine, Date.now(), about, 0)
      .directions.filter(({ counts }) => counts.pending > 0)
      .map(({ sourceBucket, destinationBucket, counts, heldBy, lagMs }) =>
        `${counts.pending} pending from ${sourceBucket} to ${destinationBucket} (${heldBy ?? `lag ${lagMs} ms`})`)
      .join('; ');
  }
}
