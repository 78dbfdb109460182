import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SeededRandom } from '../demo/seed/random.ts';
import { readPool } from '../demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../demo/compare/read-pool.ts';
import { tableItems } from './check/contents.ts';
import { deadLetters } from './check/queues.ts';
import { peopleProblems } from './check/people.ts';
import { reportFiles, restoreProblems } from './check/restore.ts';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import type { Deployment } from './deployment.ts';
import type { PartResult } from './export-run.ts';
import { breakLogRoles } from './log-role.ts';
import { PeopleLog } from './people-log.ts';
import { People } from './people.ts';
import type { ChaosPlan } from './plan.ts';
import { PRIMARY } from '../deploy/regions.ts';
import type { Region } from '../deploy/regions.ts';
import { createPoolFor } from './sign-in.ts';
import { calm, injectFaults, strikesOf } from './simulation.ts';
import { runUntilWell } from './workflow-run.ts';

const FAIR_FROM = 3;
const SLOW_JOBS = { usersPerSecond: 25 };

/**
 * A restore under faults, started again until it is whole, or until only what people did keeps it from being so; then pool
 * and report are held against `source`, the pool that was backed up.
 */
export async function importUnderFaults(
  deployment: Deployment,
  plan: ChaosPlan,
  source: PoolSnapshot,
): Promise<PartResult> {
  const { cloud, signIn } = deployment;
  const { region, importEvent } = plan;
  const random = new SeededRandom(plan.seed * 11 + 5);
  await calm(cloud);
  const poolId = await createPoolFor(cognitoIn(deployment.cloud, region), signIn, `restored-${plan.seed}`);
  const input = {
    NewUserPoolId: poolId,
    ...(plan.importFrom === 'snapshot' ? { ExportRun: await lastRun(deployment, region) } : {}),
  };
  const restoreRoles = importEvent === 'log role cannot be assumed' ? await breakLogRoles(cloud) : undefined;
  const people = plan.people
    ? new People(cloud, { region, poolId }, source, new SeededRandom(plan.seed * 23 + 9), new PeopleLog())
    : undefined;
  const injected = await injectFaults(cloud, plan.importFaults, plan.seed + 500);
  // Names are taken while a job is still on its way to them.
  const importJobs = people === undefined ? injected.importJobs : { ...SLOW_JOBS, ...injected.importJobs };
  await cloud.configure({ importJobs });
  if (importEvent === 'primary Region down') await cloud.configure({ regionsDown: [PRIMARY] });
  if (importEvent === 'upload URL expires')
    await cloud.configure({ importJobs: { ...importJobs, uploadUrlSeconds: 0 } });
  const workflow = {
    sfn: stepFunctionsIn(deployment.cloud, region),
    workflow: deployment.importWorkflow[region],
    input,
    random,
  };
  const peopleProblem = people?.meanwhile().then(
    () => [],
    (error: unknown) => [`people could not do what they do: ${String(error)}`],
  );
  const disturbed = await runUntilWell(
    {
      ...workflow,
      event: importEvent,
      meanwhile: async () => {
        if (importEvent !== 'upload URL expires') return;
        await sleep(random.integer(3_000, 8_000));
        await cloud.configure({ importJobs });
      },
      beforeRestart: async (start) => {
        await restoreRoles?.();
        if (start > FAIR_FROM) await calm(cloud);
      },
    },
    ['RestoreIncomplete', 'AlreadyRestored'],
    ['log role cannot be assumed', 'upload URL expires'].includes(importEvent) ? ['ImportJobFailed'] : [],
  );
  people?.leave();
  const strikes = await strikesOf(cloud, plan.importFaults);
  await calm(cloud);
  const result = {
    strikes,
    starts: disturbed.starts,
    errors: [...disturbed.errors, ...(disturbed.last.error === '' ? [] : [disturbed.last.error])],
  };
  const problems = [...disturbed.problems, ...((await peopleProblem) ?? [])];
  if (disturbed.last.error === 'RestoreIncomplete') {
    await people?.afterwards();
    const retried = await runUntilWell(
      { ...workflow, event: 'none', meanwhile: () => Promise.resolve(), beforeRestart: () => Promise.resolve() },
      people === undefined ? [] : ['RestoreIncomplete'],
    );
    problems.push(...retried.problems.map((problem) => `after a partial restore: ${problem}`));
  }
  const keys = await reportKeys(deployment, region, poolId);
  if (keys === undefined) return { ...result, problems: [...problems, 'there is no report'] };
  problems.push(
    ...(people === undefined
      ? await restoreProblems(deployment, source, { region, poolId, keys })
      : peopleProblems(
          {
            source,
            restored: await readPool(cognitoIn(cloud, region), poolId),
            files: await reportFiles(deployment, { region, keys }),
          },
          people.log,
        )),
    ...(await deadLetters(cloud)),
    ...(await untold(deployment, plan, poolId)),
  );
  return { ...result, problems, ...(people === undefined ? {} : { people: people.log.tell() }) };
}

/** The sealed run that the Region's replica names. */
export const lastRun = async (deployment: Deployment, region: Region): Promise<string> =>
  String((await tableItems(deployment, region)).find(({ id }) => id === 'EXPORT#LATEST')?.['runId']);

/** Keys of report.json, failures.csv and sub-map.csv. */
async function reportKeys(
  { cloud, bucket }: Deployment,
  region: Region,
  poolId: string,
): Promise<string[] | undefined> {
  const { Contents = [] } = await new S3Client(cloud.clientConfig(region)).send(
    new ListObjectsV2Command({ Bucket: bucket[region], Prefix: `restores/${poolId}/` }),
  );
  const keys = Contents.map(({ Key = '' }) => Key);
  const found = ['report.json', 'failures.csv', 'sub-map.csv'].map((name) =>
    keys.find((key) => key.endsWith(`/report/${name}`)),
  );
  return found.every((key) => key !== undefined) ? found : undefined;
}

/** The Region's topic was told about the restore's end. */
async function untold({ cloud, topic }: Deployment, { region }: ChaosPlan, poolId: string): Promise<string[]> {
  const told = (await cloud.snsMessages()).filter(
    ({ topicArn, message }) => topicArn === topic[region] && message.includes(poolId),
  );
  return told.length > 0 ? [] : ['no message told about the restore'];
}
