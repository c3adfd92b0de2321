import { setTimeout as sleep } from 'node:timers/promises';
import { readBody, type Body } from './body';
import type { Connection } from './connection';
import type { ControlFault } from './fault';
import { errorAnswer } from './fault-answer';
import type { Faults, SetFault, Target } from './faults';
import { send } from './reply';
import type { Head } from './request';

/** One request while it is under way. */
export interface Ticket {
  readonly target: Target;
  readonly connection: Connection;
  /** Keeps its answer from the client as long as it is set. */
  silencedBy?: SetFault;
  /** Its answer is lost, whatever the faults. */
  dropsAnswer?: boolean;
  /** Makes it answer older routes. */
  stale?: SetFault;
  /** Has it land after its time, or land again. */
  lands?: Extract<ControlFault, { kind: 'late' | 'twice' }>;
}

type Of<Kind extends ControlFault['kind']> = Extract<ControlFault, { kind: Kind }>;

/** Leads requests through the faults that are set. */
export class Passage {
  public constructor(private readonly faults: Faults, private readonly closing: AbortSignal) {}

  /**
   * Gives a request's body when it may go on, undefined when it has ended. What is left to do is noted on its ticket.
   * `read`: its body, when that was read before.
   */
  public async lead(ticket: Ticket, head: Head, operation: string, read?: Body): Promise<Body | undefined> {
    let delay = 0;
    for (const set of this.faults.met(ticket.target)) {
      const { fault } = set;
      if (fault.kind === 'failing' && Math.random() >= fault.rate) continue;
      if (fault.kind === 'stale' && operation !== 'GetMultiRegionAccessPointRoutes') continue;
      if ((fault.kind === 'late' || fault.kind === 'twice') && operation !== 'SubmitMultiRegionAccessPointRoutes') continue;
      this.faults.spend(set);
      if (fault.kind === 'refused' || fault.kind === 'blackhole') return void await this.die(ticket, fault, set);
      if (fault.kind === 'failing') return void await fail(ticket.connection, head, fault);
      if (fault.kind === 'garbage') return void await babble(ticket.connection, fault);
      if (fault.kind === 'slow') delay += fault.ms;
      else this.note(ticket, set);
    }
    const body = read ?? await readBody(ticket.connection.request).catch(() => undefined);
    if (!body || delay === 0) return body;
    // What was sent arrives, even if the sender has left: a submit that was given up may still land.
    await sleep(delay, undefined, { signal: this.closing });
    const died = this.faults.dead(ticket.target);
    return died ? void await this.die(ticket, died) : body;
  }

  /** Ends the way of a request's answer: the client hears nothing, as long as the fault is there. */
  public async silence({ connection, silencedBy, dropsAnswer }: Ticket): Promise<void> {
    connection.silence();
    if (dropsAnswer) connection.reset();
    else if (silencedBy && 'cut' in silencedBy.fault && silencedBy.fault.cut) connection.reset();
    await connection.over();
  }

  /** Whether something keeps the answer from the client. A fault does no more once it is healed. */
  public isSilenced({ silencedBy, dropsAnswer }: Ticket): boolean {
    return dropsAnswer === true || (silencedBy !== undefined && this.faults.has(silencedBy));
  }

  private note(ticket: Ticket, set: SetFault): void {
    const { fault } = set;
    if (fault.kind === 'mute' || fault.kind === 'late') ticket.silencedBy = set;
    if (fault.kind === 'stale') ticket.stale = set;
    if (fault.kind === 'late' || fault.kind === 'twice') ticket.lands = fault;
  }

  private async die(ticket: Ticket, fault: ControlFault, set?: SetFault): Promise<void> {
    ticket.silencedBy = set;
    if (fault.kind === 'blackhole') ticket.connection.silence();
    else ticket.connection.reset();
    await ticket.connection.over();
  }
}

async function fail(connection: Connection, head: Head, fault: Of<'failing'>): Promise<void> {
  connection.request.resume();
  send(connection.response, connection.request.method!, errorAnswer(head.service, connection.request.headers, fault.status, fault.code));
  await connection.over();
  connection.outcome ??= 'failed';
}

async function babble(connection: Connection, { body }: Of<'garbage'>): Promise<void> {
  connection.request.resume();
  send(connection.response, connection.request.method!, { status: 200, headers: { 'content-type': 'text/html' }, body });
  await connection.over();
  connection.outcome ??= 'failed';
}
