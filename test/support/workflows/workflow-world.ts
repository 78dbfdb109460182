import { cleanUpTable } from '../../../source/domain/export/clean-up/clean-up.ts';
import { parseExportEvent, parseRunEvent } from '../../../source/domain/export/export-event.ts';
import { listGroups } from '../../../source/domain/export/list-groups.ts';
import { checkUserPoolConfig } from '../../../source/domain/export/check-user-pool-config.ts';
import { syncGroup } from '../../../source/domain/export/sync-group.ts';
import { syncUsersInGroup } from '../../../source/domain/export/sync-users-in-group.ts';
import { syncUsers } from '../../../source/domain/export/sync-users.ts';
import { openedImport, startedImport } from '../../../source/domain/import/import-event.ts';
import { importUsers } from '../../../source/domain/import/import-users.ts';
import { scanTable } from '../../../source/domain/import/scan-table.ts';
import { checkNewUserPool } from '../../../source/domain/import/check-new-user-pool.ts';
import { passwordFrom, PASSWORD_BYTES } from '../../../source/domain/import/updates/password.ts';
import { updateUsers } from '../../../source/domain/import/update-users.ts';
import { checkStateMachine } from '../../../source/domain/workflow/check-state-machine.ts';
import { assertExportMayRun, assertImportMayRun, regionOf } from '../../../source/domain/workflow/lease.ts';
import { importJobEnded, type MetricsEvent } from '../../../source/domain/workflow/metrics.ts';
import { notify } from '../../../source/domain/workflow/notices/notify.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { ImportJob } from '../../../source/domain/ports.ts';
import { shownError } from '../../../source/adapters/guarded.ts';
import type { Invocation } from '../../../source/adapters/invocation.ts';
import { World } from '../world/world.ts';
import { workflowNamed, type WorkflowName } from '../../../tools/simulation/workflow/definition.ts';
import { TaskError } from '../../../tools/simulation/workflow/paths.ts';
import {
  runWorkflow,
  type EndedExecution,
  type Functions,
  type Position,
} from '../../../tools/simulation/workflow/run-workflow.ts';

export const REGION = 'us-east-1';
const REPLICA_REGION = 'eu-west-1';
const REGIONS = [REGION, REPLICA_REGION];
export const SOURCE = `${REGION}_Source123`;
export const TARGET = `${REGION}_NewPool12`;
const TABLE = 'backup-table';
const TPS = 25;

interface Execution {
  readonly workflow: WorkflowName;
  readonly id: string;
  readonly startTime: string;
  readonly input: object;
  at?: Position;
  stopped: boolean;
}

/** Somebody stopped the execution. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/**
 * Both workflows as they are deployed, in memory: their ASL, and every function wired to the ports of one Region as its
 * function file does it. A process that dies is a Runtime.ExitError, or the end of its execution (`stopOnKill`).
 */
export class WorkflowWorld extends World {
  readonly source: MemoryPool;
  readonly target: MemoryPool;
  readonly messages: { readonly subject: string; readonly body: string }[] = [];
  /** A killed function stops its execution, as a person would, instead of being retried. */
  stopOnKill = false;
  /** The execution is stopped as it enters its n-th state, counted from 1. */
  stopAtState = Infinity;
  /** Names of the functions that were called, in order. */
  readonly invoked: string[] = [];
  /** What the functions were given, answered and threw, as the execution's history shows it; metrics that were sent. */
  readonly history: {
    readonly state: string;
    readonly event: unknown;
    readonly answer?: unknown;
    readonly error?: Error;
  }[] = [];
  readonly metrics: MetricsEvent[] = [];
  readonly #executions: Execution[] = [];
  #claims = 0;

  constructor(seed = 1) {
    super({ seed });
    this.source = this.pool(SOURCE);
    this.target = this.pool(TARGET);
  }

  export(input: object = {}): Promise<EndedExecution> {
    return this.#start('export', 'ExportWorkflow-0123456789ab', input);
  }

