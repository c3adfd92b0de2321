import type { ActOutcome } from '../../core/operate/act/outcome';
import type { WantedProof } from '../../core/operate/act/move';
import type { Estate } from '../../core/operate/estate';
import type { Limits } from '../../core/routes/endpoint';
import { actCode } from '../act-code';
import type { Given } from '../command';
import { misuse } from '../problem';
import { regionFrom } from '../parse/values';
import { outcomeDocument, outcomeText } from '../render/outcome';
import type { VerbContext, VerbResult } from '../verb';

/** What verbs that move traffic were told, beside where to. */
export interface ActWishes {
  readonly why?: string;
  readonly force: boolean;
  readonly withoutRegister: boolean;
  readonly dryRun: boolean;
  readonly proof: WantedProof;
  readonly limits: Limits;
}

export function wishesOf({ globals, deadline, signal }: VerbContext, given: Given): ActWishes {
  return {
    why: given.option('--why'),
    force: given.has('--force'),
    withoutRegister: given.has('--without-register'),
    dryRun: globals.dryRun,
    proof: given.option('--proof') === 'read-back' ? 'read back' : 'served',
    limits: { deadline, signal },
  };
}

/** A Region that stands behind the access point. */
export function memberFrom(given: Given, estate: Estate): string {
  const region = regionFrom(given.argument('region'), 'region')!;
  if (!estate.members.includes(region)) throw misuse(`'region' must be one of the access point's Regions (${estate.members.join(', ')}), got '${region}'`);
  return region;
}

export function actResult(outcome: ActOutcome, more?: object): VerbResult {
  return {
    code: actCode(outcome.kind),
    document: outcomeDocument(outcome, more),
    text: (paint, columns) => outcomeText(outcome, paint, columns),
  };
}
