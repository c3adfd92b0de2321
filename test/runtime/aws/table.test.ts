import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, InternalServerError, PutItemCommand, QueryCommand, ReplicatedWriteConflictException } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoTable } from '../../../runtime/aws/table';

const dynamo = mockClient(DynamoDBClient);
const signal = new AbortController().signal;
const table = dynamoTable({ tableName: 'votes', region: 'us-east-2' });
const stored = (key: string, revision: string, content: string) => ({ partition: { S: 'controller' }, key: { S: key }, revision: { N: revision }, content: { S: content } });
const metadata = { message: 'no', $metadata: { httpStatusCode: 400 } };

beforeEach(() => dynamo.reset());

test('an item is read strongly consistent, with its revision', async () => {
  dynamo.on(GetItemCommand).resolves({ Item: stored('register', '7', '{"epoch":3}') });

  await expect(table.get('register', signal)).resolves.toEqual({ item: { epoch: 3 }, revision: 7 });
  expect(dynamo.commandCalls(GetItemCommand)[0].args[0].input).toEqual({ TableName: 'votes', Key: { partition: { S: 'controller' }, key: { S: 'register' } }, ConsistentRead: true });
});

test('an item that is not there is none', async () => {
  dynamo.on(GetItemCommand).resolves({});

  await expect(table.get('register', signal)).resolves.toBeUndefined();
});

test('all items under a prefix are read strongly consistent, page by page', async () => {
  dynamo
    .on(QueryCommand)
    .resolvesOnce({ Items: [stored('report/a', '1', '{}')], LastEvaluatedKey: stored('report/a', '1', '{}') })
    .resolvesOnce({ Items: [stored('report/b', '2', '{"x":1}')] });

  await expect(table.list('report/', signal)).resolves.toEqual(new Map([['report/a', { item: {}, revision: 1 }], ['report/b', { item: { x: 1 }, revision: 2 }]]));
  expect(dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input)).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true, ExclusiveStartKey: { key: { S: 'report/a' } } }]);
});

test('a first write asks that there be no such item, and a later one that its revision be the known one', async () => {
  dynamo.on(PutItemCommand).resolves({});

  await expect(table.put('register', { epoch: 1 }, undefined, signal)).resolves.toBe('written');
  await expect(table.put('register', { epoch: 2 }, 1, signal)).resolves.toBe('written');

  expect(dynamo.commandCalls(PutItemCommand).map(({ args }) => args[0].input)).toMatchObject([
    { ConditionExpression: 'attribute_not_exists(#key)', Item: { revision: { N: '1' }, content: { S: '{"epoch":1}' } } },
    { ConditionExpression: '#revision = :revision', ExpressionAttributeValues: { ':revision': { N: '1' } }, Item: { revision: { N: '2' } } },
  ]);
});

test.each([
  ['its condition does not hold', new ConditionalCheckFailedException(metadata)],
  ['another Region is writing the item', new ReplicatedWriteConflictException(metadata)],
])('a write is refused when %s', async (_, error) => {
  dynamo.on(PutItemCommand).rejects(error);

  await expect(table.put('register', {}, 1, signal)).resolves.toBe('refused');
});

test('a write is sent once, so that its own lost answer does not look like a refusal; a read is tried again', async () => {
  dynamo.on(PutItemCommand).resolves({}).on(GetItemCommand).resolves({});

  await table.put('register', {}, 1, signal);
  await table.get('register', signal);

  expect(await (dynamo.commandCalls(PutItemCommand)[0].thisValue as DynamoDBClient).config.maxAttempts()).toBe(1);
  expect(await (dynamo.commandCalls(GetItemCommand)[0].thisValue as DynamoDBClient).config.maxAttempts()).toBe(3);
});

test('fails when a write got no clear answer, and does not call it refused', async () => {
  dynamo.on(PutItemCommand).rejects(new InternalServerError({ message: 'later', $metadata: { httpStatusCode: 500 } }));

  await expect(table.put('register', {}, 1, signal)).rejects.toMatchObject({ message: 'dynamodb PutItem in us-east-2 was answered 500 InternalServerError: later', unreachable: true });
});

test.each([
  ['a revision that is no number', stored('register', 'x', '{}'), "'revision' must be a whole number from 1, got 'x'"],
  ['a content that is no JSON', stored('register', '1', '{'), "'content' is no JSON object"],
  ['a content that is a list', stored('register', '1', '[]'), "'content' is no JSON object"],
])('fails when an item has %s', async (_, item, reason) => {
  dynamo.on(GetItemCommand).resolves({ Item: item });

  await expect(table.get('register', signal)).rejects.toMatchObject({ reason, unreachable: false });
});

test('fails when there are more items than a controller can have', async () => {
  dynamo.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: stored('report/a', '1', '{}') });

  await expect(table.list('report/', signal)).rejects.toMatchObject({ reason: "more than 5 pages under 'report/'" });
});
