import type { ChangeResult } from '../../routes/change-result';
import type { Routes } from '../../routes/routes';
import type { ServedResult } from '../../routes/served';
import type { ActOutcome } from '../act/outcome';
import type { Plan } from '../act/plan';
import type { FenceReport, LookReport, SwitchoverOutcome, SwitchoverRequest } from './world';

/** How an act ended, with what is known by then. */
export interface Ending {
  readonly kind: ActOutcome['kind'];
  readonly sentence: string;
  readonly proof?: ActOutcome['proof'];
  readonly live?: Routes;
  readonly plan?: Plan;
  readonly lag?: ActOutcome['lag'];
  readonly change?: ChangeResult;
  readonly next?: readonly string[];
  readonly nothingLost?: boolean;
  readonly outageSeconds?: number;
  readonly actId?: string;
  readonly fences?: readonly FenceReport[];
  readonly drained?: readonly string[];
  readonly lastLook?: LookReport;
  readonly served?: ServedResult;
}

export function outcomeOf({ target, drain }: SwitchoverRequest, ending: Ending): SwitchoverOutcome {
  const { proof = 'none', next = [], nothingLost = false, fences = [], drained = [] } = ending;
  return { ...ending, proof, next, nothingLost, fences, drained, target, level: drain };
}