  import(input: object = {}): Promise<EndedExecution> {
    return this.#start('import', 'ImportWorkflow-0123456789ab', { NewUserPoolId: TARGET, ...input });
  }

  /** Stops the execution that began last, as a person would: the function that is at work does not notice. */
  stop(): void {
    const execution = this.#executions.at(-1) as Execution;
    execution.stopped = true;
    this.executions.set(execution.id, 'gone');
  }

  /** Redrives the n-th execution (the last one by default), as Step Functions does: same ARN, from the state that it was in. */
  redrive(nth = this.#executions.length - 1): Promise<EndedExecution> {
    const execution = this.#executions[nth] as Execution;
    execution.stopped = false;
    return this.#run(execution, execution.at);
  }

  /** EventBridge tells MessageBroker that the execution that began last has ended badly. */
  async tellEnd(status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'): Promise<void> {
    const { id, startTime } = this.#executions.at(-1) as Execution;
    const detail = {
      executionArn: id,
      stateMachineArn: id.split(':').slice(0, -1).join(':').replace(':execution:', ':stateMachine:'),
      status,
      startDate: Date.parse(startTime),
      stopDate: this.clock.now(),
    };
    await this.#common()['MessageBroker']?.({ 'detail-type': 'Step Functions Execution Status Change', detail });
  }

