import { z } from 'zod';

/** Whom a fault meets; without these, every request until it is healed. */
const limits = {
  /** How many requests meet it; those after them do not. */
  times: z.number().int().min(1).optional(),
  /** Reads get, head, list and describe; a submit of routes is a write. */
  only: z.enum(['reads', 'writes']).optional(),
};

const ms = z.number().min(0).max(600_000);
/** Whether the connection is reset where it would else stay silent. */
const cut = z.boolean().default(false);

const general = [
  z.strictObject({ kind: z.literal('healthy') }),
  /** The connection is reset before any answer. */
  z.strictObject({ kind: z.literal('refused'), ...limits }),
  /** Accepted and never answered; on healing, the connections that wait are reset. */
  z.strictObject({ kind: z.literal('blackhole'), ...limits }),
  /** Acts on the request, and the answer never arrives: the caller cannot know. */
  z.strictObject({ kind: z.literal('mute'), cut, ...limits }),
  /** Answers an error without acting, for a share of the requests. */
  z.strictObject({
    kind: z.literal('failing'),
    rate: z.number().min(0).max(1).default(1),
    status: z.number().int().min(400).max(599).default(503),
    /** Error code, such as SlowDown. Default: what S3 calls the status. */
    code: z.string().min(1).optional(),
    ...limits,
  }),
  /** Acts late, even when the caller has given up by then. */
  z.strictObject({ kind: z.literal('slow'), ms, ...limits }),
  /** Answers 200 without acting, as something between that takes itself for S3. */
  z.strictObject({ kind: z.literal('garbage'), body: z.string().default('<html><body><h1>Welcome</h1>Please sign in to use this network.<br></body></html>'), ...limits }),
] as const;

/** A way in which a Region or bucket misbehaves. */
export const Fault = z.discriminatedUnion('kind', [...general]);
export type Fault = z.output<typeof Fault>;
/** A fault as a caller writes it, defaults left out. */
export type FaultInput = z.input<typeof Fault>;

/** A way in which one of S3's control endpoints misbehaves: those above, and what concerns routes only. */
export const ControlFault = z.discriminatedUnion('kind', [
  ...general,
  /** Reads answer the routes of `ms` ago or, without it, those of the moment at which the fault was set. */
  z.strictObject({ kind: z.literal('stale'), ms: ms.optional(), ...limits }),
  /** A submit is never answered, and lands after `ms`, whatever was submitted meanwhile and even if the fault is healed. */
  z.strictObject({ kind: z.literal('late'), ms, cut, ...limits }),
  /** A submit is answered, and lands once more after `ms`. */
  z.strictObject({ kind: z.literal('twice'), ms, ...limits }),
]);
export type ControlFault = z.output<typeof ControlFault>;
export type ControlFaultInput = z.input<typeof ControlFault>;

/** Whether a Region with this fault answers nobody. One that only some requests meet leaves it alive. */
export function isDead(fault: ControlFault): boolean {
  return (fault.kind === 'refused' || fault.kind === 'blackhole') && !isLimited(fault);
}

export function isLimited(fault: ControlFault): boolean {
  return fault.kind !== 'healthy' && (fault.times !== undefined || fault.only !== undefined);
}
