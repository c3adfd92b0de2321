import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { OBSERVER_SETTINGS, type ObserverSettings } from '../../lib/private/controller-contract';
import type { LocalAws } from '../local-aws';

/** The function of one observer of a deployed controller. */
export interface ObserverFunction {
  readonly name: string;
  readonly region: string;
  readonly role: 'voter' | 'self';
  readonly roleName: string;
  readonly logGroup: string;
  readonly settings: ObserverSettings;
}

/** Observers that run in a Region, told by what their functions are told. */
export async function observersIn(aws: LocalAws, region: string, signal?: AbortSignal): Promise<ObserverFunction[]> {
  const { Functions } = await aws.clients.lambda(region).send(new ListFunctionsCommand({}), { abortSignal: signal });
  return Functions!.flatMap(({ FunctionName, Role, Environment, LoggingConfig }) => {
    const text = Environment?.Variables?.[OBSERVER_SETTINGS];
    if (!text) return [];
    const settings = JSON.parse(text) as ObserverSettings;
    return [{ name: FunctionName!, region, role: settings.role, roleName: Role!.split('/').at(-1)!, logGroup: LoggingConfig!.LogGroup!, settings }];
  });
}

/** One line of a log that is JSON. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly said: { readonly [field: string]: unknown };
}

/** What an observer's log says since a time, the oldest first; nothing while its Region does not answer. */
export async function linesOf(aws: LocalAws, { region, logGroup }: Pick<ObserverFunction, 'region' | 'logGroup'>, since = 0): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const page = await callJson(aws, region, 'logs', 'Logs_20140328.FilterLogEvents', { logGroupName: logGroup, startTime: since, nextToken });
    for (const { timestamp, message } of (page?.events ?? []) as { timestamp: number; message: string }[]) if (message.startsWith('{')) lines.push({ at: timestamp, said: JSON.parse(message) });
    nextToken = page?.nextToken as string | undefined;
  } while (nextToken);
  return lines;
}

const PATIENCE_MS = 5_000;

/** An operation of AWS's JSON protocol, as root, for services without an SDK client here; undefined when it has no good answer in time. */
export async function callJson(aws: LocalAws, region: string, service: string, target: string, input: object): Promise<{ readonly [member: string]: unknown } | undefined> {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      'content-type': `application/x-amz-json-1.${service === 'sqs' ? 0 : 1}`,
      'x-amz-target': target,
      'x-amz-date': date,
      // A root's signature is not checked.
      authorization: `AWS4-HMAC-SHA256 Credential=${aws.account}/${scope}, SignedHeaders=host;x-amz-date, Signature=0`,
    },
  }).catch(() => undefined);
  return answer?.status === 200 ? ((await answer.json()) as { readonly [member: string]: unknown }) : undefined;
}
