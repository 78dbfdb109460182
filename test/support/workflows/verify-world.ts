import { OPEN_KEY } from '../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../source/domain/errors.ts';
import type { BackupTable, TableItem } from '../../../source/domain/ports.ts';
import type { AnonymousMetric } from '../../../source/domain/workflow/anonymous-metrics.ts';
import { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { MemoryReplica } from '../world/replica.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';
import { workflowNamed } from '../../../tools/simulation/workflow/definition.ts';
import { workflowFunctions } from '../../../tools/simulation/workflow/functions.ts';
import { runWorkflow } from '../../../tools/simulation/workflow/run-workflow.ts';
import type { EndedExecution, Functions } from '../../../tools/simulation/workflow/run-workflow.ts';
import { BACKUP_REGION, REGION, SETTINGS, WorkflowWorld } from './workflow-world.ts';

/** An empty pool in the backup Region, for restores. */
export const RESTORED = `${BACKUP_REGION}_Restored1`;

interface Site {
  readonly region: string;
  readonly table: SimulatedTable;
  readonly objects: SimulatedObjects<MemoryFiles>;
}

/**
 * A backup in two Regions, and VerifyWorkflow in both: exports run in the primary one, `replicate` brings their items to
 * the replica. All calls of both Regions share one clock and one counter.
 */
export class VerifyWorld {
  readonly home = new WorkflowWorld();
  readonly replica = new MemoryReplica(this.home.table, this.home.calls);
  readonly replicaObjects = new SimulatedObjects(this.home.calls, new MemoryFiles());
  readonly restored: MemoryPool = this.home.pool(RESTORED);
  /** Messages of the verifications. */
  readonly messages: { readonly subject: string; readonly body: string }[] = [];
  readonly metrics: string[] = [];
  /** False: the primary Region does not answer. */
  primaryAnswers = true;
  retentionDays = 35;
  /** Milliseconds that an invocation has. */
  invocationMs = 900_000;
  /** Called while the workflow waits for a second look. */
  whileWaiting: () => void = () => undefined;
  #executions = 0;

  /** The same two Regions and pools at a later moment, without anything of what has happened since. */
  copy(): VerifyWorld {
    const copy = new VerifyWorld();
    for (const item of this.home.table.all()) copy.home.table.seed(item);
    for (const item of this.replica.all()) copy.replica.seed(item);
    for (const [key, object] of this.home.objects.stored) copy.home.objects.stored.set(key, object);
    for (const [key, object] of this.replicaObjects.stored) copy.replicaObjects.stored.set(key, object);
    for (const [from, to] of [
      [this.home.source, copy.home.source],
      [this.restored, copy.restored],
    ] as const) {
      for (const { user } of from.listing()) to.put(user);
      for (const { group, members } of from.groups.values()) {
        to.putGroup(group);
        for (const member of members.keys()) to.join(member, group.name);
      }
    }
    copy.home.table.pageItems = this.home.table.pageItems;
    copy.replica.pageItems = this.replica.pageItems;
    copy.home.cognito.knobs.pageSize = this.home.cognito.knobs.pageSize;
    copy.#executions = this.#executions;
    // Another moment than the earlier runs', so that ids and executions differ.
    copy.home.clock.advance(this.home.clock.elapsed + 1000);
    return copy;
  }

  get primary(): Site {
    return { region: REGION, table: this.home.table, objects: this.home.objects };
  }

  get backup(): Site {
    return { region: BACKUP_REGION, table: this.replica, objects: this.replicaObjects };
  }

  /** Runs an export, which must succeed, and lets the replica catch up. */
  async export(): Promise<string> {
    const ended = await this.home.export();
    if (ended.status !== 'SUCCEEDED') throw new Error(`${ended.error}: ${ended.cause}`);
    this.replicate();
    return (ended.output as { manifest: { runId: string } }).manifest.runId;
  }

  /** Leases of the backup Region stay: in a global table they would replicate the other way. */
  replicate(arrived: (item: TableItem) => boolean = () => true): void {
    const leases = this.replica.all().filter(({ id }) => id.startsWith('LEASE#') && id.endsWith(BACKUP_REGION));
    this.replica.catchUp(arrived);
    for (const lease of leases) this.replica.seed(lease);
  }

  open(site: Site, runId = '20260302T000000Z-0000aaaa'): void {
    site.table.seed({ ...OPEN_KEY, runId, openedAt: new Date(this.home.clock.now()).toISOString() });
  }

  async verify(site: Site, input: object = {}): Promise<EndedExecution> {
    this.#executions += 1;
    const id = `arn:aws:states:${site.region}:111122223333:execution:VerifyWorkflow-0123456789ab:run-${this.#executions}`;
    this.home.executions.set(id, 'RUNNING');
    const entered = ({ state }: { readonly state: string }): void => {
      if (state === 'WaitForSecondLook') this.whileWaiting();
    };
    try {
      return await runWorkflow(workflowNamed('verify'), input, {
        functions: this.#functions(site),
        clock: this.home.clock,
        execution: { id, startTime: new Date(this.home.clock.now()).toISOString() },
        entered,
      });
    } finally {
      this.home.executions.set(id, 'gone');
    }
  }

  #functions({ table, objects }: Site): Functions {
    const { home } = this;
    const services = {
      ...home.services,
      table,
      primary: this.#primaryTable(),
      objects,
      publish: (subject: string, body: string) =>
        home.calls.run('topic.publish', () => void this.messages.push({ subject, body })),
      sendAnonymous: async ({ EventType }: AnonymousMetric) => void this.metrics.push(EventType),
      invocation: () => home.newInvocation(this.invocationMs),
    };
    const functions = workflowFunctions(services, { ...SETTINGS, retentionDays: this.retentionDays });
    return Object.fromEntries(Object.entries(functions).map(([name, work]) => [name, home.asLambda(name, work)]));
  }

  #primaryTable(): Pick<BackupTable, 'getItem'> {
    return {
      getItem: (key) =>
        this.home.calls.run('primary.getItem', () => {
          if (!this.primaryAnswers) throw new Fault('ServiceError', 'GetItem on the table failed: TimeoutError.');
          return this.home.table.peek(key);
        }),
    };
  }
}