  #start(workflow: WorkflowName, machine: string, input: object): Promise<EndedExecution> {
    const id = `arn:aws:states:${REGION}:111122223333:execution:${machine}:run-${this.clock.now()}-${this.#executions.length + 1}`;
    const execution: Execution = {
      workflow,
      id,
      startTime: new Date(this.clock.now()).toISOString(),
      input,
      stopped: false,
    };
    this.#executions.push(execution);
    return this.#run(execution, undefined);
  }

  async #run(execution: Execution, from: Position | undefined): Promise<EndedExecution> {
    const { workflow, id, input } = execution;
    let states = 0;
    const entered = (at: Position): void => {
      if (execution.stopped) throw new Stopped('stopped');
      execution.at = at;
      states += 1;
      if (states !== this.stopAtState) return;
      this.stopAtState = Infinity;
      throw new Stopped('stopped');
    };
    const functions = this.#of(execution, workflow === 'export' ? this.#exportFunctions() : this.#importFunctions());
    this.executions.set(id, 'RUNNING');
    try {
      return await runWorkflow(workflowNamed(workflow), input, {
        functions,
        clock: this.clock,
        execution,
        entered,
        from,
      });
    } finally {
      this.executions.set(id, 'gone');
    }
  }

  /** What a process that dies, or throws, looks like to Step Functions. */
  #function(
    execution: Execution,
    name: string,
    work: (event: unknown) => Promise<unknown>,
  ): (event: unknown) => Promise<unknown> {
    return async (event) => {
      this.invoked.push(name);
      const ended = await work(event).then(
        (value) => ({ value }),
        (error: unknown) => ({ error: shownError(error) }),
      );
      this.history.push({ state: name, event, ...('value' in ended ? { answer: ended.value } : ended) });
      if (this.calls.killed) {
        this.calls.revive();
        if (this.stopOnKill) throw new Stopped('stopped');
        throw new TaskError(
          'Runtime.ExitError',
          'the process died',
          '{"errorType":"Runtime.ExitError","errorMessage":"the process died"}',
        );
      }
      if (execution.stopped) throw new Stopped('stopped');
      if ('value' in ended) return ended.value;
      const { name: type, message } = ended.error;
      throw new TaskError(type, message, JSON.stringify({ errorType: type, errorMessage: message }));
    };
  }

  #of(execution: Execution, functions: Functions): Functions {
    return Object.fromEntries(
      Object.entries(functions).map(([name, work]) => [name, this.#function(execution, name, work)]),
    );
  }

  #invocation(): Invocation {
    this.#claims += 1;
    return {
      clock: this.clock,
      log: this.log,
      claim: `invocation-${String(this.#claims).padStart(6, '0')}`,
      timeLeft: this.timeLeft(),
    };
  }

  #common(): Functions {
    return {
      CheckStateMachine: (event) =>
        checkStateMachine(
          { table: this.table, executionStatus: this.executionStatus, clock: this.clock },
          event,
          REGIONS,
        ),
      MessageBroker: (event) =>
        notify(
          event,
          {
            publish: (subject, body) =>
              this.calls.run('topic.publish', () => void this.messages.push({ subject, body })),
            sendMetrics: async (event) => void this.metrics.push(event),
            objects: this.objects,
            clock: this.clock,
            log: this.log,
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
  }

  #exportFunctions(): Functions {
    const ports = {
      pool: this.cognito,
      table: this.table,
      replica: this.replica,
      objects: this.objects,
      queue: this.exportQueue,
    };
    const lease = { table: this.table, executionStatus: this.executionStatus };
    const step =
      (work: (deps: typeof ports & Invocation, event: ReturnType<typeof parseRunEvent>) => Promise<unknown>) =>
      async (event: unknown): Promise<unknown> => {
        const parsed = parseRunEvent(event);
        await assertExportMayRun(lease, parsed.executionArn, REGIONS);
        return work({ ...ports, ...this.#invocation() }, parsed);
      };
    return {
      ...this.#common(),
      CheckUserPoolConfig: async (event) => {
        await assertExportMayRun(lease, parseExportEvent(event).executionArn, REGIONS);
        return checkUserPoolConfig({ ...ports, random: this.random, clock: this.clock }, SOURCE);
      },
      SyncUsers: step((deps, { runId }) => syncUsers(deps, { runId, callsPerSecond: TPS })),
      ListGroups: step((deps, { runId }) => listGroups(deps, runId)),
      SyncGroup: step((deps, { runId }) => syncGroup(deps, runId)),
      SyncUsersInGroup: step((deps, { runId }) => syncUsersInGroup(deps, runId)),
      BackupTableCleanup: step((deps, { runId, allowMassDelete }) =>
        cleanUpTable(deps, {
          runId,
          allowMassDelete,
          maxDeletePercent: 20,
          softwareVersion: 'v2.0.0',
          keepSnapshot: true,
          replicaRegion: REPLICA_REGION,
        }),
      ),
    };
  }

  #importFunctions(): Functions {
    const ports = {
      pools: this.cognito,
      pool: this.cognito,
      writer: this.writer,
      jobs: this.jobs,
      table: this.table,
      store: this.objects,
      objects: this.objects,
      newUsers: this.newUsersQueue,
      updates: this.updatesQueue,
      random: this.random,
      jobEnded: async (job: ImportJob) => void this.metrics.push(importJobEnded(job, REGION)),
      newPassword: () => passwordFrom(Buffer.alloc(PASSWORD_BYTES, 7)),
    };
    const step =
      (work: (deps: typeof ports & Invocation, event: ReturnType<typeof openedImport>) => Promise<unknown>) =>
      async (event: unknown): Promise<unknown> => {
        const parsed = openedImport(event);
        await assertImportMayRun(this.table, parsed.executionArn);
        return work({ ...ports, ...this.#invocation() }, parsed);
      };
    const target = (event: ReturnType<typeof openedImport>) => ({
      newUserPoolId: event.options.newUserPoolId,
      ...event.restore,
    });
    return {
      ...this.#common(),
      CheckNewUserPool: async (event) => {
        const { executionArn, options } = startedImport(event);
        await assertImportMayRun(this.table, executionArn);
        return checkNewUserPool(
          { options, region: regionOf(executionArn), primaryUserPoolId: SOURCE, tableName: TABLE },
          { ...ports, ...this.#invocation() },
        );
      },
      ScanTable: step((deps, { options, restore }) => scanTable({ ...restore, options, tableName: TABLE }, deps)),
      ImportUsers: step((deps, event) => importUsers(target(event), deps)),
      UpdateUsers: step((deps, event) =>
        updateUsers({ ...target(event), executionArn: event.executionArn, bucket: 'state-bucket' }, deps),
      ),
    };
  }
}
