import { join } from 'node:path';
import { z } from 'zod';
import type { Answer, Exchange } from './exchange';
import type { ExtensionContext, ExtensionFactory, GatewayExtension } from './extension';

/** No bucket's name can begin with an underscore. */
const MINUTES = '/_minutes';
const schedulesMs = z.number().min(1000).max(60_000).optional();
/** Alarms over an hour are to be seen in a test. */
const alarmsMs = z.number().min(100).max(60_000).optional();
const pointsMs = z.number().min(0).max(60_000).optional();

/**
 * What happens by itself, as in AWS: schedules that fire (local/emulator/schedules_hook.py), functions' logs and metrics that arrive
 * while they run (function_logs_hook.py), alarms that are judged (alarms_hook.py).
 *
 * Adds `setMinutes` to the control API: how long a minute lasts for schedules and for alarms, and for how long a data point stands in
 * those that have none of their own, for tests.
 */
export const clockwork: ExtensionFactory = {
  name: 'clockwork',
  emulatorPatches: ['schedules_hook.py', 'function_logs_hook.py', 'alarms_hook.py'].map((file) => join(__dirname, '..', 'emulator', file)),
  create: (context) => new Clockwork(context),
};

interface Minutes {
  readonly schedulesMs?: number;
  readonly alarmsMs?: number;
  readonly pointsMs?: number;
}

class Clockwork implements GatewayExtension {
  public readonly name = clockwork.name;
  private minutes: Required<Minutes> = { schedulesMs: 60_000, alarmsMs: 60_000, pointsMs: 0 };

  public constructor(private readonly context: ExtensionContext) {
    context.control('setMinutes', z.strictObject({ schedulesMs, alarmsMs, pointsMs }), (input) => this.set(input));
  }

  public async intercept({ path }: Exchange): Promise<Answer | undefined> {
    return path === MINUTES ? { status: 404 } : undefined;
  }

  public state(): unknown {
    return this.minutes;
  }

  private async set(changed: Minutes): Promise<void> {
    const minutes = { ...this.minutes, ...changed };
    const body = JSON.stringify({ schedules: minutes.schedulesMs / 1000, alarms: minutes.alarmsMs / 1000, points: minutes.pointsMs / 1000 });
    const { status } = await this.context.emulator.call({ method: 'POST', path: MINUTES, region: 'us-east-1', body });
    if (status !== 200) throw new Error(`the emulator answered ${status} to ${MINUTES}`);
    this.minutes = minutes;
  }
}
