import { within } from '../../calls/side-by-side';
import type { Claim, Intent } from '../register';
import type { OperateWorld, Teller } from './world';

const REGISTER_MS = 3_000;

type World = Pick<OperateWorld, 'clock' | 'register'>;

/** Mutual exclusion is the controller's register; without one the routes are compared before they are sent. */
export async function claimAct(
  { clock, register }: World,
  teller: Teller,
  intent: Intent,
  force: boolean,
): Promise<{ readonly claim: Claim } | { readonly refusal: string }> {
  try {
    const claimed = await within('the register', clock, REGISTER_MS, (signal) => register.claim(intent, signal));
    return claimed.kind === 'claimed' ? { claim: claimed.claim } : { refusal: claimed.reason };
  } catch (error) {
    const refusal = `the controller's register could not be claimed: ${error instanceof Error ? error.message : String(error)}`;
    if (!force) return { refusal: `${refusal}; '--force' goes ahead without it` };
    teller.say(`${refusal}; forced, so going on without it`);
    return { claim: {} };
  }
}

/** The act is over, whether or not the controller hears of it. */
export async function settleAct({ clock, register }: World, teller: Teller, claim: Claim, outcome: string): Promise<void> {
  try {
    await within('the register', clock, REGISTER_MS, (signal) => register.settle(claim, outcome, signal));
  } catch (error) {
    teller.say(`the controller was not told how the act ended: ${error instanceof Error ? error.message : String(error)}`);
  }
}
