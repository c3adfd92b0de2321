import * as z from 'zod';
import { RoutingMode } from '../../../lib/private/contract';
import { policyFaults, withDefaults, type ManifestController } from '../../../lib/private/controller-contract';
import { problemOf } from '../custom-resource/parse';
import * as syntax from '../custom-resource/syntax';

const milliseconds = z.number({ error: 'must be a number of milliseconds' });
const whole = z.int({ error: 'must be a whole number' });

/** What the policy's values must be; how they fit together is `policyFaults`. */
const policySchema = z.object({
  voters: z.array(syntax.region),
  intervalMs: milliseconds.optional(),
  probeTimeoutMs: milliseconds.optional(),
  quorum: z.object({ k: whole, n: whole }).optional(),
  unhealthyForMs: milliseconds.optional(),
  disputedForMs: milliseconds.optional(),
  coolDownMs: milliseconds.optional(),
  staggerMs: milliseconds.optional(),
  failback: z.discriminatedUnion('kind', [z.object({ kind: z.literal('manual') }), z.object({ kind: z.literal('when drained'), forMs: milliseconds })], { error: "must be { kind: 'manual' } or { kind: 'when drained', forMs }" }).optional(),
  maxDataLossMs: milliseconds.optional(),
  actOnSlow: z.boolean().optional(),
  vetoAlarms: z.array(z.object({ region: syntax.region, name: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters') })).optional(),
});

/** Settings that a person wrote: a policy in full, where a name that is not known is a mistake. */
export const settingsSchema = policySchema.extend({ order: z.array(syntax.region) }).strict();

export const controllerSchema = z.object({
  table: z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, 'must be the name of a DynamoDB table'),
  policy: policySchema,
});

/** The first rule that a controller's policy breaks where traffic is routed so. */
export function policyFault({ policy }: ManifestController, routing: { readonly mode: RoutingMode; readonly regions: readonly string[] }): string | undefined {
  if (routing.mode !== RoutingMode.FAILOVER_ORDER) return `must stand beside routing in '${RoutingMode.FAILOVER_ORDER}', which says who takes over`;
  const [fault] = policyFaults(withDefaults({ ...policy, order: routing.regions }));
  return fault && `must keep the rules of a policy: ${fault}`;
}

/** `ManifestController` as JSON, as custom resources carry it. */
export const controllerText = z.string().transform((text, check): ManifestController => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    check.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
  const parsed = controllerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  check.addIssue({ code: 'custom', message: `must be a controller: ${problemOf(parsed.error, json)}` });
  return z.NEVER;
});
