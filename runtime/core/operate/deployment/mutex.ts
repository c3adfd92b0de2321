import { CallError } from '../../calls/call-error';
import { reasonOf } from '../../calls/reason';
import { retry } from '../../calls/retry';
import { within } from '../../calls/side-by-side';
import { TableRegister } from '../../controller/register';
import { isMissing, ReplicatedTable, type Replica } from '../../controller/replicated-table';
import type { Clock, Log, Random } from '../../ports';
import type { Limits } from '../../routes/endpoint';
import type { Mutex, RoutesClaim, Taken } from '../../routes/mutex';
import { gateOf } from '../act/claim';
import type { WallClock } from '../ports';
import type { Claim, Claimed } from '../register';

export interface RegisterMutexWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly random: Random;
  readonly log: Log;
}

export interface RegisterMutexOptions {
  readonly replicas: readonly Replica[];
  /** After the deployment's act, until something automatic may move traffic again. */
  readonly coolDownMs: number;
  /** The same for each try of one request. */
  readonly actId: string;
  /** Who acts, for whoever meets the claim. */
  readonly by: string;
  readonly limits: Limits;
}

const CALL_MS = 6_000;
/** The handler's own statements may be seconds old, and IAM is eventually consistent. */
const PERMISSION_SPREADS_MS = 60_000;

/** The controller's register, for a deployment: claimed as a person's act is, and never passed where it cannot be read. */
export function registerMutex(world: RegisterMutexWorld, { replicas, coolDownMs, actId, by, limits }: RegisterMutexOptions): Mutex {
  const register = new TableRegister({ ...world, table: new ReplicatedTable(world.clock, replicas) }, coolDownMs);
  const ask = <T>(call: (signal: AbortSignal) => Promise<T>) =>
    retry({ ...world, deadline: limits.deadline }, patience, () => within('the register', world.clock, CALL_MS, call, limits.signal));

  const end = async (claim: Claim, how: Parameters<Extract<Taken, { ok: true }>['end']>[0]) => {
    try {
      await ask((signal) => register.settle(claim, how, signal));
    } catch (error) {
      world.log.warn('the controller was not told how the deployment ended', { reason: reasonOf(error) });
    }
  };

  return {
    async take({ active, live, why, overBrake }: RoutesClaim): Promise<Taken> {
      let claimed: Claimed;
      try {
        claimed = await ask((signal) => register.claim({ actId, by, why, active, ...(live && { live }), overBrake }, signal));
      } catch (error) {
        if (isMissing(error)) {
          world.log.info('there is no register yet in any control Region, so that no controller acts either', { table: reasonOf(error) });
          return { ok: true, end: async () => undefined };
        }
        const wayOut = `deploy again when a control Region answers, or move traffic with 's3-failover failover ${active[0]} --without-register'`;
        return { ok: false, reason: `the controller's register could not be claimed, and a deployment moves no traffic past it: ${reasonOf(error)}; ${wayOut}` };
      }
      if (claimed.kind === 'refused') return { ok: false, reason: `${claimed.reason}; release it with 's3-failover resume' and deploy again with a new switch id` };
      const { claim } = claimed;
      return { ok: true, gate: gateOf({ clock: world.clock, register }, claim, false), end: (how) => end(claim, how) };
    },
    async intent() {
      try {
        const { intent } = (await ask((signal) => register.read(signal))) ?? { intent: [] };
        return intent.length === 0 ? undefined : intent;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

function patience(error: unknown): number | undefined {
  return error instanceof CallError && error.denied ? PERMISSION_SPREADS_MS : undefined;
}
