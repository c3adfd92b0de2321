import { decide, type Decision } from './decide';
import { mostGapMs, ObserverMemory } from './observer-memory';
import type { Policy } from './policy';
import type { ProbeResult, Stored } from './ports';
import { claimed, settled } from './register-moves';
import type { RegisterState } from './register-state';
import { formatReport, reportKey, REPORTS, type Observer } from './report';
import type { LagSight, View } from './view';

/** What one observer found of one Region, at one time of day. */
export interface Probed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly observer: Observer;
  readonly region: string;
  readonly result: ProbeResult;
}

export interface ReplayOptions {
  /** Where traffic is at the beginning. */
  readonly active: string;
  /** How far each target is taken to be behind; absent: not known. */
  readonly lagMs?: number;
}

/** A moment at which somebody began to decide otherwise, or acted. */
export interface Turn {
  readonly at: number;
  readonly voter: string;
  readonly decision: Decision;
}

export interface Replayed {
  readonly turns: readonly Turn[];
  /** Those that moved traffic. */
  readonly acts: readonly Turn[];
  /** Where traffic is at the end. */
  readonly active: readonly string[];
  readonly ticks: number;
}

/** Looks of a voter before its word counts: until then it cannot know whether the others live, and a file begins somewhere. */
const WARM_UP = 2;

/** What one observer found in one of its ticks. */
interface Look {
  readonly at: number;
  readonly observer: Observer;
  readonly results: Map<string, ProbeResult>;
}

/**
 * An incident again, by a policy: the same memory of probes, the same votes and the same decision as in an observer's process. Reports arrive at
 * once, the table never fails, routes are as intended, and an act is done when it is decided: what is tried is the judgement.
 */
export function replay(probes: readonly Probed[], policy: Policy, options: ReplayOptions): Replayed {
  const run = new Replay(policy, options);
  const looks = looksOf(probes, policy.intervalMs / 2);
  for (const look of looks) run.tick(look);
  return { turns: run.turns, acts: run.turns.filter(({ decision }) => moves(decision)), active: run.register.intent, ticks: looks.length };
}

class Replay {
  readonly turns: Turn[] = [];
  register: RegisterState;
  private readonly memories = new Map<string, ObserverMemory>();
  private readonly table = new Map<string, Stored>();
  private readonly looks = new Map<string, { readonly times: number; readonly at: number }>();
  /** What each voter said last. */
  private readonly said = new Map<string, string>();
  private actedAt = -Infinity;

  constructor(
    private readonly policy: Policy,
    private readonly options: ReplayOptions,
  ) {
    this.register = claimed(undefined, { id: 'replay', kind: 'adopted', by: 'the replay', why: 'it begins', active: [options.active], coolDownMs: 0 });
  }

  tick({ at, observer, results }: Look): void {
    const key = reportKey(observer);
    const before = this.looks.get(key);
    // Who looked at nothing for so long died, and was started anew.
    const lives = before !== undefined && at - before.at <= mostGapMs(this.policy);
    if (!lives) this.memories.delete(key);
    const memory = this.memoryOf(observer);
    memory.note(results, at);
    memory.take(this.listing(), at);
    const next = memory.next(results, at);
    if (next.kind === 'report') {
      this.table.set(reportKey(observer), { item: formatReport(next.report), revision: (next.ifRevision ?? 0) + 1 });
      memory.wrote(next.report);
      memory.take(this.listing(), at);
    }
    const times = (lives ? before.times : 0) + 1;
    this.looks.set(key, { times, at });
    if (observer.role === 'voter' && times > WARM_UP) this.decide(observer.region, memory, at);
  }

  private decide(self: string, memory: ObserverMemory, at: number): void {
    const decision = decide(this.viewOf(self, memory, at), this.policy, at);
    const key = `${decision.action}: ${decision.reason}`;
    const news = this.said.get(self) !== key && ![...this.said].some(([other, theirs]) => other !== self && theirs === key);
    this.said.set(self, key);
    if (moves(decision)) this.act(self, decision, at);
    if (news || moves(decision)) this.turns.push({ at, voter: self, decision });
  }

  private act(self: string, { action, sentence, to }: Move, at: number): void {
    const id = `act ${this.register.epoch + 1}`;
    const next = claimed(this.register, { id, kind: action === 'fail over' ? 'failover' : 'failback', by: `voter ${self}`, why: sentence, active: [to], coolDownMs: this.policy.coolDownMs });
    this.register = settled(next, { state: 'done', outcome: 'done', inDoubt: 0, retryMs: 0 });
    this.actedAt = at;
  }

  private viewOf(self: string, memory: ObserverMemory, at: number): View {
    const { register: state, policy } = this;
    const { lagMs } = this.options;
    const sinceMs = at - this.actedAt;
    const lag = (region: string): readonly [string, LagSight | undefined] => [region, lagMs === undefined ? undefined : { lagMs }];
    return {
      self,
      register: { kind: 'read', state, revision: state.epoch, coolDownLeftMs: Math.max(0, state.coolDownMs - sinceMs), actAgeMs: sinceMs, seenForMs: 0 },
      reports: memory.reports(at),
      routes: { kind: 'not known', reason: 'a replay has none' },
      lag: Object.fromEntries(policy.order.map(lag)),
      vetoes: policy.vetoAlarms.map((alarm) => ({ ...alarm, state: 'quiet' })),
    };
  }

  private memoryOf(observer: Observer): ObserverMemory {
    const key = reportKey(observer);
    const memory = this.memories.get(key) ?? new ObserverMemory(this.policy, observer, 'replay');
    this.memories.set(key, memory);
    return memory;
  }

  private listing(): ReadonlyMap<string, Stored> {
    return new Map([...this.table].filter(([key]) => key.startsWith(REPORTS)));
  }
}

type Move = Extract<Decision, { readonly action: 'fail over' | 'fail back' }>;

function moves(decision: Decision): decision is Move {
  return decision.action === 'fail over' || decision.action === 'fail back';
}

/** One observer's results that belong together: within half an interval, and each Region once. */
function looksOf(probes: readonly Probed[], spanMs: number): Look[] {
  const looks: Look[] = [];
  const open = new Map<string, Look>();
  for (const { at, observer, region, result } of [...probes].sort((a, b) => a.at - b.at)) {
    const key = reportKey(observer);
    const last = open.get(key);
    if (last && at - last.at < spanMs && !last.results.has(region)) last.results.set(region, result);
    else {
      const look: Look = { at, observer, results: new Map([[region, result]]) };
      open.set(key, look);
      looks.push(look);
    }
  }
  return looks;
}
