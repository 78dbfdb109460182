import { restoreFolder } from '../../../source/domain/import/plan/plan-model.ts';
import { headKey } from '../../../source/domain/import/plan/restore-head.ts';
import type { RestoreHead } from '../../../source/domain/import/plan/restore-head.ts';
import { REPORT_ROLES } from '../../../source/domain/import/plan/group-roles.ts';
import type { GroupRoleRules } from '../../../source/domain/import/plan/group-roles.ts';
import { shownError } from '../../../source/adapters/guarded.ts';
import type { Invocation } from '../../../source/adapters/invocation.ts';
import type { AnonymousMetric } from '../../../source/domain/workflow/anonymous-metrics.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import { workflowNamed } from '../../../tools/simulation/workflow/definition.ts';
import type { WorkflowName } from '../../../tools/simulation/workflow/definition.ts';
import { INSTANCE_ID, workflowFunctions } from '../../../tools/simulation/workflow/functions.ts';
import type { FunctionSettings, RegionServices } from '../../../tools/simulation/workflow/functions.ts';
import { TaskError } from '../../../tools/simulation/workflow/paths.ts';
import { runWorkflow } from '../../../tools/simulation/workflow/run-workflow.ts';
import type { EndedExecution, Position } from '../../../tools/simulation/workflow/run-workflow.ts';
import { World } from '../world/world.ts';

export const REGION = 'us-east-1';
export const BACKUP_REGION = 'eu-west-1';
export const SOURCE = `${REGION}_Source123`;
export const TARGET = `${REGION}_NewPool12`;
export const SETTINGS: FunctionSettings = {
  primaryRegion: REGION,
  secondaryRegion: BACKUP_REGION,
  primaryUserPoolId: SOURCE,
  callsPerSecond: 25,
  retentionDays: 35,
};

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
  /** Whether calls to Cognito wait for a pacer of their invocation, at SETTINGS.callsPerSecond. */
  paced = false;
  /** SnapshotRetentionDays. */
  retentionDays = SETTINGS.retentionDays;
  allowMfa = false;
  federatedUsers: NonNullable<FunctionSettings['federatedUsers']> = 'REPORT';
  /** The bucket of VaultBucketArn. */
  vaultBucket: string | undefined;
  /** Buckets beside the Region's own that an input may name. */
  readonly buckets = new Map<string, SimulatedObjects<MemoryFiles>>();
  allowMultipleUsernameAttributes = false;
  groupRoles: GroupRoleRules = REPORT_ROLES;
  /** A killed function stops its execution, as a person would, instead of being retried. */
  stopOnKill = false;
  /** The execution is stopped as it enters its n-th state, counted from 1. */
  stopAtState = Infinity;
  /** Is told every state that an execution enters, and may take its time. */
  entered: ((state: string) => void | Promise<void>) | undefined;
  /** Names of the functions that were called, in order. */
  readonly invoked: string[] = [];
  /** What the functions were given, answered and threw, as the execution's history shows it; metrics that were sent. */
  readonly history: {
    readonly state: string;
    readonly event: unknown;
    readonly answer?: unknown;
    readonly error?: Error;
  }[] = [];
  readonly metrics: AnonymousMetric[] = [];
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

  drill(input: object = {}): Promise<EndedExecution> {
    return this.#start('drill', `DrillWorkflow-${INSTANCE_ID}`, input);
  }

  /** The head of the restore into the target; undefined before it began. */
  head(): RestoreHead | undefined {
    const key = headKey(TARGET);
    return this.objects.stored.has(key) ? this.objects.json<RestoreHead>(key) : undefined;
  }

  /** A file of that restore's report, such as `failures.csv`. */
  report(name: string): string {
    return this.objects.text(`${restoreFolder(TARGET, this.head()?.restoreId ?? 'none')}report/${name}`);
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
    await workflowFunctions(this.services, SETTINGS)['MessageBroker']?.({
      'detail-type': 'Step Functions Execution Status Change',
      detail,
    });
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
    const entered = async (at: Position): Promise<void> => {
      if (execution.stopped) throw new Stopped('stopped');
      execution.at = at;
      await this.entered?.(at.state);
      states += 1;
      if (states !== this.stopAtState) return;
      this.stopAtState = Infinity;
      throw new Stopped('stopped');
    };
    const functions = Object.fromEntries(
      Object.entries(
        workflowFunctions(this.services, {
          ...SETTINGS,
          retentionDays: this.retentionDays,
          paced: this.paced,
          allowMfa: this.allowMfa,
          federatedUsers: this.federatedUsers,
          ...(this.vaultBucket === undefined ? {} : { vaultBucket: this.vaultBucket }),
          allowMultipleUsernameAttributes: this.allowMultipleUsernameAttributes,
          groupRoles: this.groupRoles,
        }),
      ).map(([name, work]) => [name, this.#function(execution, name, work)]),
    );
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

  /** A function as Lambda runs it for an execution: stopped with it, and told apart where it dies. */
  #function(execution: Execution, name: string, work: Work): Work {
    const run = this.asLambda(name, work);
    return async (event) => {
      this.invoked.push(name);
      const ended = await run(event).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const died = 'error' in ended && ended.error instanceof TaskError && ended.error.name === 'Runtime.ExitError';
      if (died ? this.stopOnKill : execution.stopped) throw new Stopped('stopped');
      if ('value' in ended) return ended.value;
      throw ended.error;
    };
  }

  /** What a function that throws, or a process that dies, looks like to Step Functions; it is written to the history. */
  asLambda(state: string, work: Work): Work {
    return async (event) => {
      const ended = await work(event).then(
        (answer) => ({ answer }),
        (thrown: unknown) => ({ error: shownError(thrown) }),
      );
      this.history.push({ state, event, ...ended });
      if (this.calls.killed) {
        this.calls.revive();
        throw taskError('Runtime.ExitError', 'the process died');
      }
      if ('error' in ended) throw taskError(ended.error.name, ended.error.message);
      return ended.answer;
    };
  }

  /** What the functions of the primary Region find there. */
  get services(): RegionServices {
    return {
      random: this.random,
      cognito: this.cognito,
      settings: this.settings,
      writer: this.writer,
      jobs: this.jobs,
      throwAway: this.throwAway,
      table: this.table,
      replica: this.replica,
      primary: this.table,
      objects: this.objects,
      bucketNamed: (bucket) => this.bucket(bucket),
      exportQueue: this.exportQueue,
      newUsersQueue: this.newUsersQueue,
      updatesQueue: this.updatesQueue,
      executionStatus: this.executionStatus,
      publish: (subject, body) => this.calls.run('topic.publish', () => void this.messages.push({ subject, body })),
      sendAnonymous: async (event) => void this.metrics.push(event),
      invocation: () => this.newInvocation(),
    };
  }

  /** The bucket of that name, made when it is first asked for. */
  bucket(name: string): SimulatedObjects<MemoryFiles> {
    const bucket = this.buckets.get(name) ?? new SimulatedObjects(this.calls, new MemoryFiles());
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** An invocation that begins now, with a claim of its own. */
  newInvocation(ms?: number): Invocation {
    this.#claims += 1;
    return {
      clock: this.clock,
      log: this.log,
      claim: `invocation-${String(this.#claims).padStart(6, '0')}`,
      timeLeft: this.timeLeft(ms),
    };
  }
}

type Work = (event: unknown) => Promise<unknown>;

const taskError = (errorType: string, errorMessage: string): TaskError =>
  new TaskError(errorType, errorMessage, JSON.stringify({ errorType, errorMessage }));
