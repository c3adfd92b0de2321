import { PublishCommand, SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import type { Message } from '../core/controller/tell/message';
import { calling } from './call-error';

/** Once: a message that was sent twice is read twice. */
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_800, throwOnRequestTimeout: true } } as const;

export interface AwsTopic {
  publish(message: Message, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The topic by which people are told. Needs `sns:Publish`. */
export function topic(topicArn: string, region: string, config: SNSClientConfig = {}): AwsTopic {
  const client = new SNSClient({ ...SETTINGS, ...config, region });
  return {
    async publish({ subject, body }, abortSignal) {
      await calling('sns Publish', region, () => client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }), { abortSignal }));
    },
    close: () => client.destroy(),
  };
}
