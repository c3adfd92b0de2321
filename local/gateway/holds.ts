import { z } from 'zod';
import { fits } from './glob';

const pattern = z.string().min(1).optional();

/** Which request is held. Each text is a pattern, `*` for anything. */
export const HoldFilter = z.strictObject({
  service: pattern,
  operation: pattern,
  region: pattern,
  bucket: pattern,
  /** Access key, or ARN of the principal. */
  caller: pattern,
  /** The how-manieth of those that fit, counted from the hold's making. */
  nth: z.number().int().min(1).default(1),
});
export type HoldFilter = z.input<typeof HoldFilter>;

/** What becomes of a held request. */
export const Release = z.discriminatedUnion('kind', [
  /** It goes on, and meets the faults that are set by then. */
  z.strictObject({ kind: z.literal('continue') }),
  /** It goes on after a time. */
  z.strictObject({ kind: z.literal('delay'), ms: z.number().min(0).max(600_000) }),
  /** Its connection is reset, and nothing was done. */
  z.strictObject({ kind: z.literal('dropBefore') }),
  /** It is done, and then its connection is reset: the answer is lost. */
  z.strictObject({ kind: z.literal('dropAfter') }),
]);
export type Release = z.output<typeof Release>;

/** A request as those who decide about it see it. */
export interface HeldRequest {
  /** The same as in the access log. */
  readonly id: number;
  readonly service: string;
  readonly operation: string;
  readonly method: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly accessKeyId?: string;
  /** ARN of the caller; known when the hold asks for callers. */
  readonly principal?: string;
}

class Hold {
  public seen = 0;
  public request?: HeldRequest;
  public readonly held: Promise<HeldRequest>;
  public readonly released: Promise<Release>;
  public release!: (release: Release) => void;
  private hold!: (request: HeldRequest) => void;

  public constructor(public readonly id: number, public readonly filter: z.output<typeof HoldFilter>) {
    this.held = new Promise((resolve) => { this.hold = resolve; });
    this.released = new Promise((resolve) => { this.release = resolve; });
  }

  /** Takes the request if it is the one. */
  public takes(request: HeldRequest): boolean {
    const { nth, caller, ...rest } = this.filter;
    const others = Object.entries(rest).every(([name, wanted]) => wanted === undefined || fits(wanted, String(request[name as keyof typeof rest] ?? '')));
    const callers = [request.accessKeyId, request.principal].filter((name) => name !== undefined);
    if (!others || (caller !== undefined && !callers.some((name) => fits(caller, name)))) return false;
    this.seen += 1;
    if (this.seen !== nth) return false;
    this.request = request;
    this.hold(request);
    return true;
  }
}

/** Requests that are stopped on their way in, until somebody has decided what becomes of them. */
export class Holds {
  private readonly holds = new Map<number, Hold>();
  private count = 0;

  public add(filter: z.output<typeof HoldFilter>): number {
    const id = ++this.count;
    this.holds.set(id, new Hold(id, filter));
    return id;
  }

  public get areAny(): boolean {
    return this.holds.size > 0;
  }

  /** Whether a hold asks who the caller is. */
  public get askForCallers(): boolean {
    return [...this.holds.values()].some(({ filter }) => filter.caller !== undefined);
  }

  /** What was decided about a request that a hold took; undefined for one that no hold took. */
  public take(request: HeldRequest): Promise<Release> | undefined {
    return [...this.holds.values()].find((hold) => hold.request === undefined && hold.takes(request))?.released;
  }

  /** The request that a hold has taken, once it has. */
  public async held(id: number, timeoutMs: number): Promise<HeldRequest> {
    const hold = this.get(id);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`hold ${id} has taken no request after ${timeoutMs} ms; ${hold.seen} of ${hold.filter.nth} that fit came by`)), timeoutMs);
    });
    return Promise.race([hold.held, late]).finally(() => clearTimeout(timer));
  }

  /** Ends a hold, whether or not it has taken a request; says if it had. */
  public release(id: number, release: Release): boolean {
    const hold = this.get(id);
    this.holds.delete(id);
    hold.release(release);
    return hold.request !== undefined;
  }

  public releaseAll(release: Release): void {
    for (const id of this.holds.keys()) this.release(id, release);
  }

  public state(): { id: number; filter: z.output<typeof HoldFilter>; seen: number; held?: HeldRequest }[] {
    return [...this.holds.values()].map(({ id, filter, seen, request }) => ({ id, filter, seen, held: request }));
  }

  private get(id: number): Hold {
    const hold = this.holds.get(id);
    if (!hold) throw new Error(`there is no hold ${id}; it was released, or all were healed`);
    return hold;
  }
}
