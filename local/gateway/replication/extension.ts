import { join } from 'node:path';
import { z } from 'zod';
import type { Exchange } from '../exchange';
import type { ExtensionContext, ExtensionFactory, GatewayExtension } from '../extension';
import { EmulatorPort } from './emulator-port';
import { ReplicationEngine } from './engine';
import { lanesOf, reportQueue, type Direction, type QueueReport } from './report';

const DEFAULT_WAIT_MS = 10_000;
/** Above any lag that a test or rehearsal can use; a call to the control API may not hang for longer. */
const LONGEST_WAIT_MS = 10 * 60_000;

const direction = { source: z.string().optional(), destination: z.string().optional() };

const change = z
  .strictObject({ ...direction, lagMs: z.number().int().min(0).optional(), paused: z.boolean().optional() })
  .refine(({ lagMs, paused }) => lagMs !== undefined || paused !== undefined, "give 'lagMs', 'paused' or both");

const question = z.strictObject({ ...direction, listed: z.number().int().min(0).optional() });

const wait = z.strictObject({ ...direction, timeoutMs: z.number().int().min(0).max(LONGEST_WAIT_MS).optional() });

/**
 * S3 replication as S3 does it, in place of the emulator's own: every destination, later, in the background. What the
 * emulator must do itself is in local/emulator/replication_hook.py.
 *
 * Adds to the control API: `setReplication`, `replicationQueue` and `waitForReplication`.
 */
export const replication: ExtensionFactory = {
  name: 'replication',
  emulatorPatches: [join(__dirname, '..', '..', 'emulator', 'replication_hook.py')],
  create: (context) => new Replication(context),
};

class Replication implements GatewayExtension {
  public readonly name = replication.name;
  private readonly engine: ReplicationEngine;

  public constructor(context: ExtensionContext) {
    this.engine = new ReplicationEngine({
      port: new EmulatorPort(context.emulator),
      reachable: (region, bucket) => context.reachable(region, bucket),
      log: (line) => context.log(line),
      now: Date.now,
    });
    context.control('setReplication', change, (input) => this.engine.change(input));
    context.control('replicationQueue', question, (input) => this.queue(input));
    context.control('waitForReplication', wait, (input) => this.idle(input));
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
    return this.engine.close();
  }

  private async queue({ listed, ...about }: Direction & { readonly listed?: number }): Promise<QueueReport> {
    await this.engine.catchUp();
    return reportQueue(this.engine, Date.now(), about, listed);
  }

  /** Resolves when everything written before the call, in these directions, is settled. */
  private async idle({ timeoutMs = DEFAULT_WAIT_MS, ...about }: Direction & { readonly timeoutMs?: number }): Promise<QueueReport> {
    const deadline = Date.now() + timeoutMs;
    await this.engine.catchUp();
    while (lanesOf(this.engine, about).some((lane) => lane.size > 0)) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`replication is not idle after ${timeoutMs} ms: ${this.describePending(about)}`);
      await this.engine.nextSettled(left);
    }
    return reportQueue(this.engine, Date.now(), about, 0);
  }

  private describePending(about: Direction): string {
    return reportQueue(this.engine, Date.now(), about, 0)
      .directions.filter(({ counts }) => counts.pending > 0)
      .map(({ source, destination, counts, heldBy, lagMs }) =>
        `${counts.pending} pending from ${source} to ${destination} (${heldBy.join(', ') || `lag ${lagMs} ms`})`)
      .join('; ');
  }
}
