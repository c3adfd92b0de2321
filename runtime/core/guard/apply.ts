import { Explained } from '../calls/explained';
import type { RetryDeps } from '../calls/retry';
import { newest, readCopies } from '../manifest/copies';
import type { ParameterStores } from '../manifest/parameter-store';
import type { Log } from '../ports';
import { strayController, type TableExists } from './controller';
import { decide, type GuardDecision } from './decide';
import type { GuardWanted } from './properties';

export interface GuardDeps extends RetryDeps {
  readonly stores: ParameterStores;
  readonly log: Log;
  /** Whether the stack is undoing a failed update. Rejects with a reason when that cannot be known. */
  readonly rollingBack: () => Promise<boolean>;
  readonly tableExists: TableExists;
}

export interface GuardRequest {
  readonly wanted: GuardWanted;
  readonly created: boolean;
  /** Properties of the deployment before: more Regions to look in, never what is live. */
  readonly former?: GuardWanted;
}

/** Lets the access point through, or throws why not. A stack that rolls back is let through: it goes back to what was live. */
export async function guardAccessPoint(request: GuardRequest, deps: GuardDeps): Promise<GuardDecision> {
  const decision = await judge(request, deps);
  if (decision.action === 'pass') return decision;
  if (await rollsBack(deps, decision.reason)) {
    return { ...decision, action: 'pass', reason: 'the stack is rolling back, to the access point that it had' };
  }
  throw new Explained(decision.reason);
}

async function judge({ wanted, created, former }: GuardRequest, deps: GuardDeps): Promise<GuardDecision> {
  const regions = [...new Set([...wanted.ManifestRegions, ...(former?.ManifestRegions ?? [])])];
  const copies = await readCopies(deps.stores, wanted.ManifestParameterName, regions, deps);
  for (const { region, problem } of copies.malformed) deps.log.warn(`the manifest in ${region} cannot be used: ${problem}`, { region });
  for (const { region, error } of copies.failed) {
    deps.log.warn(`the manifest in ${region} could not be read`, { region, error: error instanceof Error ? error.message : String(error) });
  }
  const decision = decide({ wanted, created, copies });
  if (decision.action === 'refuse') return decision;
  const stray = await strayController(newest(copies)?.controller, wanted.Controller, deps);
  return stray === undefined ? decision : { ...decision, action: 'refuse', reason: stray };
}

async function rollsBack(deps: GuardDeps, refusal: string): Promise<boolean> {
  try {
    return await deps.rollingBack();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Explained(`${refusal}; nor could the stack's status be read, to know whether it is rolling back: ${reason}`);
  }
}
