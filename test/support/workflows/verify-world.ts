import { OPEN_KEY } from '../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../source/domain/errors.ts';
import type { BackupTable, TableItem } from '../../../source/domain/ports.ts';
import { verifyBackup } from '../../../source/domain/verify/backup/verify-backup.ts';
import { comparePool } from '../../../source/domain/verify/pool/compare-pool.ts';
import { parseCompareEvent, parseLookEvent } from '../../../source/domain/verify/verify-event.ts';
import { checkStateMachine } from '../../../source/domain/workflow/check-state-machine.ts';
import { assertVerifyMayRun } from '../../../source/domain/workflow/lease.ts';
import { notify } from '../../../source/domain/workflow/notices/notify.ts';
import { shownError } from '../../../source/adapters/guarded.ts';
import type { Invocation } from '../../../source/adapters/invocation.ts';
import { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { MemoryReplica } from '../world/replica.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';
import { workflowNamed } from '../../../tools/simulation/workflow/definition.ts';
import { TaskError } from '../../../tools/simulation/workflow/paths.ts';
import { runWorkflow, type EndedExecution, type Functions } from '../../../tools/simulation/workflow/run-workflow.ts';
import { REGION, SOURCE, WorkflowWorld } from './workflow-world.ts';

export const BACKUP_REGION = 'eu-west-1';
/** An empty pool in the backup Region, for restores. */
export const RESTORED = `${BACKUP_REGION}_Restored1`;
const REGIONS = [REGION, BACKUP_REGION];
const TABLE = 'backup-table';

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
  #claims = 0;

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
    copy.#claims = this.#claims;
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

  #functions(site: Site): Functions {
    const { calls, clock, log, cognito } = this.home;
    const { region, table, objects } = site;
    const asFunction =
      (state: string, work: (event: unknown) => Promise<unknown>) =>
      async (event: unknown): Promise<unknown> => {
        try {
          const answer = await work(event);
          this.home.history.push({ state, event, answer });
          return answer;
        } catch (thrown) {
          const error = shownError(thrown);
          this.home.history.push({ state, event, error });
          const { name, message } = error;
          if (!calls.killed)
            throw new TaskError(name, message, JSON.stringify({ errorType: name, errorMessage: message }));
          calls.revive();
          throw new TaskError(
            'Runtime.ExitError',
            'the process died',
            '{"errorType":"Runtime.ExitError","errorMessage":"the process died"}',
          );
        }
      };
    const functions: Functions = {
      CheckStateMachine: (event) =>
        checkStateMachine({ table, executionStatus: this.home.executionStatus, clock }, event, REGIONS),
      VerifyBackup: async (event) => {
        const parsed = parseLookEvent(event);
        await assertVerifyMayRun(table, parsed.executionArn);
        return verifyBackup(
          { ...parsed, tableName: TABLE, region, primaryRegion: REGION, retentionDays: this.retentionDays },
          { ...this.#invocation(), table, objects, ...(region === REGION ? {} : { primary: this.#primaryTable() }) },
        );
      },
      ComparePool: async (event) => {
        const input = parseCompareEvent(event);
        await assertVerifyMayRun(table, input.executionArn);
        return comparePool(
          { ...input, tableName: TABLE, bucket: 'state-bucket' },
          { ...this.#invocation(), table, objects, pool: cognito },
        );
      },
      MessageBroker: (event) =>
        notify(
          event,
          {
            publish: (subject, body) => calls.run('topic.publish', () => void this.messages.push({ subject, body })),
            sendMetrics: async ({ EventType }) => void this.metrics.push(EventType),
            objects,
            clock,
            log,
          },
          {
            preference: 'INFO_AND_ERRORS',
            primaryRegion: REGION,
            userPoolId: SOURCE,
            tableName: TABLE,
            maxChangePercent: 50,
          },
        ),
    };
    return Object.fromEntries(Object.entries(functions).map(([name, work]) => [name, asFunction(name, work)]));
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

  #invocation(): Invocation {
    this.#claims += 1;
    return {
      clock: this.home.clock,
      log: this.home.log,
      claim: `invocation-${String(this.#claims).padStart(6, '0')}`,
      timeLeft: this.home.timeLeft(this.invocationMs),
    };
  }
}
