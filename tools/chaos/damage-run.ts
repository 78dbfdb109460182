import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { SeededRandom } from '../demo/seed/random.ts';
import { stepFunctionsIn } from '../deploy/clients.ts';
import { endOf, execute, startExecution } from '../deploy/executions.ts';
import type { FinishedExecution } from '../deploy/executions.ts';
import { PRIMARY } from '../deploy/regions.ts';
import type { FaultRule } from '../local-cloud/index.ts';
import { poolContents, tableContents, tableItems } from './check/contents.ts';
import type { Contents } from './check/contents.ts';
import { latestRun, standingProblems } from './check/standing.ts';
import { ALLOWED } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { quietExport } from './export-run.ts';
import { FUNCTIONS } from './faults.ts';
import { damagePool, refill } from './mass-damage.ts';
import type { Attempt, DamagePlan } from './mass-damage.ts';
import { calm } from './simulation.ts';
import { TOLERATED } from './workflow-run.ts';

const REFUSED = /^(MassDeleteRefused|MassChangeRefused|SourcePoolEmpty)$/;
/** An execution that is stopped leaves a function at work for a while. */
const SETTLES_MS = 700;
const KILLS: readonly FaultRule[] = (['before', 'after'] as const).map((when) => ({
  label: 'killed functions',
  caller: FUNCTIONS,
  probability: 0.03,
  seed: when.length,
  times: 3,
  fault: { kind: 'kill', when },
}));
/** Between two batches there is time to stop the execution. */
const SLOW_WRITES: readonly FaultRule[] = [
  {
    label: 'slow batch writes',
    service: 'dynamodb',
    action: 'BatchWriteItem',
    caller: FUNCTIONS,
    fault: { kind: 'delay', ms: 150 },
  },
];

/** What the table held before the damage; a restore has to bring it back as long as no export was allowed to follow. */
export class DamagedPool {
  readonly #random: SeededRandom;
  readonly #sfn: SFNClient;
  readonly #problems: string[] = [];
  #sealed: Contents = new Map();
  #sealedRun = '';
  /** What became of each export so far, in words. */
  readonly told: string[] = [];

  constructor(
    private readonly deployment: Deployment,
    private readonly plan: DamagePlan,
    private readonly seed: number,
  ) {
    this.#random = new SeededRandom(seed * 13 + 7);
    this.#sfn = stepFunctionsIn(deployment.cloud, PRIMARY);
  }

  /** Damages the pool and exports it, until a guard has refused. @returns what is wrong, in words */
  async refuse(): Promise<string[]> {
    await calm(this.deployment.cloud);
    this.#sealed = await tableContents(this.deployment, PRIMARY);
    this.#sealedRun = latestRun(await tableItems(this.deployment, PRIMARY));
    await damagePool(this.deployment, this.plan.damage, `NULL ${this.seed}`, this.#random);
    for (const attempt of this.plan.refused) {
      const ended = await this.#attempt(attempt, {});
      if (ended.status === 'SUCCEEDED') this.#problems.push(`${attempt}: no guard refused the export`);
    }
    const last = await this.#attempt('left alone', {});
    if (!REFUSED.test(last.error)) this.#problems.push(`no guard refused: ${last.status} ${last.error} ${last.cause}`);
    return this.#problems.splice(0);
  }

  /** Users come anew, and exports are allowed to follow, cut short or not; the last one is not disturbed. */
  async allow(): Promise<string[]> {
    const users = [...this.#sealed.keys()].filter((key) => key.endsWith(' PROFILE')).length;
    await calm(this.deployment.cloud);
    await refill(this.deployment, users, this.#random);
    for (const attempt of this.plan.allowed) await this.#attempt(attempt, ALLOWED);
    return [...this.#problems.splice(0), ...(await quietExport(this.deployment, this.#random))];
  }

  async #attempt(attempt: Attempt, input: object): Promise<FinishedExecution> {
    const { cloud, exportWorkflow } = this.deployment;
    await cloud.configure({
      faults: attempt === 'killed' ? KILLS : attempt === 'stopped while it changes the table' ? SLOW_WRITES : [],
    });
    const ended = attempt.startsWith('stopped')
      ? await this.#stop(await startExecution(this.#sfn, exportWorkflow, input), attempt)
      : await execute(this.#sfn, exportWorkflow, input);
    await calm(cloud);
    const isExpected =
      ended.status === 'SUCCEEDED' ||
      REFUSED.test(ended.error) ||
      (attempt === 'killed' && TOLERATED.test(ended.error)) ||
      (attempt.startsWith('stopped') && ended.status === 'ABORTED');
    if (!isExpected) this.#problems.push(`${attempt}: ${ended.status}: ${ended.error}: ${ended.cause}`);
    const pool = await poolContents(this.deployment);
    const items = await this.#settledItems();
    this.#problems.push(
      ...standingProblems(items, { sealed: this.#sealed, sealedRun: this.#sealedRun, pool }, `export ${attempt}`),
    );
    const isOpen = items.some(({ id }) => id === 'EXPORT#OPEN');
    this.told.push(`${attempt}: ${ended.error || ended.status}${isOpen ? ', OPEN set' : ''}`);
    if (latestRun(items) !== this.#sealedRun) {
      this.#sealed = pool;
      this.#sealedRun = latestRun(items);
    }
    return ended;
  }

  async #stop(executionArn: string, attempt: Attempt): Promise<FinishedExecution> {
    if (attempt === 'stopped by hand') await sleep(this.#random.integer(300, 5_000));
    else await this.#untilOpen(executionArn);
    await this.#sfn.send(new StopExecutionCommand({ executionArn })).catch(() => undefined);
    return endOf(this.#sfn, executionArn);
  }

  /** A run that is refused never sets OPEN: then its end is awaited. */
  async #untilOpen(executionArn: string): Promise<void> {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(this.deployment.cloud.clientConfig(PRIMARY)));
    const open = { TableName: this.deployment.tableName, Key: { id: 'EXPORT#OPEN', type: 'MARKER' } };
    while ((await this.#sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING') {
      const { Item } = await client.send(new GetCommand({ ...open, ConsistentRead: true }));
      if (Item !== undefined) return sleep(this.#random.integer(0, 500));
      await sleep(30);
    }
  }

  /** The table once nobody writes to it any more. */
  async #settledItems(): Promise<Record<string, unknown>[]> {
    for (let before = ''; ; await sleep(SETTLES_MS)) {
      const items = await tableItems(this.deployment, PRIMARY);
      const now = items
        .map((item) => JSON.stringify(item))
        .sort()
        .join('\n');
      if (now === before) return items;
      before = now;
    }
  }
}
