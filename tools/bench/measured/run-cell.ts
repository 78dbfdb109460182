import {
  DescribeUserPoolCommand,
  ListUserImportJobsCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn } from '../../deploy/clients.ts';
import { endOf, succeeded } from '../../deploy/executions.ts';
import { createPool } from '../../deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Cell } from '../cells.ts';
import { ADMINISTRATORS } from '../population.ts';
import type { CellResult } from '../results.ts';
import type { BenchCloud, CognitoLatencies, Launch } from './bench-cloud.ts';
import { observe } from './observe.ts';
import type { CellRun } from './observe.ts';
import { churnPool, seedPool } from './seed.ts';

const POLL_MS = 500;
interface RestoreInput {
  readonly NewUserPoolId: string;
}
type TellProgress = (text: string) => void;

/** Runs cells of one pool and one CognitoTPS, one after the other: the pool is seeded and the product launched once. */
export async function measureSeries(
  bench: BenchCloud,
  cells: readonly Cell[],
  latencies: CognitoLatencies,
  progress: TellProgress,
  tell: (result: CellResult) => void,
): Promise<void> {
  const [first] = cells;
  if (first === undefined) return;
  let began = performance.now();
  await bench.unlimited();
  const poolId = await createPool(cognitoIn(bench.cloud, PRIMARY), 'customers');
  await seedPool(bench.cloud, PRIMARY, poolId, first.shape, progress);
  await bench.simulate(first);
  progress('launching');
  const launch = await bench.launch(poolId, first.callsPerSecond);
  for (const [index, cell] of cells.entries()) {
    const executionArn = index === 0 ? launch.firstExport : await start(bench, cell, launch, poolId, progress);
    const ended = await follow(bench, cell, executionArn, progress);
    tell({
      ...(await observe(bench, cell, launch, ended, latencies.listing)),
      tookSeconds: (performance.now() - began) / 1000,
    });
    began = performance.now();
  }
}

async function start(
  bench: BenchCloud,
  cell: Cell,
  { exportWorkflow, importWorkflow }: Launch,
  poolId: string,
  progress: TellProgress,
): Promise<string> {
  await bench.unlimited();
  if (cell.workflow === 'import') {
    const NewUserPoolId = await createPool(cognitoIn(bench.cloud, SECONDARY), 'customers-restored');
    await bench.simulate(cell);
    return bench.start(SECONDARY, importWorkflow, { NewUserPoolId, CognitoTPS: cell.callsPerSecond });
  }
  if (cell.churn !== undefined) {
    progress('changing the pool');
    await churnPool(bench.cloud, PRIMARY, poolId, cell.shape, cell.churn);
  }
  await bench.simulate(cell);
  return bench.start(PRIMARY, exportWorkflow, {});
}

/** Waits for the end; throws when it is not SUCCEEDED. */
async function follow(bench: BenchCloud, cell: Cell, executionArn: string, progress: TellProgress): Promise<CellRun> {
  const sfn = bench.sfn(cell.workflow === 'export' ? PRIMARY : SECONDARY);
  const watch = cell.workflow === 'import' ? new RestoreWatch(bench, cell) : undefined;
  const ended = succeeded(
    cell.title,
    await endOf(sfn, executionArn, {
      patienceMs: Infinity,
      pollMs: POLL_MS,
      running: async ({ startDate, input = '{}' }) => {
        const since = startDate?.getTime() ?? 0;
        const users = watch === undefined ? '' : `, ${watch.users} users`;
        progress(`${Math.round((Date.now() - since) / 1000)} s${users}`);
        await watch?.look((JSON.parse(input) as RestoreInput).NewUserPoolId, since);
      },
    }),
  );
  const { startedAt, seconds } = ended;
  const seen = watch && {
    milestones: watch.milestones(seconds),
    lastJobEndedAt: await watch.lastJobEndedAt((ended.input as unknown as RestoreInput).NewUserPoolId),
  };
  return { executionArn, startedAt, seconds, ...seen };
}

/** Sees from outside when all users and the smallest group's members are in the new pool. */
class RestoreWatch {
  users = 0;
  readonly #client: CognitoIdentityProviderClient;
  #everyUser: number | undefined;
  #administrators: number | undefined;

  constructor(
    bench: BenchCloud,
    private readonly cell: Cell,
  ) {
    this.#client = cognitoIn(bench.cloud, SECONDARY);
  }

  async look(UserPoolId: string, startedAt: number): Promise<void> {
    const { users, administrators = 0 } = this.cell.shape;
    const seconds = (Date.now() - startedAt) / 1000;
    if (this.#everyUser === undefined) {
      const { UserPool } = await this.#client.send(new DescribeUserPoolCommand({ UserPoolId }));
      this.users = UserPool?.EstimatedNumberOfUsers ?? 0;
      if (this.users >= users) this.#everyUser = seconds;
    }
    if (this.#administrators === undefined && administrators > 0 && this.users > 0) {
      const members = await this.#client
        .send(new ListUsersInGroupCommand({ UserPoolId, GroupName: ADMINISTRATORS }))
        .then(
          ({ Users }) => Users?.length ?? 0,
          () => 0,
        );
      if (members >= administrators) this.#administrators = seconds;
    }
  }

  async lastJobEndedAt(UserPoolId: string): Promise<number> {
    const ends: number[] = [];
    let PaginationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListUserImportJobsCommand({
          UserPoolId,
          MaxResults: 60,
          ...(PaginationToken === undefined ? {} : { PaginationToken }),
        }),
      );
      for (const { CompletionDate } of page.UserImportJobs ?? []) ends.push(CompletionDate?.getTime() ?? 0);
      PaginationToken = page.PaginationToken;
    } while (PaginationToken !== undefined);
    return Math.max(0, ...ends);
  }

  milestones(seconds: number): NonNullable<CellResult['milestones']> {
    return {
      everyUserExists: this.#everyUser ?? seconds,
      ...(this.#administrators === undefined ? {} : { administratorsBack: this.#administrators }),
    };
  }
}
