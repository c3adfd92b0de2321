import { EventBridgeClient, PutEventsCommand, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../lib/private/controller-contract';
import { CallError } from '../core/calls/call-error';
import { DETAIL_TYPE, type ActEvent } from '../core/controller/tell/event';
import { calling } from './call-error';

/** An event is worth a second try within the time of a notice. */
const SETTINGS = { maxAttempts: 2, requestHandler: { connectionTimeout: 700, requestTimeout: 900, throwOnRequestTimeout: true } } as const;

export interface AwsEventBus {
  put(event: ActEvent, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The default bus of one Region. Needs `events:PutEvents`. */
export function eventBus(region: string, config: EventBridgeClientConfig = {}): AwsEventBus {
  const client = new EventBridgeClient({ ...SETTINGS, ...config, region });
  return {
    async put(event, abortSignal) {
      const entry = { Source: EVENT_SOURCE, DetailType: DETAIL_TYPE, Detail: JSON.stringify(event), Resources: [event.accessPoint] };
      const { FailedEntryCount, Entries } = await calling('events PutEvents', region, () => client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal }));
      // The call succeeds although the entry was refused.
      const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (FailedEntryCount || refused) throw new CallError({ call: 'events PutEvents', region, status: 200, code: refused?.ErrorCode ?? 'Refused', reason: refused?.ErrorMessage ?? 'the event was not taken' });
    },
    close: () => client.destroy(),
  };
}
