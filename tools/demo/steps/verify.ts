import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { comparePools, differingKinds } from '../compare/compare-pools.ts';
import { readPool } from '../compare/read-pool.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { failureOf } from '../../deploy/executions.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { textTable } from '../table.ts';
import type { Restored } from './restore.ts';

/** Compares old and new pool, reads the report, and shows the messages that were sent. Throws when something does not hold. */
export async function verify(
  demo: Demo,
  launched: LaunchedSolution,
  { old, newPoolId, execution }: Restored,
): Promise<void> {
  const { cloud, narrator } = demo;
  narrator.step('Compare the new pool with the old one, field by field');
  const restored = await readPool(cognitoIn(cloud, SECONDARY), newPoolId);
  const compared = comparePools(old, restored);
  const { rows, unexpected, missingSubs, differentSubs } = compared;
  narrator.say(
    textTable(
      ['', 'expected', 'restored', 'missing', 'different'],
      rows.map((row) => [row.what, row.expected, row.restored, row.missing, row.different]),
    ),
  );

  const reported = await reportedSubs(demo, launched, newPoolId);
  const left = [...old.users.values()].filter((user) => user.status === 'UNCONFIRMED');
  const federated = [...old.users.values()].filter((user) => user.status === 'EXTERNAL_PROVIDER').length;
  narrator.say(
    `Left out by rule: ${left.length} unconfirmed users (each in failures.csv with its reason), ${federated} users of identity providers (not in the backup).`,
  );
  narrator.say(
    `failures.csv: ${[...reported.values()].reduce((sum, count) => sum + count, 0)} rows\n${[...reported.reasons].map(([reason, count]) => `  ${count} x ${reason}`).join('\n')}`,
  );

  narrator.done('compared');

  const problems = [
    ...differingKinds(compared),
    ...(unexpected.length > 0 ? [`${unexpected.length} users in the new pool that the old one did not have`] : []),
    ...[...left.map(({ sub }) => sub), ...missingSubs, ...differentSubs]
      .filter((sub) => !reported.has(sub))
      .slice(0, 1)
      .map(() => 'a user that was not restored is not in failures.csv'),
    ...failureOf('ImportWorkflow', execution),
    ...(await messageProblems(demo)),
  ];
  if (problems.length > 0) throw new DemoFailure(problems.join('\n'));
}

class Reported extends Map<string, number> {
  readonly reasons = new Map<string, number>();
}

/** Old `sub` of every row of failures.csv, read with a CSV parser of its own. */
async function reportedSubs(
  { cloud, narrator }: Demo,
  { bucket }: LaunchedSolution,
  poolId: string,
): Promise<Reported> {
  const s3 = new S3Client(cloud.clientConfig(SECONDARY));
  const Bucket = bucket[SECONDARY];
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${poolId}/` }));
  const keys = (Contents ?? []).map(({ Key = '' }) => Key).filter((key) => key.includes('/report/'));
  narrator.say(`Report in s3://${Bucket}/:\n${keys.map((key) => `  ${key}`).join('\n')}`);
  const Key = keys.find((key) => key.endsWith('/failures.csv'));
  if (Key === undefined) throw new DemoFailure('The restore wrote no failures.csv.');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const reported = new Reported();
  for (const { sub = '', reason = '' } of parse<Record<string, string>>(
    await (Body as { transformToString(): Promise<string> }).transformToString(),
    { columns: true },
  )) {
    reported.set(sub, (reported.get(sub) ?? 0) + 1);
    reported.reasons.set(reason, (reported.reasons.get(reason) ?? 0) + 1);
  }
  return reported;
}

async function messageProblems({ cloud, narrator }: Demo): Promise<string[]> {
  narrator.step('The messages that were sent');
  const messages = await cloud.snsMessages();
  for (const { topicArn, subject, message } of messages)
    narrator.say(
      `${topicArn.split(':')[3]}: ${subject}\n${message
        .split('\n')
        .map((line) => `  | ${line}`)
        .join('\n')}\n`,
    );
  const toUsers = await cloud.endUserMessages();
  narrator.say(`Messages from Cognito to users of a pool: ${toUsers.length}`);
  return [
    ...(toUsers.length > 0 ? [`${toUsers.length} messages went to end users`] : []),
    ...(messages.some(({ topicArn }) => topicArn.split(':')[3] === SECONDARY)
      ? []
      : ['no message about the restore was sent']),
  ];
}
