import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import { brakeIsOn, type Brake, type Claim, type Claimed, type Intent, type Register, type RegisterView, type Settlement, type Steered } from '../operate/register';
import type { WallClock } from '../operate/ports';
import type { Clock, Random } from '../ports';
import { backoffMs } from '../routes/backoff';
import type { Table } from './ports';
import { blank, claimed, clip, countedDown, lostBecause, settled, type Ending, type NewAct } from './register-moves';
import { formatRegister, parseRegister, REGISTER, type RegisterState } from './register-state';

export interface RegisterWorld {
  readonly table: Table;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly random: Random;
}

export interface RegisterTimes {
  /** One call's time to answer. */
  readonly callMs: number;
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
}

export const REGISTER_TIMES: RegisterTimes = { callMs: 2_000, backoff: { firstMs: 50, mostMs: 500 } };

/** Others write a few times a minute, so that a write that is refused so often meets a fault and no neighbour. */
const MOST_TRIES = 8;
/** Looks for a claim whose answer was lost. */
const MOST_LOOKS = 3;

export interface Known {
  readonly state: RegisterState;
  readonly revision: number;
}

/** What a change of the register came to. */
type Changed = { readonly kind: 'written'; readonly state: RegisterState } | { readonly kind: 'no'; readonly reason: string };
type Make = (state: RegisterState | undefined) => RegisterState | { readonly no: string };

/**
 * The register as one item of a strongly consistent table. Each change is read, check, write on condition of the revision that
 * was read: what was checked still holds when it is written, or nothing is.
 */
export class TableRegister implements Register {
  constructor(
    private readonly world: RegisterWorld,
    /** After a person's act, until something automatic may move traffic again. */
    private readonly coolDownMs: number,
    private readonly times: RegisterTimes = REGISTER_TIMES,
  ) {}

  async read(signal: AbortSignal): Promise<RegisterView | undefined> {
    const known = await this.look(signal);
    if (!known) return { epoch: 0, intent: [], excluded: [], quarantined: [] };
    const { epoch, intent, brake, excluded, quarantined } = known.state;
    return { epoch, intent, ...(brake && { brake }), excluded, quarantined };
  }

  /** A person's claim. It overrides whatever is automatic and under way, which notices before it sends. */
  async claim({ actId, by, why, active, live, overBrake }: Intent, signal: AbortSignal): Promise<Claimed> {
    if (active.length === 0) return { kind: 'refused', reason: 'at least one Region must stay active, got none' };
    const act: NewAct = { id: actId, kind: 'human', by, why, active, coolDownMs: this.coolDownMs, ...(live && { live }) };
    const changed = await this.change(
      (state) => {
        const brake = state?.brake;
        return brakeIsOn(brake, this.world.wall.now()) && !overBrake ? { no: `${brake.by} put the brake on: ${brake.why}` } : claimed(state, act);
      },
      signal,
      (state) => state.act.id === actId && state.act.state === 'open',
    );
    return changed.kind === 'written' ? { kind: 'claimed', claim: { epoch: changed.state.epoch } } : { kind: 'refused', reason: changed.reason };
  }

  /** A brake is no reason: who claimed over it, or put it on for the act, goes on. */
  async lost({ epoch }: Claim, signal: AbortSignal): Promise<string | undefined> {
    if (epoch === undefined) return undefined;
    const state = (await this.look(signal))?.state;
    return state?.epoch === epoch ? undefined : `somebody else has claimed an act since: ${state ? `${state.act.kind} by ${state.act.by}` : 'the register is gone'}`;
  }

  async settle({ epoch }: Claim, { kind, sentence, inDoubt = 0 }: Settlement, signal: AbortSignal): Promise<void> {
    if (epoch === undefined) return;
    await this.change((state) => (state?.epoch === epoch ? settled(state, { state: kind, outcome: sentence, inDoubt, retryMs: 0 }) : { no: 'somebody else has the epoch' }), signal);
  }

  async brake({ by, why, until }: Brake, signal: AbortSignal): Promise<Steered> {
    return this.steer((state) => ({ ...state, brake: { by: clip(by), why: clip(why), ...(until !== undefined && { until }) } }), signal);
  }

  async release(signal: AbortSignal, only?: Brake): Promise<Steered> {
    const another = ({ brake }: RegisterState) => only !== undefined && (brake?.by !== clip(only.by) || brake.why !== clip(only.why) || brake.until !== only.until);
    return this.steer((state) => {
      const { brake: _, ...released } = state;
      return another(state) ? state : released;
    }, signal);
  }

