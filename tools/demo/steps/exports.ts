import { counted } from '../../../source/domain/counted.ts';
import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { firstExecution, startExecution, succeeded } from '../../deploy/executions.ts';
import { followExecution } from '../executions.ts';
import { isSignInPool } from '../options.ts';
import { changesInWords, changesOf } from '../seed/changes.ts';
import { changeSignIns } from '../sign-in/pools.ts';
import { textTable } from '../table.ts';
import type { SeededPool } from './seed.ts';

interface Counts {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}
interface ManifestView {
  readonly runId: string;
  readonly counts: Counts;
  readonly added: Counts;
  readonly changed: Counts;
  readonly deleted: Counts;
  readonly skipped: { readonly federatedUsers: number; readonly federatedMemberships: number };
}

/** The export that the launch started, an unchanged one, and one after changes in the pool. */
export async function exportThreeTimes(demo: Demo, launched: LaunchedSolution, seeded: SeededPool): Promise<void> {
  const { cloud, narrator } = demo;
  const sfn = stepFunctionsIn(cloud, PRIMARY);

  narrator.step('The first export, started by the launch');
  await finished(demo, launched, await firstExecution(sfn, launched.exportWorkflow));

  narrator.step('Once more, with nothing changed');
  const before = await itemsWritten(demo);
  await finished(demo, launched, await startExecution(sfn, launched.exportWorkflow, {}));
  const written = (await itemsWritten(demo)) - before;
  narrator.say(
    `${counted(written, 'write request')} to the table; an export that finds nothing new writes its marker, its manifest and its lease.`,
  );
  if (written > 20)
    throw new DemoFailure(`An unchanged export made ${counted(written, 'write request')}; at most 20 were expected.`);

  narrator.step('And after changes in the pool');
  narrator.say(await changeForShow(demo, seeded));
  await finished(demo, launched, await startExecution(sfn, launched.exportWorkflow, {}));
}

async function finished(demo: Demo, { tableName }: LaunchedSolution, executionArn: string): Promise<void> {
  const { cloud, narrator } = demo;
  const ended = await followExecution(stepFunctionsIn(cloud, PRIMARY), executionArn, narrator);
  const { status } = succeeded('ExportWorkflow', ended);
  const { runId, counts, added, changed, deleted, skipped } = await latestManifest(demo, tableName);
  narrator.say(`Sealed manifest ${runId}:`);
  const row = (kind: keyof Counts): (string | number)[] => [
    kind,
    counts[kind],
    added[kind],
    changed[kind],
    deleted[kind],
  ];
  narrator.say(
    textTable(['', 'in the backup', 'added', 'changed', 'deleted'], [row('users'), row('groups'), row('memberships')]),
  );
  narrator.say(
    `Kept apart from these: ${counted(skipped.federatedUsers, 'user')} of identity providers and ${counted(skipped.federatedMemberships, 'membership')} of theirs.`,
  );
  narrator.done(`ExportWorkflow ${status}`);
}

async function latestManifest({ cloud }: Demo, TableName: string): Promise<ManifestView> {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig(PRIMARY)));
  const { Item: latest } = await table.send(
    new GetCommand({ TableName, Key: { id: 'EXPORT#LATEST', type: 'POINTER' }, ConsistentRead: true }),
  );
  const { Item: manifest } = await table.send(
    new GetCommand({
      TableName,
      Key: { id: `EXPORT#${String(latest?.['runId'])}`, type: 'MANIFEST' },
      ConsistentRead: true,
    }),
  );
  if (manifest === undefined) throw new DemoFailure('The table has no sealed manifest.');
  return manifest as unknown as ManifestView;
}

async function itemsWritten({ cloud }: Demo): Promise<number> {
  const actions = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];
  return (await cloud.calls({ service: 'dynamodb', region: PRIMARY })).filter(({ action }) => actions.includes(action))
    .length;
}

/** Adds, edits, deletes and moves a few users. */
async function changeForShow(demo: Demo, { poolId, population }: SeededPool): Promise<string> {
  const { cloud, narrator, options } = demo;
  const client = cognitoIn(cloud, PRIMARY);
  const changes = changesOf(population);
  const { added, edited, deleted, moved, from, to } = changes;
  narrator.progress('changing the pool');
  await cloud.putUsers(PRIMARY, poolId, added);
  await forEachAtOnce(edited, 8, ({ username }) =>
    client.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: username,
        UserAttributes: [{ Name: 'nickname', Value: 'edited, since the first export' }],
      }),
    ),
  );
  await forEachAtOnce(deleted, 8, ({ username }) =>
    client.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: username })),
  );
  await forEachAtOnce(moved, 8, async ({ username }) => {
    await client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId: poolId, Username: username, GroupName: from }));
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId: poolId, Username: username, GroupName: to }));
  });
  if (isSignInPool(options.pool)) await changeSignIns(demo, options.pool, poolId);
  return changesInWords(changes);
}
