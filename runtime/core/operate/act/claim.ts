import { within } from '../../calls/side-by-side';
import type { Gate } from '../../routes/change';
import type { Claim, Intent, Settlement } from '../register';
import type { OperateWorld, Teller } from './world';

/** Of a reading and a conditional write, each to another replica where the first is silent. */
const REGISTER_MS = 6_000;
/** A send follows the word that the claim is good within this time, or is not made. */
const SEND_WITHIN_MS = 1_000;
/** Looks at the register before a send, on a slow line. */
const MOST_LOOKS = 3;

type World = Pick<OperateWorld, 'clock' | 'register'>;

/** What going on without the register risks, wherever it is offered or done. */
export const WITHOUT_REGISTER = `the controller may move traffic at the same time, and takes what it finds for a person's act`;

export interface Held {
  readonly claim: Claim;
  /** Why the act goes on without a claim, where it does. */
  readonly without?: string;
}

/** Mutual exclusion is the controller's register; without a controller the routes are compared before they are sent. */
export async function claimAct({ clock, register }: World, teller: Teller, intent: Intent, withoutRegister: boolean): Promise<Held | { readonly refusal: string }> {
  try {
    const claimed = await within('the register', clock, REGISTER_MS, (signal) => register.claim(intent, signal));
    return claimed.kind === 'claimed' ? { claim: claimed.claim } : { refusal: claimed.reason };
  } catch (error) {
    const without = `the controller's register could not be claimed: ${error instanceof Error ? error.message : String(error)}`;
    if (!withoutRegister) return { refusal: `${without}; '--without-register' goes on all the same: ${WITHOUT_REGISTER}` };
    teller.say(`${without}; going on without it (--without-register): ${WITHOUT_REGISTER}`);
    return { claim: {}, without };
  }
}

/** Nothing is sent once somebody else has claimed an act: of two, the later stands. */
export function gateOf({ clock, register }: World, { epoch }: Claim, withoutRegister: boolean): Gate | undefined {
  if (epoch === undefined) return undefined;
  return async () => {
    for (let look = 1; ; look++) {
      const asked = clock.now();
      try {
        const lost = await within('the register', clock, SEND_WITHIN_MS, (signal) => register.lost({ epoch }, signal));
        return lost === undefined ? { kind: 'open', until: asked + SEND_WITHIN_MS } : { kind: 'shut', reason: lost };
      } catch (error) {
        if (look < MOST_LOOKS) continue;
        if (withoutRegister) return { kind: 'open', until: Infinity };
        throw error;
      }
    }
  };
}

/** The act is over, whether or not the controller hears of it. */
export async function settleAct({ clock, register }: World, teller: Teller, claim: Claim, settlement: Settlement): Promise<void> {
  try {
    await within('the register', clock, REGISTER_MS, (signal) => register.settle(claim, settlement, signal));
  } catch (error) {
    teller.say(`the controller was not told how the act ended: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What an act's end means to who reads the register: done, nothing sent, or one of two states. */
export function settlementOf({ kind, sentence }: { readonly kind: string; readonly sentence: string }, moved: boolean, inDoubt = 0): Settlement {
  const ended = kind === 'served' || kind === 'done' ? 'done' : moved || kind === 'unknown' ? 'unknown' : 'failed';
  return { kind: ended, sentence, ...(inDoubt > 0 && { inDoubt }) };
}