  async exclude(region: string, why: string, signal: AbortSignal): Promise<Steered> {
    return this.steer((state) => ({ ...state, excluded: [...state.excluded.filter((one) => one.region !== region), { region, why: clip(why) }] }), signal);
  }

  async include(region: string, signal: AbortSignal): Promise<Steered> {
    return this.steer((state) => ({ ...state, excluded: state.excluded.filter((one) => one.region !== region) }), signal);
  }

  async liftQuarantine(region: string, signal: AbortSignal): Promise<Steered> {
    return this.steer((state) => ({ ...state, quarantined: state.quarantined.filter((one) => one !== region) }), signal);
  }

  /** Rejects when it cannot be read or understood. */
  async look(signal: AbortSignal): Promise<Known | undefined> {
    const stored = await this.call((abort) => this.world.table.get(REGISTER, abort), signal);
    return stored && { state: parseRegister(stored.item), revision: stored.revision };
  }

  /**
   * The controller's claim: the next epoch, only where the register is still as the decision was made from. An answer that is
   * lost is read back by the act's id.
   */
  async claimAct(from: Known | undefined, act: NewAct, signal: AbortSignal): Promise<Changed> {
    const next = claimed(from?.state, act);
    try {
      const answer = await this.put(next, from?.revision, signal);
      return answer === 'written' ? { kind: 'written', state: next } : { kind: 'no', reason: 'the register has changed since it was read' };
    } catch (error) {
      return this.readBack(act.id, error, signal);
    }
  }

  /** Why an act may not go on, or nothing. Rejects when that cannot be told. */
  async confirm(epoch: number, id: string, signal: AbortSignal): Promise<string | undefined> {
    const known = await this.look(signal);
    return lostBecause(known?.state, epoch, id, this.world.wall.now());
  }

  async settleAct(epoch: number, id: string, ending: Ending, signal: AbortSignal): Promise<Changed> {
    return this.change((state) => (state?.epoch === epoch && state.act.id === id ? settled(state, ending) : { no: 'somebody else has the epoch' }), signal);
  }

  /** Writes the time back that this reader has seen go by since the revision. A neighbour may have done so: no matter. */
  async countDown({ state, revision }: Known, elapsedMs: number, signal: AbortSignal): Promise<RegisterState | undefined> {
    const next = countedDown(state, elapsedMs);
    return (await this.put(next, revision, signal)) === 'written' ? next : undefined;
  }

  private async readBack(id: string, cause: unknown, signal: AbortSignal): Promise<Changed> {
    for (let attempt = 0; attempt < MOST_LOOKS; attempt++) {
      try {
        const known = await this.look(signal);
        if (known?.state.act.id === id) return { kind: 'written', state: known.state };
        return { kind: 'no', reason: `the claim was not made: ${reasonOf(cause)}` };
      } catch {
        await this.wait(attempt, signal);
      }
    }
    throw cause;
  }

  /** Before the controller's first look there is nothing to steer, and a brake must hold that look all the same. */
  private async steer(next: (state: RegisterState) => RegisterState, signal: AbortSignal): Promise<Steered> {
    await this.change((state) => next(state ?? blank()), signal);
    return { kind: 'done' };
  }

  /** `isMine` recognizes what an attempt without an answer has written after all. */
  private async change(make: Make, signal: AbortSignal, isMine: (state: RegisterState) => boolean = () => false): Promise<Changed> {
    let cause: unknown = new Error('the register was written by others each time');
    for (let attempt = 0; attempt < MOST_TRIES && !signal.aborted; attempt++) {
      if (attempt > 0) await this.wait(attempt - 1, signal);
      const known = await this.look(signal);
      if (attempt > 0 && known && isMine(known.state)) return { kind: 'written', state: known.state };
      const next = make(known?.state);
      if ('no' in next) return { kind: 'no', reason: next.no };
      try {
        if ((await this.put(next, known?.revision, signal)) === 'written') return { kind: 'written', state: next };
      } catch (error) {
        cause = error;
      }
    }
    throw cause;
  }

  private put(state: RegisterState, ifRevision: number | undefined, signal: AbortSignal): Promise<'written' | 'refused'> {
    return this.call((abort) => this.world.table.put(REGISTER, formatRegister(state), ifRevision, abort), signal);
  }

  private call<T>(make: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return within('the register', this.world.clock, this.times.callMs, make, signal);
  }

  private wait(attempt: number, signal: AbortSignal): Promise<void> {
    return this.world.clock.sleep(backoffMs(this.times.backoff, attempt, this.world.random), signal);
  }
}
