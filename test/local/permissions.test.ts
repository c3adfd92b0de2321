import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Credentials } from '../../local';
import { arn, EAST, Lab, type Statement } from './replication-lab';
import { createAccessPoint } from './support';

let lab: Lab;
let bucket: string;
let accessPoint: string;
const clients: EventBridgeClient[] = [];

beforeAll(async () => {
  lab = await Lab.start();
  bucket = await lab.bucket(EAST);
  accessPoint = await createAccessPoint(lab.aws, 'listed', [bucket]);
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket: bucket, Key: 'there', Body: 'v' }));
}, 60_000);
afterAll(async () => {
  for (const client of clients) client.destroy();
  await lab?.stop();
});

/** `ok`, else status and name of the error. */
const answer = (call: Promise<unknown>) => call.then(() => 'ok', ({ name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) => `${$metadata?.httpStatusCode} ${name}`);

describe('who puts events is judged by each of them', () => {
  const OURS = { Source: 'cdk-s3-failover', DetailType: 'S3 Failover Act', Detail: '{}' };
  const ANOTHER = { ...OURS, Source: 'another' };
  const bus = (name = 'default') => `arn:aws:events:${EAST}:${lab.aws.account}:event-bus/${name}`;
  const may = (condition: object, more: object = {}): Statement[] => [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus(), Condition: condition, ...more }];

  async function put(statements: Statement[], ...Entries: PutEventsRequestEntry[]): Promise<string> {
    const client = new EventBridgeClient({ endpoint: lab.aws.endpoint, region: EAST, maxAttempts: 1, credentials: await lab.user(statements) });
    clients.push(client);
    return answer(client.send(new PutEventsCommand({ Entries })));
  }

  const REFUSED = '403 AccessDeniedException';
  const bySource = { StringEquals: { 'events:source': 'cdk-s3-failover' } };

  test.each<[string, object, PutEventsRequestEntry[], string]>([
    ['the source that is allowed', bySource, [OURS], 'ok'],
    ['another source', bySource, [ANOTHER], REFUSED],
    ['two of the source that is allowed', bySource, [OURS, OURS], 'ok'],
    ['a second one of another source', bySource, [OURS, ANOTHER], REFUSED],
    ['a type that is allowed', { StringEquals: { 'events:detail-type': OURS.DetailType } }, [OURS], 'ok'],
    ['a type that is not', { StringEquals: { 'events:detail-type': 'Another' } }, [OURS], REFUSED],
    ['those that no bus has sent on', { Bool: { 'events:eventBusInvocation': 'false' } }, [OURS], 'ok'],
    ['those alone that a bus has sent on', { Bool: { 'events:eventBusInvocation': 'true' } }, [OURS], REFUSED],
  ])('%s', async (_name, condition, entries, expected) => {
    expect(await put(may(condition), ...entries)).toBe(expected);
  });

  test('fails for a source that is denied, whichever entry it is in, and for a bus that is not named', async () => {
    const all = { Effect: 'Allow', Action: 'events:PutEvents', Resource: bus() };
    const deny = [all, ...may(bySource, { Effect: 'Deny' })];
    expect(await put(deny, ANOTHER)).toBe('ok');
    expect(await put(deny, ANOTHER, OURS)).toBe(REFUSED);
    expect(await put([all], OURS, { ...OURS, EventBusName: 'other' })).toBe(REFUSED);
  });
});

describe('of an object that is not there', () => {
  const READ = () => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: [`${arn(bucket)}/*`, `${accessPoint}/object/*`] });
  const list = (...Resource: string[]) => ({ Effect: 'Allow', Action: 's3:ListBucket', Resource });

  async function reads(credentials: Credentials, through: boolean, Key: string): Promise<string[]> {
    const settings = { credentials, maxAttempts: 1 };
    const client = through ? lab.aws.clients.dataPlane(settings) : lab.aws.clients.s3(EAST, settings);
    const Bucket = through ? accessPoint : bucket;
    return Promise.all([answer(client.send(new GetObjectCommand({ Bucket, Key }))), answer(client.send(new HeadObjectCommand({ Bucket, Key })))]);
  }

  const MISSING = ['404 NoSuchKey', '404 NotFound'];
  const REFUSED = ['403 AccessDenied', '403 Unknown'];

  test('whoever may list is told so, by the bucket and by the access point', async () => {
    const user = await lab.user([READ(), list(arn(bucket), accessPoint)]);
    expect(await reads(user, false, 'gone')).toEqual(MISSING);
    expect(await reads(user, true, 'gone')).toEqual(MISSING);
  });

  test('whoever may not is refused, and still reads what is there', async () => {
    const user = await lab.user([READ()]);
    for (const through of [false, true]) {
      expect(await reads(user, through, 'gone')).toEqual(REFUSED);
      expect(await reads(user, through, 'there')).toEqual(['ok', 'ok']);
    }
  });

  test('through an access point it takes both', async () => {
    for (const one of [arn(bucket), accessPoint]) expect(await reads(await lab.user([READ(), list(one)]), true, 'gone')).toEqual(REFUSED);
  });
});
