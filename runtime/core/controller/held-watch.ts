import type { Instant } from '../ports';
import type { ActReport } from './act';
import type { Decision } from './decide';
import type { Policy } from './policy';
import { sentenceOf, type Reason } from './reasons';
import type { View } from './view';
import { freshVoters } from './votes';

/** A state that needs a person has begun, or is over. */
export interface HeldChange {
  readonly kind: 'began' | 'ended';
  readonly reason: string;
  /** What is decided now. */
  readonly sentence: string;
}

/** A state must last for so long before people are told of it, and be gone for as long before they are told that it is over. */
const LASTS_MS = 20_000;

/** While this voter does not know better, nothing has begun and nothing is over. */
const NO_NEWS: readonly Reason[] = ['register unreadable', 'not heard', 'mixed policies', 'no voter', 'crashed'];

/** A change that is due. It is told once it stands in this voter's report: a process that was succeeded can write none, and so tells nobody. */
interface Due {
  readonly to?: string;
  written: boolean;
}

/**
 * Who tells people of a state that holds and needs them: the first living voter, once. What was told of stands in each voter's report, so that a
 * later process, or another voter when the first is gone, neither says it again nor forgets to say that it is over.
 */
export class HeldWatch {
  private told?: string;
  private due?: Due;
  private next?: { readonly reason?: string; readonly since: Instant };

  /** For the next report. */
  get toldOf(): string | undefined {
    return this.due ? this.due.to : this.told;
  }

  /** The report with `toldOf` is in the table. */
  reported(): void {
    if (this.due) this.due.written = true;
  }

  /** What the process before this one, or the voter that tells, says that people were told of. */
  inherit(view: View, policy: Policy): void {
    const teller = freshVoters(view, policy)[0] ?? view.reports.find(({ observer }) => observer.role === 'voter' && observer.region === view.self);
    if (teller) this.told = teller.told;
  }

  /** What is to be told now. `done` says whether people heard it; else it is tried again. */
  take(decision: Decision, act: ActReport | undefined, view: View, policy: Policy, now: Instant): (HeldChange & { done(heard: boolean): void }) | undefined {
    const [first] = freshVoters(view, policy);
    if (!first || NO_NEWS.includes(decision.reason)) return undefined;
    if (first.observer.region !== view.self) {
      this.told = first.told;
      this.due = this.next = undefined;
      return undefined;
    }
    const { reason, sentence } = heldBy(decision, act);
    if (reason === this.told) {
      this.due = this.next = undefined;
      return undefined;
    }
    if (!this.next || this.next.reason !== reason) {
      this.due = undefined;
      this.next = { ...(reason !== undefined && { reason }), since: now };
    }
    if (now - this.next.since < LASTS_MS) return undefined;
    this.due ??= { ...(reason !== undefined && { to: reason }), written: false };
    if (!this.due.written) return undefined;
    const done = (heard: boolean) => {
      if (heard) this.told = reason;
      this.due = undefined;
    };
    return { ...(reason === undefined ? { kind: 'ended', reason: this.told! } : { kind: 'began', reason }), sentence, done };
  }
}

/** What needs a person: a hold that alarms, and an act that sent nothing although it was to. */
function heldBy({ action, reason, sentence }: Decision, act: ActReport | undefined): { readonly reason?: Reason; readonly sentence: string } {
  if (act?.state === 'not begun' || act?.state === 'failed') return { reason: 'act failed', sentence: sentenceOf('act failed', sentence, act.sentence) };
  return { ...(action === 'alarm' && { reason }), sentence };
}
