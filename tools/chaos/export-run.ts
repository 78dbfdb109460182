import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../demo/seed/random.ts';
import { differences, poolContents, tableContents, tableItems } from './check/contents.ts';
import { deadLetters } from './check/queues.ts';
import { verificationProblems } from './check/verified.ts';
import { churn } from './churn.ts';
import { stepFunctionsIn } from '../deploy/clients.ts';
import { ALLOWED } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import type { ChaosPlan } from './plan.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { calm, injectFaults, strikesOf } from './simulation.ts';
import type { StrikeCounts } from './simulation.ts';
import { Touched } from './touched.ts';
import { runUntilWell } from './workflow-run.ts';
import type { RunOutcome } from './workflow-run.ts';

export interface PartResult {
  readonly problems: readonly string[];
  readonly strikes: StrikeCounts;
  readonly starts: number;
  readonly errors: readonly string[];
  /** What people did in the new pool, in words; of a restore that met some. */
  readonly people?: string;
}

/** From the third start on the weather is fair. */
const FAIR_FROM = 3;
/** The replica is there within a second or so; only one that never catches up is waited for so long. */
const REPLICA_PATIENCE_MS = 120_000;

/** An export under faults, then a quiet one; what nobody touched must be right after the first, everything after the second. */
export async function exportUnderFaults(deployment: Deployment, plan: ChaosPlan): Promise<PartResult> {
  const { cloud } = deployment;
  const random = new SeededRandom(plan.seed * 7 + 1);
  await calm(cloud);
  await churn(deployment, random, 10);
  await injectFaults(cloud, plan.exportFaults, plan.seed);
  if (plan.exportEvent === 'backup Region down') await cloud.configure({ regionsDown: [SECONDARY] });
  const touched = new Touched();
  const disturbed = await run(deployment, plan, random, touched);
  const strikes = await strikesOf(cloud, plan.exportFaults);
  await calm(cloud);
  const problems = [...disturbed.problems];
  if (disturbed.last.status === 'SUCCEEDED') problems.push(...(await stableDifferences(deployment, touched)));
  if (disturbed.last.status === 'SUCCEEDED' && disturbed.starts === 1 && plan.exportEvent === 'backup Region down')
    problems.push(...(await replicaUntold(deployment, disturbed)));
  problems.push(
    ...(await quietExport(deployment, random)),
    ...(await verificationProblems(deployment)),
    ...(await deadLetters(cloud)),
  );
  return { problems, strikes, starts: disturbed.starts, errors: disturbed.errors };
}

/** An export that nothing disturbs and no guard refuses: it ends well at once, and everything is right afterwards. */
export async function quietExport(deployment: Deployment, random: SeededRandom): Promise<string[]> {
  const quiet = await runUntilWell(
    {
      sfn: stepFunctionsIn(deployment.cloud, PRIMARY),
      workflow: deployment.exportWorkflow,
      input: ALLOWED,
      event: 'none',
      random,
      meanwhile: noEvent,
      beforeRestart: noEvent,
    },
    [],
  );
  return [
    ...quiet.problems,
    ...(quiet.starts > 1 ? [`the quiet export needed ${quiet.starts} starts (${quiet.errors.join(', ')})`] : []),
    ...(await exactDifferences(deployment, quiet)),
  ];
}

const noEvent = (): Promise<void> => Promise.resolve();

function run(deployment: Deployment, plan: ChaosPlan, random: SeededRandom, touched: Touched): Promise<RunOutcome> {
  return runUntilWell(
    {
      sfn: stepFunctionsIn(deployment.cloud, PRIMARY),
      workflow: deployment.exportWorkflow,
      input: ALLOWED,
      event: plan.exportEvent,
      random,
      meanwhile: async () => {
        for (let round = 0; plan.exportEvent === 'pool changes' && round < 6; round += 1) {
          await sleep(random.integer(50, 400));
          await churn(deployment, random, 3, touched);
        }
      },
      beforeRestart: (start) => (start > FAIR_FROM ? calm(deployment.cloud) : noEvent()),
    },
    [],
  );
}

/** What nobody touched during the run must be in the table as it is in the pool. */
async function stableDifferences(deployment: Deployment, touched: Touched): Promise<string[]> {
  return differences(
    await poolContents(deployment),
    await tableContents(deployment, PRIMARY),
    'after the disturbed export',
    (key) => !touched.has(key),
  );
}

/** An export whose backup Region was down says so, in its output and in its message. */
async function replicaUntold({ cloud, topic }: Deployment, { last }: RunOutcome): Promise<string[]> {
  const { manifest, replica } = (last.output ?? {}) as { manifest?: { runId?: string }; replica?: { state?: string } };
  const told = (await cloud.snsMessages()).find(
    ({ topicArn, message }) =>
      topicArn === topic[PRIMARY] && manifest?.runId !== undefined && message.includes(manifest.runId),
  );
  return [
    ...(replica?.state === 'unreachable' ? [] : [`the backup Region was down, the output says ${replica?.state}`]),
    ...(told?.subject.includes('BUT') === true
      ? []
      : [`the backup Region was down, the message's subject is ${told?.subject}`]),
  ];
}

/** After the quiet export both Regions hold exactly the pool, and the manifest counts it right. */
async function exactDifferences(deployment: Deployment, { last }: RunOutcome): Promise<string[]> {
  const pool = await poolContents(deployment);
  const problems = differences(pool, await tableContents(deployment, PRIMARY), 'after the quiet export');
  let behind: string[] = [];
  for (const end = Date.now() + REPLICA_PATIENCE_MS; ; await sleep(500)) {
    behind = differences(pool, await tableContents(deployment, SECONDARY), 'in the replica');
    if (behind.length === 0 || Date.now() > end) break;
  }
  const count = (part: string): number => [...pool.keys()].filter((key) => key.includes(part)).length;
  const expected = JSON.stringify({
    users: count(' PROFILE'),
    groups: count(' GROUP'),
    memberships: count(' MEMBER_OF#'),
  });
  const { manifest } = (last.output ?? {}) as { manifest?: { counts?: Record<string, number> } };
  const { users, groups, memberships } = manifest?.counts ?? {};
  const found = JSON.stringify({ users, groups, memberships });
  const open = (await tableItems(deployment, PRIMARY)).some(({ id }) => id === 'EXPORT#OPEN');
  return [
    ...problems,
    ...behind,
    ...(found === expected ? [] : [`the manifest counts ${found}, the pool has ${expected}`]),
    ...(open ? ['the OPEN marker is still set after a sealed run'] : []),
  ];
}
