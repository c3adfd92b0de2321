import { CreateTableCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { startLocalAws, type Credentials, type LocalAws } from '../../local';
import { dynamoTable, type DynamoTable } from '../../runtime/aws/table';
import { createUser } from './support';

const TABLE = 'votes';
const signal = new AbortController().signal;
let aws: LocalAws;
let voter: Credentials;
const tables: DynamoTable[] = [];

beforeAll(async () => {
  aws = await startLocalAws();
  const dynamo = aws.clients.dynamoDb('us-east-1');
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'partition', AttributeType: 'S' }, { AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'partition', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await dynamo.send(new UpdateTableCommand({ TableName: TABLE, ReplicaUpdates: [{ Create: { RegionName: 'us-west-2' } }] }));
  voter = await createUser(aws, 'voter', [{ Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], Resource: [`arn:aws:dynamodb:*:${aws.account}:table/${TABLE}`] }]);
});

afterAll(async () => {
  for (const table of tables) table.close();
  await aws?.stop();
});

function tableOf(credentials: Credentials, region = 'us-east-1'): DynamoTable {
  const table = dynamoTable({ tableName: TABLE, region, config: { endpoint: aws.endpoint, credentials } });
  tables.push(table);
  return table;
}

test('of twenty who write over one revision, one wins, and its item is there', async () => {
  const table = tableOf(voter);
  await expect(table.put('register', { epoch: 0 }, undefined, signal)).resolves.toBe('written');
  const results = await Promise.all(Array.from({ length: 20 }, async (_, index) => ({ index, how: await table.put('register', { epoch: 1, by: index }, 1, signal) })));

  const winners = results.filter(({ how }) => how === 'written');
  expect(winners).toHaveLength(1);
  await expect(table.get('register', signal)).resolves.toEqual({ item: { epoch: 1, by: winners[0].index }, revision: 2 });
  await expect(table.put('register', {}, undefined, signal)).resolves.toBe('refused');
});

test('items are listed by how their keys begin, and a replica has them too', async () => {
  const table = tableOf(voter);
  for (const name of ['a', 'b']) await table.put(`report/${name}`, { name }, undefined, signal);

  for (const region of ['us-east-1', 'us-west-2']) {
    const found = await tableOf(voter, region).list('report/', signal);
    expect([...found].map(([key, { item }]) => [key, item])).toEqual([['report/a', { name: 'a' }], ['report/b', { name: 'b' }]]);
  }
});

test('an item that something else wrote is told apart from a Region that is dead', async () => {
  await aws.clients.dynamoDb('us-east-1').send(new PutItemCommand({ TableName: TABLE, Item: { partition: { S: 'controller' }, key: { S: 'strange' }, epoch: { N: '1' } } }));

  await expect(tableOf(voter).get('strange', signal)).rejects.toMatchObject({ code: 'Malformed', unreachable: false });
});

test.each([
  ['GetItem', (table: DynamoTable) => table.get('register', signal)],
  ['Query', (table: DynamoTable) => table.list('report/', signal)],
  ['PutItem', (table: DynamoTable) => table.put('mine', {}, undefined, signal)],
] as const)('fails when %s is not allowed, and names it', async (action, call) => {
  const others = ['GetItem', 'Query', 'PutItem'].filter((one) => one !== action).map((one) => `dynamodb:${one}`);
  const user = await createUser(aws, `without-${action}`, [{ Action: others, Resource: ['*'] }]);

  await expect(call(tableOf(user))).rejects.toMatchObject({ call: `dynamodb ${action}`, denied: true });
});

test('fails when the Region is dead, and the write may be made by asking another', async () => {
  await aws.control.setRegion('us-east-1', { kind: 'refused' });

  await expect(tableOf(voter).put('later', {}, undefined, signal)).rejects.toMatchObject({ unreachable: true });
  await expect(tableOf(voter, 'us-west-2').put('later', {}, undefined, signal)).resolves.toBe('written');
});
