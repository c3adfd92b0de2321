import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessPoints } from './access-points';
import { readAll, type Body } from './body';
import type { Forwarder } from './forward';

/** Between two looks whether an access point is free for one that lands late. */
const BUSY_MS = 10;

export interface SubmitAnswer {
  readonly upstream: IncomingMessage;
  readonly whole: Buffer;
}

/** Submits of routes on their way to the emulator, one at a time for each access point, some later than they were sent. */
export class Submits {
  public constructor(private readonly accessPoints: AccessPoints, private readonly forwarder: Forwarder, private readonly closing: AbortSignal) {}

  /** Undefined when another is at work on the access point. */
  public async send(alias: string, request: IncomingMessage, body: Body): Promise<SubmitAnswer | undefined> {
    return await this.accessPoints.submitting(alias) ? this.carry(alias, request, body) : undefined;
  }

  /** Lands after a time, behind one that is at work by then, unless it finds nobody there; rejects when the gateway closes before. */
  public async land(alias: string, request: IncomingMessage, body: Body, ms: number, arrives: () => boolean): Promise<SubmitAnswer | undefined> {
    await sleep(ms, undefined, { signal: this.closing });
    if (!arrives()) return undefined;
    while (!await this.accessPoints.submitting(alias)) await sleep(BUSY_MS, undefined, { signal: this.closing });
    return this.carry(alias, request, body);
  }

  private async carry(alias: string, request: IncomingMessage, body: Body): Promise<SubmitAnswer> {
    let accepted = false;
    try {
      const upstream = await this.forwarder.send(request, body, {});
      const whole = await readAll(upstream);
      accepted = upstream.statusCode === 200;
      return { upstream, whole };
    } finally {
      await this.accessPoints.submitted(alias, accepted);
    }
  }
}
