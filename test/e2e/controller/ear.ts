import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { LocalAws } from '../../../local';
import { callJson } from '../../../local/controller/observers';
import { EVENT_SOURCE } from '../../../lib/private/controller-contract';
import { DETAIL_TYPE, eventSchema, type ActEvent } from '../../../runtime/core/controller/tell/event';

const QUEUE = 'heard';
/** What was received once is not received again. */
const HIDDEN_SECONDS = 43_200;

/** A mail, as it would be. */
export interface Mail {
  readonly at: number;
  readonly subject: string;
  readonly body: string;
}

export interface AlarmMail {
  readonly at: number;
  readonly name: string;
  readonly state: string;
  readonly body: string;
}

/** An event as a rule hands it on, its detail by the schema of docs/events.md. */
export interface Heard {
  readonly at: number;
  readonly resources: readonly string[];
  readonly detail: ActEvent;
}

/**
 * What people hear, and rules of theirs: a queue in each control Region that is subscribed to the topic there, and is the target of a rule
 * for the events of acts.
 */
export class Ear {
  private readonly mails: { [region: string]: Mail[] } = {};
  private readonly events: { [region: string]: Heard[] } = {};

  private constructor(private readonly aws: LocalAws) {}

  public static async open(aws: LocalAws, topics: { readonly [region: string]: string }): Promise<Ear> {
    const ear = new Ear(aws);
    await Promise.all(Object.entries(topics).map(([region, topic]) => ear.listen(region, topic)));
    return ear;
  }

  /** Events of acts that came in a Region. */
  public async eventsIn(region: string, since: number): Promise<Heard[]> {
    await this.receive(region);
    // Their time is in whole seconds.
    return this.events[region].filter(({ at }) => at >= Math.floor(since / 1000) * 1000);
  }

  /** What the controller wrote to people. */
  public async mailsIn(region: string, since: number): Promise<Mail[]> {
    await this.receive(region);
    return this.mails[region].filter(({ at, body }) => at >= since && !body.startsWith('{'));
  }

  /** What alarms wrote to people. */
  public async alarmsIn(region: string, since: number): Promise<AlarmMail[]> {
    await this.receive(region);
    return this.mails[region].filter(({ at, body }) => at >= since && body.startsWith('{')).map(({ at, body }) => {
      const { AlarmName: name, NewStateValue: state } = JSON.parse(body) as { AlarmName: string; NewStateValue: string };
      return { at, name, state, body };
    });
  }

  private async listen(region: string, topic: string): Promise<void> {
    this.mails[region] = [];
    this.events[region] = [];
    const arn = `arn:aws:sqs:${region}:${this.aws.account}:${QUEUE}`;
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: arn }] });
    if (!(await callJson(this.aws, region, 'sqs', 'AmazonSQS.CreateQueue', { QueueName: QUEUE, Attributes: { Policy } }))) throw new Error(`no queue could be made in ${region}`);
    const root = { region, endpoint: this.aws.endpoint, credentials: { accessKeyId: this.aws.account, secretAccessKey: 'local' } };
    const sns = new SNSClient(root);
    const events = new EventBridgeClient(root);
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: arn }));
    await events.send(new PutRuleCommand({ Name: QUEUE, EventPattern: JSON.stringify({ source: [EVENT_SOURCE], 'detail-type': [DETAIL_TYPE] }) }));
    await events.send(new PutTargetsCommand({ Rule: QUEUE, Targets: [{ Id: QUEUE, Arn: arn }] }));
    sns.destroy();
    events.destroy();
  }

  /** Takes what is in the queue of a Region; nothing while that is dead. */
  private async receive(region: string): Promise<void> {
    const url = `${this.aws.endpoint}/${this.aws.account}/${QUEUE}`;
    for (;;) {
      const answer = await callJson(this.aws, region, 'sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: HIDDEN_SECONDS });
      const messages = (answer?.Messages ?? []) as { Body: string }[];
      for (const { Body } of messages) this.take(region, JSON.parse(Body));
      if (messages.length === 0) return;
    }
  }

  private take(region: string, said: { readonly [member: string]: any }): void {
    if (said.Type === 'Notification') this.mails[region].push({ at: Date.parse(said.Timestamp), subject: said.Subject, body: said.Message });
    else this.events[region].push({ at: Date.parse(said.time), resources: said.resources, detail: eventSchema.parse(said.detail) });
  }
}
