import { cleanUpTable } from '../../../source/domain/export/clean-up/clean-up.ts';
import type { CleanUpResult } from '../../../source/domain/export/clean-up/clean-up.ts';
import { keepSettings } from '../../../source/domain/export/keep-settings.ts';
import { listGroups } from '../../../source/domain/export/list-groups.ts';
import { checkUserPoolConfig } from '../../../source/domain/export/check-user-pool-config.ts';
import type { ChosenRun } from '../../../source/domain/export/check-user-pool-config.ts';
import { syncGroup } from '../../../source/domain/export/sync-group.ts';
import { syncUsersInGroup } from '../../../source/domain/export/sync-users-in-group.ts';
import { syncUsers } from '../../../source/domain/export/sync-users.ts';
import type { ManifestSummary } from '../../../source/domain/export/clean-up/clean-up.ts';
import type { World } from '../world/world.ts';

export const POOL_ID = 'eu-west-1_Source';
export const REPLICA_REGION = 'eu-central-1';

export interface ExportOptions {
  readonly callsPerSecond?: number;
  readonly maxDeletePercent?: number;
  readonly allowMassDelete?: boolean;
  readonly maxChangePercent?: number;
  readonly allowMassChange?: boolean;
  readonly uncountedAttributes?: readonly string[];
  readonly allowMfa?: boolean;
  /** Default false. */
  readonly keepSettings?: boolean;
  /** Default true. */
  readonly keepSnapshot?: boolean;
  /** Milliseconds that each invocation has; the least useful is above a minute, the functions' reserve. */
  readonly invocationMs?: number;
}

let claims = 0;

/** What ExportWorkflow does, state by state, with a new invocation (and claim) for every call of a function. */
export class ExportRunner {
  #invocations = 0;

  constructor(
    private readonly world: World,
    private readonly options: ExportOptions = {},
  ) {}

  get invocations(): number {
    return this.#invocations;
  }

  /** Dependencies of one invocation. */
  deps() {
    const { world } = this;
    this.#invocations += 1;
    claims += 1;
    return {
      pool: world.cognito,
      settings: world.settings,
      table: world.table,
      replica: world.replica,
      objects: world.objects,
      queue: world.exportQueue,
      clock: world.clock,
      random: world.random,
      log: world.log,
      claim: `invocation-${claims}`,
      timeLeft: world.timeLeft(this.options.invocationMs ?? 900_000),
      selectedSince: () => Promise.resolve(false),
    };
  }

  open(): Promise<ChosenRun> {
    return checkUserPoolConfig(this.deps(), { userPoolId: POOL_ID, allowMfa: this.options.allowMfa === true });
  }

  /** A state of its own: most tests are about the users. */
  async keepSettings(runId: string): Promise<void> {
    await looped(() => keepSettings(this.deps(), runId));
  }

  async listAll(runId: string): Promise<void> {
    const { callsPerSecond = 10 } = this.options;
    await looped(() => syncUsers(this.deps(), { runId, callsPerSecond }));
    await looped(() => listGroups(this.deps(), runId));
    await looped(() => syncGroup(this.deps(), runId));
    await looped(() => syncUsersInGroup(this.deps(), runId));
  }

  cleanUp(runId: string): Promise<CleanUpResult> {
    const { maxDeletePercent = 20, allowMassDelete = false, keepSnapshot = true } = this.options;
    const { maxChangePercent = 50, allowMassChange = false, uncountedAttributes = [] } = this.options;
    const options = {
      runId,
      maxDeletePercent,
      allowMassDelete,
      maxChangePercent,
      allowMassChange,
      uncountedAttributes,
      softwareVersion: 'v2.1.0',
      keepSnapshot,
      replicaRegion: REPLICA_REGION,
    };
    return looped(() => cleanUpTable(this.deps(), options));
  }

  async run(): Promise<ManifestSummary> {
    let { runId, completing } = await this.open();
    while (completing) {
      await this.cleanUp(runId);
      ({ runId, completing } = await this.open());
    }
    if (this.options.keepSettings === true) await this.keepSettings(runId);
    await this.listAll(runId);
    return (await this.cleanUp(runId)).manifest as ManifestSummary;
  }
}

async function looped<R extends { readonly done: boolean }>(invoke: () => Promise<R>): Promise<R> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const result = await invoke();
    if (result.done) return result;
  }
  throw new Error('The function was never done.');
}
