import { decide, type Decision } from '../../../runtime/core/controller/decide';
import { ObserverMemory } from '../../../runtime/core/controller/observer-memory';
import { freshForMs, majorityOf, type Policy } from '../../../runtime/core/controller/policy';
import type { ProbeResult, Stored } from '../../../runtime/core/controller/ports';
import { claimed } from '../../../runtime/core/controller/register-moves';
import { formatReport, reportKey, type Report } from '../../../runtime/core/controller/report';
import type { RegisterSight } from '../../../runtime/core/controller/view';
import { RUN_MS } from '../world/schedules';
import { hits, type Found, type NoisyDay } from './noise';
import { runsOf } from './runs';

/** One decision of one run of a voter: at which of its looks, and what. */
export interface Decided {
  readonly observer: string;
  /** When its run started. */
  readonly run: number;
  /** When the look began that it was made from. */
  readonly tick: number;
  readonly decision: Decision;
}

export interface Window {
  readonly at: number;
  readonly until: number;
}

/** What one call to the table takes in the plain world: one way inside a Region or between two, and the table's own time. */
const ONE_WAY_MS = { own: 1, other: 15 };
const WRITE_MS = 60;
const READ_MS = 25;
/** Runs of two minutes before a window are about when it begins: then all is as if the day had been lived from its beginning. */
const WARM_MS = 5 * 60_000;

/**
 * A day of the controller without its promises: the shipped memories and the shipped `decide`, told what each observer finds at each of its
 * looks and what the table holds at each moment. Only stretches in which two voters fail often enough are lived at all: in the others
 * nobody can decide to move. `skim.test.ts` holds it against the whole loop, decision by decision.
 */
export class SkimmedDay {
  private readonly starts = new Map<string, readonly number[]>();
  readonly windows: readonly Window[];

  constructor(
    readonly day: NoisyDay,
    private readonly policy: Policy,
    /** Lives the whole day, for comparison. */
    everything = false,
  ) {
    this.windows = everything ? [{ at: 0, until: day.lengthMs }] : this.suspicious();
  }

  /** Decisions within the windows, in the order of their looks; a decision to move is the last. */
  decisions(): Decided[] {
    const all: Decided[] = [];
    for (const window of this.windows) {
      const made = new Stretch(this.day, this.policy, (observer) => this.startsOf(observer), window).live();
      all.push(...made);
      if (made.some(({ decision }) => decision.action === 'fail over')) break;
    }
    return all;
  }

  /** Stretches in which a majority of voters each saw failures of the active Region for nearly as long as a decision needs. */
  private suspicious(): Window[] {
    const { policy, day } = this;
    const { intervalMs, probeTimeoutMs, unhealthyForMs, quorum } = policy;
    // Between two failures that one voter takes for one outage lie no more looks than it remembers, or a change of runs.
    const apart = Math.max(quorum.n + 1, 5) * intervalMs + 2 * probeTimeoutMs;
    const slack = freshForMs(policy) + 2 * intervalMs;
    const spans = policy.voters.map((voter) => spansOf(this.failuresOf(`voter/${voter}`), apart).filter(({ at, until }) => until - at >= unhealthyForMs - probeTimeoutMs - 1));
    const all = spans.flat().sort((a, b) => a.at - b.at);
    const windows: { at: number; until: number }[] = [];
    for (const { at, until } of all) {
      const agreeing = spans.filter((of) => of.some((one) => one.at - slack <= until && one.until + slack >= at)).length;
      if (agreeing < majorityOf(policy)) continue;
      const wide = { at: Math.max(0, at - 2 * slack), until: Math.min(day.lengthMs, until + 2 * slack) };
      const last = windows.at(-1);
      if (last && last.until + WARM_MS >= wide.at) last.until = Math.max(last.until, wide.until);
      else windows.push(wide);
    }
    return windows;
  }

  private startsOf(observer: string): readonly number[] {
    let starts = this.starts.get(observer);
    if (!starts) this.starts.set(observer, (starts = runsOf(this.day, observer)));
    return starts;
  }

  /** Moments at which looks of one voter at the active Region fail, of all its runs. */
  private failuresOf(voter: string): number[] {
    const { day, policy } = this;
    const [active] = policy.order;
    const stretches = [
      ...day.blipsOf(voter, active).map((at) => ({ at, until: at + policy.intervalMs + 1 })),
      ...day.spells.filter((spell) => spell.kind !== 'throttling' && hits(spell, voter, active)),
    ];
    const failed = new Set<number>();
    const starts = this.startsOf(voter);
    for (const { at, until } of stretches)
      for (let i = firstFrom(starts, at - RUN_MS); i < starts.length && starts[i] <= until; i++) {
        const start = starts[i];
        const first = start + Math.max(0, Math.ceil((at - start) / policy.intervalMs)) * policy.intervalMs;
        for (let tick = first; tick <= until && tick < start + RUN_MS; tick += policy.intervalMs) if (fails(day.probe(voter, active, tick), policy)) failed.add(tick);
      }
    return [...failed].sort((a, b) => a - b);
  }
}

