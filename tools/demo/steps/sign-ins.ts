import { counted } from '../../../source/domain/counted.ts';
import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import { execute, failureOf } from '../../deploy/executions.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { comparePools, differingKinds } from '../compare/compare-pools.ts';
import { readPool } from '../compare/read-pool.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { createDemoPool, settingsOf } from '../seed/load.ts';
import type { SignInPool } from '../seed/sign-in.ts';
import { readSignIns, signInProblems } from '../sign-in/compare.ts';
import { expectedOf } from '../sign-in/expected.ts';
import type { ExpectedPool } from '../sign-in/expected.ts';
import { reportedFailures } from './report.ts';
import type { Restored } from './restore.ts';

/**
 * Cognito is asked about each name and address of the old and the new pool whom it finds; who signs in by something else than
 * before is named. A pool with two names is restored once more, into one that verifies e-mail addresses only.
 */
export async function proveSignIns(
  demo: Demo,
  kind: SignInPool,
  launched: LaunchedSolution,
  { old, signIns, newPoolId }: Restored,
): Promise<void> {
  const { narrator } = demo;
  narrator.step('By which names and addresses users sign in, before and after');
  const expected = expectedOf(kind, old, signIns);
  const problems = [
    ...(await problemsIn(demo, launched, newPoolId, expected)),
    ...(kind === 'email-phone' ? await intoOneThatVerifiesMail(demo, launched, expected) : []),
  ];
  narrator.say(
    `${counted(signIns.size, 'sign-in name')} that found somebody; problems: ${problems.length === 0 ? 'none' : problems.length}`,
  );
  if (problems.length > 0) throw new DemoFailure(problems.join('\n'));
  narrator.done();
}

/** Everybody is found by what finds them in the old pool, and by nothing else; who is not is told of. */
async function problemsIn(
  demo: Demo,
  launched: LaunchedSolution,
  poolId: string,
  { pool, signIns, told, reason }: ExpectedPool,
): Promise<readonly string[]> {
  const client = cognitoIn(demo.cloud, SECONDARY);
  const now = await readPool(client, poolId);
  const reported = await reportedFailures(demo, launched, poolId);
  const named = [...(reported ?? [])].filter(([, reasons]) => reasons.some((one) => one.includes(reason)));
  return [
    ...signInProblems(pool, signIns, await readSignIns(client, poolId, now, signIns.keys())),
    ...(named.length === told.length && named.every(([sub]) => told.includes(sub))
      ? []
      : [`failures.csv names ${counted(named.length, 'user')} with ${reason}, not exactly ${told.length}`]),
  ];
}

async function intoOneThatVerifiesMail(
  demo: Demo,
  launched: LaunchedSolution,
  expected: ExpectedPool,
): Promise<readonly string[]> {
  const { cloud, narrator, options, population } = demo;
  const client = cognitoIn(cloud, SECONDARY);
  const NewUserPoolId = await createDemoPool(client, 'customers-mail', population.customAttributes, {
    ...settingsOf(options.pool),
    AutoVerifiedAttributes: ['email'],
  });
  const sfn = stepFunctionsIn(cloud, SECONDARY);
  const dry = await execute(sfn, launched.importWorkflow[SECONDARY], { NewUserPoolId, DryRun: true });
  narrator.say(
    `Dry run for a pool that verifies e-mail only: ${dry.status} ${JSON.stringify(dry.output ?? dry.cause)}`,
  );
  const ended = await execute(sfn, launched.importWorkflow[SECONDARY], { NewUserPoolId });
  narrator.say(`The restore into it: ${ended.status} ${JSON.stringify(ended.output ?? ended.cause)}`);
  return [
    ...failureOf('The dry run', dry),
    ...failureOf('The restore into a pool that verifies e-mail addresses only', ended),
    ...differingKinds(comparePools(expected.pool, await readPool(client, NewUserPoolId))),
    ...(await problemsIn(demo, launched, NewUserPoolId, expected)),
  ];
}
