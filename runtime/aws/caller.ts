import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { CallError } from '../core/calls/call-error';
import { calling } from './call-error';

/** One try each, for every Region is asked at once. */
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true } } as const;

/** `arn:<partition>:<service>::<account>:<who>` */
const ARN = /^arn:(aws(?:-[a-z]+)*):(?:iam|sts)::(\d{12}):\S+$/;

export interface Identity {
  readonly account: string;
  readonly arn: string;
  readonly partition: string;
}

/** Who the caller is, from the Region that answers first. Rejects with the most telling error when none does. */
export async function callerAnywhere(regions: readonly string[], config: STSClientConfig, signal: AbortSignal): Promise<Identity> {
  const enough = new AbortController();
  const giveUp = () => enough.abort();
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.any(regions.map((region) => ask(region, config, enough.signal)));
  } catch (error) {
    const errors = (error as AggregateError).errors as unknown[];
    throw errors.find((one) => !(one instanceof CallError)) ?? errors.find((one) => one instanceof CallError && !one.unreachable) ?? errors[0];
  } finally {
    signal.removeEventListener('abort', giveUp);
    enough.abort();
  }
}

async function ask(region: string, config: STSClientConfig, abortSignal: AbortSignal): Promise<Identity> {
  const client = new STSClient({ ...SETTINGS, ...config, region });
  try {
    const { Arn: arn = '' } = await calling('sts GetCallerIdentity', region, () => client.send(new GetCallerIdentityCommand({}), { abortSignal }));
    const match = ARN.exec(arn);
    if (!match) throw new CallError({ call: 'sts GetCallerIdentity', region, code: 'Garbage', status: 200, reason: `no ARN of a caller, got '${arn}'` });
    return { arn, partition: match[1], account: match[2] };
  } finally {
    client.destroy();
  }
}
