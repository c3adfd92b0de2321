import * as z from 'zod';
import { OBSERVER_SETTINGS, type ObserverSettings } from '../../../lib/private/controller-contract';
import { Explained } from '../calls/explained';
import { problemOf } from '../custom-resource/parse';
import * as syntax from '../custom-resource/syntax';
import { policyOf, type Policy } from './policy';

const milliseconds = z.number({ error: 'must be a number of milliseconds' });

/** Shapes alone; what the values mean together is `policyFaults`' to judge. */
const policySchema = z.object({
  order: z.array(syntax.region),
  voters: z.array(syntax.region),
  intervalMs: milliseconds.optional(),
  probeTimeoutMs: milliseconds.optional(),
  quorum: z.object({ k: z.number(), n: z.number() }).optional(),
  unhealthyForMs: milliseconds.optional(),
  disputedForMs: milliseconds.optional(),
  coolDownMs: milliseconds.optional(),
  staggerMs: milliseconds.optional(),
  failback: z.union([z.object({ kind: z.literal('manual') }), z.object({ kind: z.literal('when drained'), forMs: milliseconds })], { error: "must be 'manual' or 'when drained'" }).optional(),
  maxDataLossMs: milliseconds.optional(),
  actOnSlow: z.boolean().optional(),
  vetoAlarms: z.array(z.object({ region: syntax.region, name: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters') })).optional(),
});

const settingsSchema = z.object({
  name: z.string().min(1, 'must not be empty').max(63, 'must have at most 63 characters'),
  role: z.enum(['voter', 'self'], { error: "must be 'voter' or 'self'" }),
  accessPointArn: syntax.accessPointArn,
  table: z.string().regex(/^[\w.-]{3,255}$/, 'must be the name of a table'),
  policy: policySchema,
  regions: z.record(syntax.region, z.object({ data: syntax.bucketName, probe: syntax.bucketName })),
  keyPrefix: z.string().max(900, 'must have at most 900 characters'),
  topicArn: z.string().regex(/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'must be the ARN of a topic').optional(),
});

export interface ParsedObserverSettings extends Omit<ObserverSettings, 'policy'> {
  readonly policy: Policy;
  /** Where this observer is. */
  readonly region: string;
}

/** What an observer was deployed with, or an error that names what is wrong with it. */
export function parseObserverSettings(text: string | undefined, region: string | undefined): ParsedObserverSettings {
  if (text === undefined || text === '') throw wrong('must be set, got nothing');
  if (region === undefined || !syntax.isRegion(region)) throw new Explained(`'AWS_REGION' must be a Region such as us-east-1, got ${region === undefined ? 'nothing' : `'${region}'`}; Lambda sets it`);
  const json = parseJson(text);
  const parsed = settingsSchema.safeParse(json);
  if (!parsed.success) throw wrong(problemOf(parsed.error, json));
  const { role, regions, topicArn } = parsed.data;
  const policy = checkedPolicy(parsed.data.policy);
  const lone = policy.order.find((one) => !Object.hasOwn(regions, one));
  if (lone !== undefined) throw wrong(`'regions' must hold the buckets of each Region of 'policy.order', got none of '${lone}'`);
  const known = role === 'voter' ? policy.voters : policy.order;
  if (!known.includes(region)) throw wrong(`'role' may not be '${role}' in ${region}, which is none of ${known.join(', ')}`);
  if (role === 'voter' && topicArn !== undefined && topicArn.split(':')[3] !== region) throw wrong(`'topicArn' must be of the observer's own Region (${region}), got '${topicArn}'`);
  return { ...parsed.data, policy, region };
}

function checkedPolicy(settings: Parameters<typeof policyOf>[0]): Policy {
  try {
    return policyOf(settings);
  } catch (error) {
    throw wrong(`'policy' is not one to act by: ${(error as Error).message}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('must be JSON');
  }
}

function wrong(problem: string): Explained {
  return new Explained(`'${OBSERVER_SETTINGS}': ${problem}; deploy the observer as this library makes it`);
}
