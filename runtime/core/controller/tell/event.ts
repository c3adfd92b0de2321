import * as z from 'zod';
import type { ActReport } from '../act';
import { REASONS } from '../reasons';
import type { View } from '../view';

/** `detail-type` of the events; their `source` is `EVENT_SOURCE` of the contract. */
export const DETAIL_TYPE = 'S3 Failover Act';
export const EVENT_VERSION = 1;

const regions = z.array(z.string());

/** `detail` of an event, as docs/events.md describes it. Within a version members may be added, and none changes. */
export const eventSchema = z.object({
  version: z.literal(EVENT_VERSION),
  controller: z.string().min(1),
  accessPoint: z.string().min(1),
  act: z.object({
    id: z.string().min(1),
    kind: z.enum(['failover', 'failback', 'human', 'adopted', 'repair', 'called off']),
    by: z.string().min(1),
    epoch: z.int().min(1),
    state: z.enum(['done', 'failed', 'unknown']),
    outcome: z.string(),
  }),
  reason: z.enum(REASONS),
  sentence: z.string().min(1),
  /** Active Regions as they were intended before, and are now. */
  from: regions,
  to: regions,
  /** How far the Region that took over was behind, at most; null where nobody knows, or nothing was moved. */
  behindAtMostMs: z.number().min(0).nullable(),
});

export type ActEvent = z.infer<typeof eventSchema>;

export interface Place {
  /** The controller's name: the prefix of the bucket's names. */
  readonly name: string;
  readonly accessPointArn: string;
}

/** The one event of an act. Undefined where nothing was claimed: then there was no act. */
export function eventOf({ id, kind, by, epoch, state, sentence: outcome, decision }: ActReport, view: View, { name, accessPointArn }: Place): ActEvent | undefined {
  if (epoch === undefined || state === 'not begun') return undefined;
  const to = 'to' in decision ? [decision.to] : decision.active;
  return {
    version: EVENT_VERSION,
    controller: name,
    accessPoint: accessPointArn,
    act: { id, kind, by, epoch, state, outcome },
    reason: decision.reason,
    sentence: decision.sentence,
    from: [...fromOf(decision, view)],
    to: [...to],
    behindAtMostMs: behindMs(decision, view) ?? null,
  };
}

/** Active Regions before the act, as the register had them. */
export function fromOf(decision: ActReport['decision'], { register }: View): readonly string[] {
  if (register.kind !== 'read') return [];
  if (decision.action === 'finish') return register.state.act.from;
  return register.state.intent;
}

/** Undefined where it is not known, or nothing was moved to another Region. */
export function behindMs(decision: ActReport['decision'], view: View): number | undefined {
  return 'to' in decision ? view.lag[decision.to]?.lagMs : undefined;
}
