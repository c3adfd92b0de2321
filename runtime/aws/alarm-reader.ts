import { CloudWatchClient, DescribeAlarmsCommand, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { CallError } from '../core/calls/call-error';
import type { AlarmReader } from '../core/controller/world';
import { calling } from './call-error';
import { clientsByRegion } from './clients-by-region';

/** An act waits for the answer: one that comes late holds nothing. */
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true } } as const;

const alarmsSchema = z.array(z.object({ AlarmName: z.string(), StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) })).default([]);

export interface AwsAlarmReader extends AlarmReader {
  close(): void;
}

/** Metric alarms and composite alarms of any Region. Needs `cloudwatch:DescribeAlarms` on them. */
export function alarmReader(config: CloudWatchClientConfig = {}): AwsAlarmReader {
  const clients = clientsByRegion((region) => new CloudWatchClient({ ...SETTINGS, ...config, region }));
  return {
    async states(region, names, abortSignal) {
      const input = { AlarmNames: [...names], AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
      const { MetricAlarms, CompositeAlarms } = await calling('cloudwatch DescribeAlarms', region, () => clients.of(region).send(new DescribeAlarmsCommand(input), { abortSignal }));
      const found = alarmsSchema.safeParse([...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])]);
      if (!found.success) throw new CallError({ call: 'cloudwatch DescribeAlarms', region, status: 200, code: 'Garbage', reason: `an answer that makes no sense: ${found.error.issues[0].message}` });
      return new Map(found.data.flatMap(({ AlarmName: name, StateValue: state }) => (names.includes(name) ? [[name, state === 'ALARM' ? 'in alarm' : 'quiet'] as const] : [])));
    },
    close: () => clients.close(),
  };
}
