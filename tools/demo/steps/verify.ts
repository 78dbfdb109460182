import { counted, countedAs } from '../../../source/domain/counted.ts';
import { comparePools, differingKinds } from '../compare/compare-pools.ts';
import { readPool } from '../compare/read-pool.ts';
import { withoutProviders } from '../federated/pools.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { isSignInPool } from '../options.ts';
import { endingProblems, expectedOf } from '../sign-in/expected.ts';
import { rowsInWords } from '../failure.ts';
import { textTable } from '../table.ts';
import { failuresInWords, reportedFailures } from './report.ts';
import type { Restored } from './restore.ts';

/** Compares old and new pool, reads the report, and shows the messages that were sent. Throws when something does not hold. */
export async function verify(
  demo: Demo,
  launched: LaunchedSolution,
  { old, signIns, newPoolId, execution }: Restored,
): Promise<void> {
  const { cloud, narrator } = demo;
  narrator.step('Compare the new pool with the old one, field by field');
  const restored = withoutProviders(await readPool(cognitoIn(cloud, SECONDARY), newPoolId), newPoolId);
  const { pool } = demo.options;
  const compared = comparePools(isSignInPool(pool) ? expectedOf(pool, old, signIns).pool : old, restored);
  const { rows, unexpected, missingSubs, differentSubs } = compared;
  narrator.say(
    textTable(
      ['', 'expected', 'restored', 'missing', 'different'],
      rows.map((row) => [row.what, row.expected, row.restored, row.missing, row.different]),
    ),
  );

  const reported = await reportedFailures(demo, launched, newPoolId);
  const left = [...old.users.values()].filter((user) => user.status === 'UNCONFIRMED');
  const federated = [...old.users.values()].filter((user) => user.status === 'EXTERNAL_PROVIDER').length;
  narrator.say(
    `Left out by rule: ${counted(left.length, 'unconfirmed user')} (each in failures.csv with its reason), ${counted(federated, 'user')} of identity providers (kept apart, in federated.csv).`,
  );
  if (reported !== undefined) narrator.say(failuresInWords(reported));

  narrator.done('compared');

  const unreported = [...left.map(({ sub }) => sub), ...missingSubs, ...differentSubs].filter(
    (sub) => reported?.has(sub) !== true,
  );
  const problems = [
    ...endingProblems(pool, execution),
    ...differingKinds(compared),
    ...(unexpected.length > 0
      ? [`${counted(unexpected.length, 'user')} in the new pool that the old one did not have`]
      : []),
    ...(reported === undefined ? ['The restore wrote no failures.csv.'] : []),
    ...(unreported.length > 0
      ? [
          `${countedAs(unreported.length, 'user', ['was', 'were'])} neither restored as before nor listed in failures.csv`,
        ]
      : []),
    ...(await messageProblems(demo)),
  ];
  if (problems.length > 0)
    throw new DemoFailure([...problems, ...rowsInWords(compared.differences, reported ?? new Map())].join('\n'));
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
    ...(toUsers.length > 0 ? [`${counted(toUsers.length, 'message')} went to end users`] : []),
    ...(messages.some(({ topicArn }) => topicArn.split(':')[3] === SECONDARY)
      ? []
      : ['no message about the restore was sent']),
  ];
}