/** Index of the first of rising moments that is not before one. */
function firstFrom(moments: readonly number[], at: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fails(found: Found, { probeTimeoutMs, actOnSlow }: Policy): boolean {
  return found.kind === 'down' || found.kind === 'silence' || found.ms >= probeTimeoutMs || (actOnSlow && found.kind === 'ok' && found.ms > probeTimeoutMs / 2);
}

function spansOf(moments: readonly number[], apart: number): Window[] {
  const spans: { at: number; until: number }[] = [];
  for (const at of moments) {
    const last = spans.at(-1);
    if (last && at - last.until <= apart) last.until = at;
    else spans.push({ at, until: at });
  }
  return spans;
}

type Event = { readonly at: number; readonly order: number; readonly run: () => void };

/** The observers' runs within one window, with a table between them. */
class Stretch {
  private readonly items = new Map<string, Stored>();
  private readonly events: Event[] = [];
  private readonly made: Decided[] = [];
  private order = 0;
  private readonly register: RegisterSight;

  constructor(
    private readonly day: NoisyDay,
    private readonly policy: Policy,
    private readonly startsOf: (observer: string) => readonly number[],
    private readonly window: Window,
  ) {
    const state = claimed(undefined, { id: 'first', kind: 'adopted', by: 'the deployment', why: 'it begins', active: [policy.order[0]], coolDownMs: 0 });
    this.register = { kind: 'read', state, revision: 1, coolDownLeftMs: 0, actAgeMs: 0, seenForMs: 0 };
  }

  live(): Decided[] {
    const { at, until } = this.window;
    for (const observer of this.day.observers) for (const start of this.startsOf(observer)) if (start >= at - WARM_MS && start < until) this.plan(start, () => this.begin(observer, start));
    let moved = Infinity;
    // What began in time is brought to its end.
    const { intervalMs } = this.policy;
    for (let next = this.take(); next && next.at <= Math.min(until, moved) + 2 * intervalMs; next = this.take()) {
      next.run();
      const last = this.made.at(-1);
      if (last?.decision.action === 'fail over') moved = Math.min(moved, last.tick);
    }
    return this.made.filter(({ tick }) => tick >= at && tick < until && tick <= moved).sort((a, b) => a.tick - b.tick);
  }

  private begin(observer: string, run: number): void {
    const [role, region] = observer.split('/') as ['voter' | 'self', string];
    const memory = new ObserverMemory(this.policy, { role, region }, 'now');
    const way = this.policy.voters.includes(region) ? ONE_WAY_MS.own : ONE_WAY_MS.other;
    this.tick({ observer, role, region, run, memory, way }, run);
  }

  private tick(one: Running, tick: number): void {
    const { memory, observer, way } = one;
    const { probeTimeoutMs } = this.policy;
    let took = 0;
    const results = new Map<string, ProbeResult>();
    for (const region of this.day.seenBy(observer)) {
      const found = this.day.probe(observer, region, tick);
      const late = found.kind === 'silence' || found.ms >= probeTimeoutMs;
      took = Math.max(took, late ? probeTimeoutMs : found.ms);
      results.set(region, resultOf(late ? { kind: 'silence' } : found, this.policy));
    }
    memory.note(results, tick);
    const next = memory.next(results, tick + took);
    if (next.kind === 'superseded') return;
    if (next.kind === 'waiting') return this.look(one, tick, tick + took, false);
    this.plan(tick + took + way, () => {
      const written = this.put(next.report, next.ifRevision);
      this.look(one, tick, tick + took + 2 * way + WRITE_MS, true, written ? next.report : undefined);
    });
  }

  private put(report: Report, ifRevision: number | undefined): boolean {
    const key = reportKey(report.observer);
    const before = this.items.get(key)?.revision;
    if (before !== ifRevision) return false;
    this.items.set(key, { item: formatReport(report), revision: (before ?? 0) + 1 });
    return true;
  }

  /** A reading is as of the moment it was asked for; all that follows is the run's own. */
  private look(one: Running, tick: number, asked: number, decides: boolean, wrote?: Report): void {
    this.plan(asked, () => {
      const { memory, role, region, run, observer, way } = one;
      if (wrote) memory.wrote(wrote);
      const key = reportKey({ role, region });
      const own = this.items.get(key);
      memory.take(role === 'voter' ? this.items : new Map(own ? [[key, own]] : []), asked);
      const done = asked + READ_MS + 2 * way;
      if (role === 'voter' && decides) {
        const view = { self: region, register: this.register, reports: memory.reports(done), routes: { kind: 'not known', reason: 'nobody looked' }, lag: {} } as const;
        this.made.push({ observer, run, tick, decision: decide(view, this.policy, 0) });
      }
      const next = Math.max(tick + this.policy.intervalMs, done);
      if (next < run + RUN_MS) this.plan(next, () => this.tick(one, next));
    });
  }

  private plan(at: number, run: () => void): void {
    const { events } = this;
    const event: Event = { at, order: this.order++, run };
    let i = events.length;
    events.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, events[parent])) break;
      events[i] = events[parent];
      i = parent;
    }
    events[i] = event;
  }

  private take(): Event | undefined {
    const { events } = this;
    const [first] = events;
    const last = events.pop();
    if (!last || events.length === 0) return first;
    let i = 0;
    for (let child = 1; child < events.length; child = 2 * i + 1) {
      if (child + 1 < events.length && before(events[child + 1], events[child])) child++;
      if (!before(events[child], last)) break;
      events[i] = events[child];
      i = child;
    }
    events[i] = last;
    return first;
  }
}

interface Running {
  readonly observer: string;
  readonly role: 'voter' | 'self';
  readonly region: string;
  readonly run: number;
  readonly memory: ObserverMemory;
  readonly way: number;
}

function before(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** What the prober makes of it: an answer is slow after half the time that a probe may take. */
export function resultOf(found: Found, { probeTimeoutMs }: Policy): ProbeResult {
  switch (found.kind) {
    case 'silence':
      return { kind: 'down', reason: 'no answer in time' };
    case 'down':
      return { kind: 'down', reason: '500 InternalError' };
    case 'throttled':
      return { kind: 'throttled' };
    case 'ok':
      return { kind: found.ms > probeTimeoutMs / 2 ? 'slow' : 'ok', ms: found.ms };
  }
}
