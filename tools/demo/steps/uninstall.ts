import type { ProgressEvent } from '../../../source/domain/operator/deploy/stack-events.ts';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { inventory } from '../../deploy/inventory.ts';
import type { Kind } from '../../deploy/inventory.ts';
import { deleteStack } from '../../deploy/stack.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { textTable } from '../table.ts';

/** Deletes the main stack; everything but table and buckets must be gone in both Regions. */
export async function uninstall(demo: Demo, launched: LaunchedSolution): Promise<void> {
  const { cloud, narrator } = demo;
  narrator.step('Uninstall: delete the main stack');
  const onEvent = ({ logicalId, status }: ProgressEvent): void => narrator.progress(`${logicalId} ${status}`);
  const outcome = await deleteStack({ clientConfig: cloud.clientConfig, region: PRIMARY, onEvent }, launched.stackId);
  if (outcome.status !== 'DELETE_COMPLETE') throw new DemoFailure(`The stack ended as ${outcome.status}.`);
  const left = [await leftIn(demo, PRIMARY), await leftIn(demo, SECONDARY)] as const;
  narrator.say(
    textTable(
      ['left over', PRIMARY, SECONDARY],
      Object.keys(left[0]).map((what) => [what, left[0][what] ?? 0, left[1][what] ?? 0]),
    ),
  );
  const gone = left.every((region) => Object.values(region).every((count) => count === 0));
  if (!gone) throw new DemoFailure('Something other than table and buckets was left behind.');
  for (const region of [PRIMARY, SECONDARY] as const) {
    const { Table } = await new DynamoDBClient(cloud.clientConfig(region)).send(
      new DescribeTableCommand({ TableName: launched.tableName }),
    );
    await new S3Client(cloud.clientConfig(region)).send(new HeadBucketCommand({ Bucket: launched.bucket[region] }));
    narrator.say(
      `Kept in ${region}: table ${launched.tableName} (${Table?.TableStatus}), bucket ${launched.bucket[region]}`,
    );
  }
  narrator.done(outcome.status);
}

const KINDS: Readonly<Record<string, Kind>> = {
  stacks: 'stacks',
  'stack sets': 'stackSets',
  'state machines': 'stateMachines',
  functions: 'functions',
  queues: 'queues',
  topics: 'topics',
  roles: 'roles',
};

async function leftIn({ cloud }: Demo, region: string): Promise<Record<string, number>> {
  const left = await inventory(cloud.clientConfig, region);
  return Object.fromEntries(
    Object.entries(KINDS).map(([what, kind]) => [
      what,
      left[kind].filter((name) => !name.startsWith('AWSServiceRoleFor')).length,
    ]),
  );
}
