import type {
  ImportOptions,
  PlannedGroup,
  RestorePlan,
  RestoreUser,
  UpdateOp,
} from '../../../source/domain/import/plan/plan-model.ts';
import { planKey } from '../../../source/domain/import/plan/plan-model.ts';
import { scanTable } from '../../../source/domain/import/scan-table.ts';
import type { ScanTableDeps } from '../../../source/domain/import/scan-table.ts';
import type { ScanTableResult } from '../../../source/domain/import/scan-table-result.ts';
import type { FederatedMode } from '../../../source/domain/import/plan/identity-plan.ts';
import type { PoolSettings } from '../../../source/domain/model.ts';
import { World } from '../world/world.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';

export const SOURCE_POOL = 'us-east-1_Source123';
export const NEW_POOL = 'us-west-2_NewPool12';
export const RESTORE_ID = '20260301T010000Z-12345678';

export const options = (over: Partial<ImportOptions> = {}): ImportOptions => ({
  newUserPoolId: NEW_POOL,
  allowSourcePool: false,
  allowTriggers: false,
  restoreUnconfirmed: false,
  acceptIncomplete: false,
  dryRun: false,
  ...over,
});

/** A world with the pool that was backed up and the empty one that takes the restore, both of the same settings. */
export class PlanningWorld extends World {
  readonly source: MemoryPool;
  readonly target: MemoryPool;
  federatedUsers: FederatedMode = 'REPORT';
  #invocations = 0;

  constructor(settings: Partial<PoolSettings> = {}, targetSettings: Partial<PoolSettings> = {}) {
    super();
    this.source = this.pool(SOURCE_POOL, settings);
    this.target = this.pool(NEW_POOL, { ...settings, ...targetSettings });
  }

  planningDeps(over: Partial<ScanTableDeps> = {}): ScanTableDeps {
    this.#invocations += 1;
    return {
      pools: this.cognito,
      jobs: this.jobs,
      table: this.table,
      objects: this.objects,
      newUsers: this.newUsersQueue,
      updates: this.updatesQueue,
      clock: this.clock,
      timeLeft: this.timeLeft(),
      claim: `claim-${this.#invocations}`,
      log: this.log,
      newSecret: () => 'a text that nobody can guess',
      federatedUsers: this.federatedUsers,
      ...over,
    };
  }

  scan(over: Partial<ImportOptions> = {}, deps: Partial<ScanTableDeps> = {}): Promise<ScanTableResult> {
    return scanTable(
      { restoreId: RESTORE_ID, options: options(over), tableName: 'backup-table', phase: 'planning' },
      this.planningDeps(deps),
    );
  }

  plan(): RestorePlan {
    return this.objects.json<RestorePlan>(planKey(NEW_POOL, RESTORE_ID));
  }

  lines<T>(key: string): T[] {
    return this.objects
      .text(key)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  groups(): PlannedGroup[] {
    return this.objects.json<{ readonly list: PlannedGroup[] }>(this.plan().groupsKey).list;
  }

  chunkUsers(): RestoreUser[][] {
    return this.plan().chunks.map(({ key }) => this.lines<RestoreUser>(key));
  }

  batchOps(): { readonly chunk: number | null; readonly ops: UpdateOp[] }[] {
    return this.plan().batches.map(({ key, chunk }) => ({ chunk, ops: this.lines<UpdateOp>(key) }));
  }
}
