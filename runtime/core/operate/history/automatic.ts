import { reasonOf } from '../../calls/reason';
import { keptActs, type AutomaticAct } from '../../controller/acts';
import { within } from '../../calls/side-by-side';
import type { Clock } from '../../ports';
import type { ControllerPort } from '../controller';
import { lineOf } from './line';
import { actRecordSchema, RECORD_VERSION, type ActRecord, type ActVerb } from './record';

export interface AutomaticHistory {
  readonly records: readonly ActRecord[];
  readonly unread: readonly { readonly key: string; readonly reason: string }[];
}

const VERBS: { readonly [kind in AutomaticAct['kind']]: ActVerb } = {
  failover: 'automatic failover',
  failback: 'automatic failback',
  repair: 'automatic repair',
  adopted: 'adopted',
  'called off': 'called off',
  human: 'adopted',
};

/** What stands for the key of a record in what could not be read of it. */
export const TABLE = `the controller's table`;

/** What the controller did, beside what people did. Never rejects. */
export async function automaticHistory(clock: Clock, { table }: ControllerPort, mostMs: number): Promise<AutomaticHistory> {
  try {
    const { acts, malformed } = await within('the table', clock, mostMs, (signal) => keptActs(table, signal));
    const read = acts.map((act) => ({ act, parsed: actRecordSchema.safeParse(recordOf(act)) }));
    return {
      records: read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : [])),
      unread: [...malformed, ...read.flatMap(({ act, parsed }) => (parsed.success ? [] : [`the act of epoch ${act.epoch} is none that can be shown`]))].map((reason) => ({ key: TABLE, reason: lineOf(reason) })),
    };
  } catch (error) {
    return { records: [], unread: [{ key: TABLE, reason: lineOf(reasonOf(error)) }] };
  }
}

function recordOf({ epoch, kind, by, why, from, to, quarantines, lifts, state, outcome, began, ended }: AutomaticAct): ActRecord {
  return {
    schema: 'cdk-s3-failover/act',
    version: RECORD_VERSION,
    id: `epoch${String(epoch).padStart(8, '0')}`,
    phase: 'ended',
    verb: VERBS[kind],
    planned: kind === 'failback',
    at: began,
    endedAt: ended,
    who: lineOf(by),
    why: lineOf(why),
    from: [...from],
    to: [...to],
    lag: [],
    outcome: state,
    sentence: lineOf(outcome),
    quarantines: [...quarantines],
    lifts: [...lifts],
  };
}
