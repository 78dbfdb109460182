/** ReplicaTables on DynamoDB. */
import {
  DescribeTableCommand,
  DynamoDBClient,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { clientOptions } from '../../adapters/client-options.ts';
import { errorNameOf } from '../../adapters/service-errors.ts';
import { valueUnless } from '../framework/aws.ts';
import type { ReplicaTables, ChangeOutcome } from './tables.ts';

const UNKNOWN_TABLE = 'ResourceNotFoundException';
/**
 * Errors of a table that is being made or changed (DynamoDB API: UpdateTable, UpdateContinuousBackups, TagResource).
 * A replica that has just become ACTIVE gives them for a while in its own Region.
 */
const BUSY = new Set([
  'ResourceInUseException',
  'LimitExceededException',
  'ContinuousBackupsUnavailableException',
  'TableNotFoundException',
  UNKNOWN_TABLE,
]);
/** A ValidationException is final, but for those that tell of a table in the making: UpdateTable has no name of its own for them. */
const BUSY_TEXT = /being (?:created|updated|backfilled)/i;

async function settle(call: Promise<unknown>): Promise<ChangeOutcome> {
  try {
    await call;
    return 'done';
  } catch (error) {
    const name = errorNameOf(error);
    if (BUSY.has(name)) return { busy: name };
    if (name === 'ValidationException' && error instanceof Error && BUSY_TEXT.test(error.message))
      return { busy: name };
    throw error;
  }
}

/** ReplicaTables on DynamoDB; `thisRegion` is the one of the table that gets a replica. */
export function dynamoDbTables({
  thisRegion,
  userAgent,
}: {
  readonly thisRegion: string;
  readonly userAgent: string;
}): ReplicaTables {
  const client = (region: string) => new DynamoDBClient(clientOptions({ userAgent, region }));
  const describe = async (region: string, tableName: string): Promise<TableDescription | undefined> =>
    (await valueUnless(UNKNOWN_TABLE, client(region).send(new DescribeTableCommand({ TableName: tableName }))))?.Table;

  return {
    replicaStatus: async (tableName, replicaRegion) => {
      const table = await describe(thisRegion, tableName);
      if (table === undefined) throw new Error(`Table ${tableName} does not exist in ${thisRegion}.`);
      return table.Replicas?.find((replica) => replica.RegionName === replicaRegion)?.ReplicaStatus ?? 'absent';
    },
    addReplica: (tableName, replicaRegion, keyArn) =>
      settle(
        client(thisRegion).send(
          new UpdateTableCommand({
            TableName: tableName,
            ReplicaUpdates: [
              { Create: { RegionName: replicaRegion, ...(keyArn === undefined ? {} : { KMSMasterKeyId: keyArn }) } },
            ],
          }),
        ),
      ),
    tableStatus: async (region, tableName) => (await describe(region, tableName))?.TableStatus ?? 'absent',
    keepPointInTimeRecovery: (region, tableName, days) =>
      settle(
        client(region).send(
          new UpdateContinuousBackupsCommand({
            TableName: tableName,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days },
          }),
        ),
      ),
    protectFromDeletion: async (region, tableName) => {
      if ((await describe(region, tableName))?.DeletionProtectionEnabled === true) return 'done';
      return settle(
        client(region).send(new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: true })),
      );
    },
    tag: async (region, tableName, tags) => {
      const arn = (await describe(region, tableName))?.TableArn;
      if (arn === undefined) return { busy: UNKNOWN_TABLE };
      return settle(
        client(region).send(
          new TagResourceCommand({
            ResourceArn: arn,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        ),
      );
    },
  };
}
