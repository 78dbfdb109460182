/** The backup table and its replica once the stack is gone: whose they are, and their removal. */
import {
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { errorNameOf } from '../service-errors.ts';

/** A table as it is in one Region. */
export interface TableState {
  readonly arn: string;
  readonly status: string;
  readonly protectedFromDeletion: boolean;
  /** Other Regions that hold a replica, each with its status. */
  readonly replicas: Readonly<Record<string, string>>;
}

/** Undefined when there is no such table. */
export async function tableState(client: DynamoDBClient, table: string): Promise<TableState | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return {
      arn: Table?.TableArn ?? '',
      status: Table?.TableStatus ?? '',
      protectedFromDeletion: Table?.DeletionProtectionEnabled === true,
      replicas: Object.fromEntries(
        (Table?.Replicas ?? []).map(({ RegionName = '', ReplicaStatus = '' }) => [RegionName, ReplicaStatus]),
      ),
    };
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Tags of the table, each Region has its own. */
export async function tableTags(client: DynamoDBClient, arn: string): Promise<Readonly<Record<string, string>>> {
  const tags: Record<string, string> = {};
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken }));
    for (const { Key = '', Value = '' } of page.Tags ?? []) tags[Key] = Value;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return tags;
}

/** Names of all tables of the Region that begin so. */
export async function tablesNamed(client: DynamoDBClient, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  let ExclusiveStartTableName: string | undefined;
  do {
    const page = await client.send(new ListTablesCommand({ ExclusiveStartTableName }));
    names.push(...(page.TableNames ?? []).filter((name) => name.startsWith(prefix)));
    ExclusiveStartTableName = page.LastEvaluatedTableName;
  } while (ExclusiveStartTableName !== undefined);
  return names;
}

/** Takes back the deletion protection of this Region's table. */
export const allowDeletion = async (client: DynamoDBClient, table: string): Promise<void> => {
  await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }));
};

/** Asks for the removal of the replica in another Region. */
export const removeReplica = async (client: DynamoDBClient, table: string, region: string): Promise<void> => {
  await client.send(new UpdateTableCommand({ TableName: table, ReplicaUpdates: [{ Delete: { RegionName: region } }] }));
};

/** Asks for the deletion of the table. */
export const deleteTable = async (client: DynamoDBClient, table: string): Promise<void> => {
  await client.send(new DeleteTableCommand({ TableName: table }));
};
