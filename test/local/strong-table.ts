import { CreateTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { LocalAws } from '../../local';

/** A table as the controller's construct makes it: strongly consistent over these Regions. */
export async function makeStrongTable(aws: LocalAws, TableName: string, [first, ...others]: readonly string[]): Promise<void> {
  const dynamo = aws.clients.dynamoDb(first);
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'partition', AttributeType: 'S' }, { AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'partition', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
    }),
  );
  await dynamo.send(new UpdateTableCommand({ TableName, MultiRegionConsistency: 'STRONG', ReplicaUpdates: others.map((RegionName) => ({ Create: { RegionName } })) }));
}
