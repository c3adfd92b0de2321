import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, type AttributeValue, type DynamoDBClientConfig, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { CallError } from '../core/calls/call-error';
import type { Item, Stored, Table } from '../core/controller/ports';
import { calling } from './call-error';
import { CLIENT_SETTINGS } from './client-settings';

/** All items of one controller, so that one strongly consistent query finds them. */
const PARTITION = 'controller';

/** Of at most 1 MB each: more than the reports of seventeen Regions can fill. */
const MOST_PAGES = 5;

/**
 * What a conditional write is refused with: by its condition, or because another Region is writing the item at this moment, in
 * which case nothing was written (DynamoDB API reference, ReplicatedWriteConflictException).
 */
const REFUSED = /^(ConditionalCheckFailedException|ReplicatedWriteConflictException)$/;

export interface DynamoTableOptions {
  readonly tableName: string;
  /** The replica that is asked. */
  readonly region: string;
  readonly config?: DynamoDBClientConfig;
}

export interface DynamoTable extends Table {
  close(): void;
}

/**
 * One replica of a global table with multi-Region strong consistency: partition key `controller`, sort key `key`.
 *
 * A write is sent once. The SDK would send it again when its answer was lost, and the second would be refused by the first's own
 * revision: a success that looks like a defeat.
 */
export function dynamoTable({ tableName, region, config = {} }: DynamoTableOptions): DynamoTable {
  const settings = { ...CLIENT_SETTINGS, ...config, region };
  const reader = new DynamoDBClient(settings);
  const writer = new DynamoDBClient({ ...settings, maxAttempts: 1 });

  return {
    async get(key, abortSignal) {
      const { Item: stored } = await calling('dynamodb GetItem', region, () =>
        reader.send(new GetItemCommand({ TableName: tableName, Key: keyOf(key), ConsistentRead: true }), { abortSignal }),
      );
      return stored && parsed(stored, 'dynamodb GetItem', region);
    },

    async list(prefix, abortSignal) {
      const found = new Map<string, Stored>();
      let from: Record<string, AttributeValue> | undefined;
      for (let page = 0; page === 0 || from; page++) {
        if (page >= MOST_PAGES) throw malformed('dynamodb Query', region, `more than ${MOST_PAGES} pages under '${prefix}'`);
        const answer: QueryCommandOutput = await calling('dynamodb Query', region, () =>
          reader.send(
            new QueryCommand({
              TableName: tableName,
              ConsistentRead: true,
              KeyConditionExpression: '#partition = :partition AND begins_with(#key, :prefix)',
              ExpressionAttributeNames: { '#partition': 'partition', '#key': 'key' },
              ExpressionAttributeValues: { ':partition': { S: PARTITION }, ':prefix': { S: prefix } },
              ExclusiveStartKey: from,
            }),
            { abortSignal },
          ),
        );
        for (const stored of answer.Items ?? []) found.set(stored.key?.S ?? '', parsed(stored, 'dynamodb Query', region));
        from = answer.LastEvaluatedKey;
      }
      return found;
    },

    async put(key, item, ifRevision, abortSignal) {
      try {
        await calling('dynamodb PutItem', region, () =>
          writer.send(
            new PutItemCommand({
              TableName: tableName,
              Item: { ...keyOf(key), revision: { N: String((ifRevision ?? 0) + 1) }, content: { S: JSON.stringify(item) } },
              ...(ifRevision === undefined
                ? { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': 'key' } }
                : { ConditionExpression: '#revision = :revision', ExpressionAttributeNames: { '#revision': 'revision' }, ExpressionAttributeValues: { ':revision': { N: String(ifRevision) } } }),
            }),
            { abortSignal },
          ),
        );
        return 'written';
      } catch (error) {
        if (error instanceof CallError && REFUSED.test(error.code)) return 'refused';
        throw error;
      }
    },

    close: () => [reader, writer].forEach((client) => client.destroy()),
  };
}

function keyOf(key: string): Record<string, AttributeValue> {
  return { partition: { S: PARTITION }, key: { S: key } };
}

function parsed({ revision, content }: Record<string, AttributeValue>, call: string, region: string): Stored {
  const number = Number(revision?.N);
  if (!Number.isSafeInteger(number) || number < 1) throw malformed(call, region, `'revision' must be a whole number from 1, got '${revision?.N}'`);
  const item = jsonObject(content?.S);
  if (!item) throw malformed(call, region, `'content' is no JSON object`);
  return { item, revision: number };
}

function jsonObject(text: string | undefined): Item | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : undefined;
  } catch {
    return undefined;
  }
}

/** The table answered, and with what this code cannot read: doubt, not a dead Region. */
function malformed(call: string, region: string, reason: string): CallError {
  return new CallError({ call, region, code: 'Malformed', status: 200, reason });
}
