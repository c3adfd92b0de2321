import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './access-log';

/** The client's side of one request: what may still be sent to it, and how it ended. */
export class Connection {
  /** Set once; undefined while an answer may still be sent. */
  public outcome: Outcome | undefined;
  private silent = false;
  private readonly ended: Promise<void>;
  private end!: () => void;

  public constructor(public readonly request: IncomingMessage, public readonly response: ServerResponse) {
    this.ended = new Promise((resolve) => { this.end = resolve; });
    response.on('close', () => {
      if (!response.writableFinished) this.outcome ??= this.silent ? 'unanswered' : 'given up';
      this.end();
    });
  }

  public get open(): boolean {
    return this.outcome === undefined && !this.silent;
  }

  public get isSilent(): boolean {
    return this.silent;
  }

  /** Ends the connection with a reset. */
  public reset(): void {
    this.outcome ??= this.silent ? 'unanswered' : 'refused';
    const { socket } = this.request;
    // Node never closes a socket that is reset while it is being shut down, which it is once the client has left.
    if (socket.writableEnded) socket.destroy();
    else socket.resetAndDestroy();
  }

  /** From now on the client hears nothing more, until `reset` or until it leaves. */
  public silence(): void {
    this.silent = true;
    this.request.resume();
  }

  /** Until the connection is over. */
  public over(): Promise<void> {
    return this.ended;
  }
}
