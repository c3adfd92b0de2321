import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { startLocalAws, type Credentials, type LocalAws } from '../../local';
import { dynamoTable, type DynamoTable } from '../../runtime/aws/table';
import { makeStrongTable } from './strong-table';
import { createUser } from './support';

const TABLE = 'votes';
const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];
const signal = new AbortController().signal;
let aws: LocalAws;
let voter: Credentials;
const tables: DynamoTable[] = [];

beforeAll(async () => {
  aws = await startLocalAws();
  await makeStrongTable(aws, TABLE, REGIONS);
  voter = await createUser(aws, 'voter', [{ Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], Resource: [`arn:aws:dynamodb:*:${aws.account}:table/${TABLE}`] }]);
});

afterEach(() => aws.control.heal());
afterAll(async () => {
  for (const table of tables) table.close();
  await aws?.stop();
});

function tableOf(credentials: Credentials, region = 'us-east-1'): DynamoTable {
  const table = dynamoTable({ tableName: TABLE, region, config: { endpoint: aws.endpoint, credentials } });
  tables.push(table);
  return table;
}

test('of twenty who write over one revision in three Regions, one wins, and its item is there', async () => {
  const table = tableOf(voter);
  await expect(table.put('register', { epoch: 0 }, undefined, signal)).resolves.toBe('written');
  const results = await Promise.all(Array.from({ length: 20 }, async (_, index) => ({ index, how: await tableOf(voter, REGIONS[index % 3]).put('register', { epoch: 1, by: index }, 1, signal) })));

  const winners = results.filter(({ how }) => how === 'written');
  expect(winners).toHaveLength(1);
  await expect(table.get('register', signal)).resolves.toEqual({ item: { epoch: 1, by: winners[0].index }, revision: 2 });
  await expect(table.put('register', {}, undefined, signal)).resolves.toBe('refused');
});

test('items are listed by how their keys begin, the same by every replica', async () => {
  const table = tableOf(voter);
  for (const name of ['a', 'b']) await table.put(`report/${name}`, { name }, undefined, signal);

  for (const region of REGIONS) {
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

describe('two of three Regions dead', () => {
  beforeEach(async () => {
    await aws.control.setRegion('us-east-1', { kind: 'refused' });
    await aws.control.setRegion('us-east-2', { kind: 'blackhole' });
  });

  test.each([
    ['writes', (table: DynamoTable) => table.put('by one of three', {}, undefined, signal)],
    ['strong reads', (table: DynamoTable) => table.get('register', signal)],
    ['strong queries', (table: DynamoTable) => table.list('report/', signal)],
  ] as const)('fails when the last is asked for %s, and goes on when one is back', async (_, call) => {
    await expect(call(tableOf(voter, 'us-west-2'))).rejects.toMatchObject({ code: 'InternalServerError', status: 500 });

    await aws.control.setRegion('us-east-2', { kind: 'healthy' });
    await expect(call(tableOf(voter, 'us-west-2'))).resolves.toBeDefined();
  });

  test('the last still answers what need not be the latest', async () => {
    const read = { TableName: TABLE, Key: { partition: { S: 'controller' }, key: { S: 'register' } } };
    const { Item } = await aws.clients.dynamoDb('us-west-2').send(new GetItemCommand(read));
    expect(Item?.revision).toEqual({ N: '2' });
  });
});

test('fails when a transaction is asked of a strongly consistent table', async () => {
  const Put = { TableName: TABLE, Item: { partition: { S: 'controller' }, key: { S: 'both' } } };
  await expect(aws.clients.dynamoDb('us-west-2').send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))).rejects.toThrow(/Transactions are not supported/);
});

describe('a global table of a template', () => {
  const stack = async (name: string, properties: object) => {
    const client = aws.clients.cloudFormation('us-east-1');
    const GlobalTable = {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        ...properties,
      },
    };
    await client.send(new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify({ Resources: { GlobalTable } }) }));
    for (let left = 100; left > 0; left--) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
      if (!/IN_PROGRESS$/.test(Stacks![0].StackStatus!)) return { status: Stacks![0].StackStatus, why: Stacks![0].StackStatusReason };
      await sleep(50);
    }
    throw new Error(`the stack ${name} did not come to an end`);
  };
  const replicas = (regions: readonly string[]) => ({ Replicas: regions.map((Region) => ({ Region })) });

  test('has the replicas that it names, and one content, and goes with the stack', async () => {
    expect(await stack('strong', { ...replicas(REGIONS), MultiRegionConsistency: 'STRONG' })).toMatchObject({ status: 'CREATE_COMPLETE' });
    await aws.clients.dynamoDb('us-west-2').send(new PutItemCommand({ TableName: 'strong', Item: { key: { S: 'k' } } }));

    for (const region of REGIONS) {
      const client = aws.clients.dynamoDb(region);
      const { Table } = await client.send(new DescribeTableCommand({ TableName: 'strong' }));
      expect(Table).toMatchObject({ MultiRegionConsistency: 'STRONG', TableArn: `arn:aws:dynamodb:${region}:${aws.account}:table/strong` });
      expect(Table!.Replicas!.map(({ RegionName }) => RegionName)).toEqual(REGIONS.filter((one) => one !== region));
      expect((await client.send(new GetItemCommand({ TableName: 'strong', Key: { key: { S: 'k' } } }))).Item).toEqual({ key: { S: 'k' } });
    }
    await aws.clients.cloudFormation('us-east-1').send(new DeleteStackCommand({ StackName: 'strong' }));
    await sleep(500);
    for (const region of REGIONS) await expect(aws.clients.dynamoDb(region).send(new DescribeTableCommand({ TableName: 'strong' }))).rejects.toThrow(/not found/);
  });

  test('copies afterwards when it is not strong', async () => {
    expect(await stack('eventual', replicas(REGIONS.slice(0, 2)))).toMatchObject({ status: 'CREATE_COMPLETE' });
    await aws.control.setRegion('us-east-1', { kind: 'refused' });
    await aws.clients.dynamoDb('us-east-2').send(new PutItemCommand({ TableName: 'eventual', Item: { key: { S: 'alone' } } }));
  });

  test('fails when a strong one has two Regions', async () => {
    expect(await stack('two', { ...replicas(REGIONS.slice(0, 2)), MultiRegionConsistency: 'STRONG' })).toMatchObject({ status: expect.stringMatching(/ROLLBACK/) });
  });
});

test('fails when the Region is dead, and the write may be made by asking another', async () => {
  await aws.control.setRegion('us-east-1', { kind: 'refused' });

  await expect(tableOf(voter).put('later', {}, undefined, signal)).rejects.toMatchObject({ unreachable: true });
  await expect(tableOf(voter, 'us-west-2').put('later', {}, undefined, signal)).resolves.toBe('written');
});
