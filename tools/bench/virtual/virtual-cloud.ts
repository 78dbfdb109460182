import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../../source/domain/ports.ts';
import { FakeClock } from '../../simulation/fake-clock.ts';
import { seededRandom } from '../../simulation/random.ts';
import type { Shape } from '../population.ts';
import { CognitoGate } from './cognito-gate.ts';
import { FileObjects } from './file-objects.ts';
import { functionsOn, REGIONS } from './functions.ts';
import { VirtualImportJobs } from './import-jobs.ts';
import { Invocations } from './invocations.ts';
import { LATENCIES, Meter } from './meter.ts';
import type { Latencies } from './meter.ts';
import { VirtualQueue } from './queue.ts';
import { SourcePool } from './source-pool.ts';
import { execute } from './state-machine.ts';
import type { Execution, StateMachine } from './state-machine.ts';
import { VirtualTable } from './table.ts';
import { TARGET_POOL, TargetPool } from './target-pool.ts';

export interface VirtualCloudOptions {
  readonly shape: Shape;
  readonly callsPerSecond: number;
  readonly jobUsersPerSecond?: number;
  readonly quotas?: boolean | Readonly<Record<string, number>>;
  readonly latencies?: Latencies;
  /** A folder of its own for objects; removed by `remove()`. */
  readonly folder: string;
  /** Users that churn may add, as a share. */
  readonly room?: number;
}

/** A Lambda function's longest time (templates/stack-set-template.yaml). */
const TIMEOUT_MS = 900_000;
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
type WorkflowName = keyof typeof REGIONS;
const definition = (name: WorkflowName): StateMachine =>
  JSON.parse(
    readFileSync(
      join(import.meta.dirname, '..', '..', '..', 'source', 'state-machines', `${name}-workflow.asl.json`),
      'utf8',
    ),
  ) as StateMachine;

export interface WorkflowRun extends Execution {
  /** Virtual milliseconds since the epoch. */
  readonly startedAt: number;
  readonly seconds: number;
}

/** Both Regions in memory, on virtual time, with the product's domain code as their functions. */
export class VirtualCloud {
  readonly clock = new FakeClock();
  readonly meter = new Meter(this.clock);
  readonly random = seededRandom(1);
  readonly log = SILENT;
  readonly callsPerSecond: number;
  readonly source: SourcePool;
  readonly target: TargetPool;
  readonly jobs: VirtualImportJobs;
  readonly table: VirtualTable;
  readonly exportObjects: FileObjects;
  readonly importObjects: FileObjects;
  readonly queue: VirtualQueue;
  readonly invocations: Invocations;
  readonly #gate: CognitoGate;
  readonly latencies: Latencies;
  readonly #folder: string;
  #claims = 0;
  #executions = 0;

  constructor({
    shape,
    callsPerSecond,
    jobUsersPerSecond = 30,
    quotas = true,
    latencies = LATENCIES,
    folder,
    room = 0.05,
  }: VirtualCloudOptions) {
    this.callsPerSecond = callsPerSecond;
    this.#folder = folder;
    this.latencies = latencies;
    this.#gate = new CognitoGate(this.meter, latencies, callsPerSecond, quotas, this.random);
    this.source = new SourcePool(shape, Math.ceil(shape.users * (1 + room)) + 16, this.#gate);
    this.target = new TargetPool(this.source, this.#gate, () => this.clock.now());
    this.jobs = new VirtualImportJobs(this.target, this.#gate, this.meter, latencies, jobUsersPerSecond);
    this.table = new VirtualTable(this.source, this.meter, latencies);
    this.exportObjects = new FileObjects(join(folder, 'primary'), this.meter, latencies);
    this.importObjects = new FileObjects(join(folder, 'secondary'), this.meter, latencies);
    this.queue = new VirtualQueue(this.meter, latencies);
    this.invocations = new Invocations(this.meter, latencies);
  }

  newClaim(): string {
    this.#claims += 1;
    return `invocation-${String(this.#claims).padStart(6, '0')}`;
  }

  timeLeft(): () => number {
    const end = this.clock.now() + TIMEOUT_MS;
    return () => end - this.clock.now();
  }

  export(): Promise<WorkflowRun> {
    return this.#run('export', {});
  }

  import(): Promise<WorkflowRun> {
    return this.#run('import', { NewUserPoolId: TARGET_POOL });
  }

  /** A scheduled look of the backup Region. */
  verify(): Promise<WorkflowRun> {
    return this.#run('verify', { Trigger: 'Schedule' });
  }

  /** A look at the backup, and at the new pool beside it. */
  verifyNewPool(): Promise<WorkflowRun> {
    return this.#run('verify', { UserPoolId: TARGET_POOL });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Figures of the meter and of the functions are those of this run afterwards. */
  async #run(workflow: WorkflowName, input: object): Promise<WorkflowRun> {
    this.meter.reset();
    this.invocations.reset();
    const functions = functionsOn(this);
    const startedAt = this.clock.now();
    this.#executions += 1;
    const execution = await execute(definition(workflow), input, {
      invoke: (name, event) =>
        this.invocations.run(name, () => {
          this.#gate.enter(name);
          return (functions[name] as (event: unknown) => Promise<unknown>)(event);
        }),
      sleep: this.clock.sleep,
      transitionMs: this.latencies.transition,
      context: {
        Execution: {
          Id: `arn:aws:states:${REGIONS[workflow]}:111122223333:execution:${workflow}:${this.#executions}`,
          StartTime: new Date(startedAt).toISOString(),
          Input: input,
        },
      },
    });
    return { ...execution, startedAt, seconds: (this.clock.now() - startedAt) / 1000 };
  }
}
