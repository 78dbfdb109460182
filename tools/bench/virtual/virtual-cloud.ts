import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Invocation } from '../../../source/adapters/invocation.ts';
import { OPEN_KEY, openMarkerIn } from '../../../source/domain/backup/manifest.ts';
import type { Log, WorkMessage } from '../../../source/domain/ports.ts';
import type { PoolListings } from '../../simulation/cognito/pool.ts';
import { SimulatedPoolReader } from '../../simulation/cognito/pool-reader.ts';
import { plainConfiguration, SimulatedSettingsReader, withClients } from '../../simulation/cognito/settings-reader.ts';
import { SimulatedPoolWriter } from '../../simulation/cognito/pool-writer.ts';
import { FakeClock } from '../../simulation/fake-clock.ts';
import { SimulatedImportJobs } from '../../simulation/import-jobs/simulated-jobs.ts';
import { seededRandom } from '../../simulation/random.ts';
import { SimulatedObjects } from '../../simulation/storage/objects.ts';
import { SimulatedQueue } from '../../simulation/storage/queue.ts';
import { SimulatedTable } from '../../simulation/storage/table.ts';
import type { TableUsage } from '../../simulation/storage/table.ts';
import { workflowNamed } from '../../simulation/workflow/definition.ts';
import { workflowFunctions } from '../../simulation/workflow/functions.ts';
import type { RegionServices } from '../../simulation/workflow/functions.ts';
import { runWorkflow } from '../../simulation/workflow/run-workflow.ts';
import type { Functions } from '../../simulation/workflow/run-workflow.ts';
import type { PopulationShape } from '../population.ts';
import { CognitoGate } from './cognito-gate.ts';
import { FilesOnDisk } from './files-on-disk.ts';
import { Invocations } from './invocations.ts';
import { LATENCIES, Meter } from './meter.ts';
import type { Latencies } from './meter.ts';
import { MeteredCalls, meteredTable } from './metered-calls.ts';
import { PopulationItems } from './population-items.ts';
import { SOURCE_POOL, SourcePool } from './source-pool.ts';
import { TARGET_POOL, TargetPool } from './target-pool.ts';

export interface VirtualCloudOptions {
  readonly shape: PopulationShape;
  readonly callsPerSecond: number;
  readonly jobUsersPerSecond?: number;
  readonly quotas?: boolean | Readonly<Record<string, number>>;
  readonly latencies?: Latencies;
  /** A folder of its own for objects; removed by `remove()`. */
  readonly folder: string;
  /** Users that churn may add, as a share. */
  readonly room?: number;
  /** App clients of the pool that is backed up. */
  readonly clients?: number;
}

/** A Lambda function's longest time (templates/stack-set-template.yaml). */
const TIMEOUT_MS = 900_000;
const UPLOAD_PIECE_BYTES = 65_536;
const [PRIMARY, SECONDARY] = ['us-east-1', 'eu-west-1'] as const;
const REGIONS = { export: PRIMARY, import: SECONDARY, verify: SECONDARY } as const;
const RETENTION_DAYS = 35;
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What one execution took, of which Step Functions bills the transitions. */
export interface WorkflowRun {
  readonly output: unknown;
  readonly transitions: number;
  readonly historyEvents: number;
  /** Largest state that was handed to a function, bytes of JSON. */
  readonly largestPayload: number;
  /** Virtual milliseconds since the epoch. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Of an export that applied a plan: from the marker that opened it to the transaction that sealed it. */
  readonly application?: { readonly items: number; readonly seconds: number };
}

/** Both Regions in memory, on virtual time, with the product's domain code as their functions. */
export class VirtualCloud {
  readonly clock = new FakeClock();
  readonly meter = new Meter(this.clock);
  readonly random = seededRandom(1);
  readonly callsPerSecond: number;
  readonly source: SourcePool;
  readonly target: TargetPool;
  readonly calls: MeteredCalls;
  readonly cognito: SimulatedPoolReader;
  readonly settings: SimulatedSettingsReader;
  readonly writer: SimulatedPoolWriter;
  readonly jobs: SimulatedImportJobs;
  readonly table: SimulatedTable;
  readonly exportObjects: SimulatedObjects<FilesOnDisk>;
  readonly importObjects: SimulatedObjects<FilesOnDisk>;
  readonly exportQueue: SimulatedQueue<WorkMessage>;
  readonly newUsersQueue: SimulatedQueue<WorkMessage>;
  readonly updatesQueue: SimulatedQueue<WorkMessage>;
  readonly invocations: Invocations;
  readonly #gate: CognitoGate;
  readonly latencies: Latencies;
  readonly #folder: string;
  #claims = 0;
  #executions = 0;
  #opened: { readonly at: number; readonly items: number } | undefined;
  #application: WorkflowRun['application'];

  constructor({
    shape,
    callsPerSecond,
    jobUsersPerSecond = 30,
    quotas = true,
    latencies = LATENCIES,
    folder,
    room = 0.05,
    clients = 1,
  }: VirtualCloudOptions) {
    this.callsPerSecond = callsPerSecond;
    this.#folder = folder;
    this.latencies = latencies;
    this.#gate = new CognitoGate(this.meter, latencies, callsPerSecond, quotas, this.random);
    this.calls = new MeteredCalls(this.meter, latencies, this.#gate);
    this.source = new SourcePool(shape, Math.ceil(shape.users * (1 + room)) + 16);
    this.target = new TargetPool(this.source, () => this.clock.now());
    const pools = new Map([[TARGET_POOL, this.target]]);
    // Of their own: tokens and messages must not change what the product draws.
    const random = seededRandom(2);
    const listings = new Map<string, PoolListings>([[SOURCE_POOL, this.source], ...pools]);
    this.cognito = new SimulatedPoolReader(this.calls, listings, random);
    this.settings = new SimulatedSettingsReader(this.calls, listings);
    this.settings.configurations.set(SOURCE_POOL, withClients(plainConfiguration(this.source), clients));
    this.writer = new SimulatedPoolWriter(this.calls, pools);
    const uploads = new FilesOnDisk(join(folder, 'uploads'));
    this.jobs = new SimulatedImportJobs(this.calls, pools, (jobId, csv) => {
      uploads.put(jobId, csv, '');
      return { byteLength: csv.length, pieces: () => uploads.pieces(jobId, UPLOAD_PIECE_BYTES) };
    });
    Object.assign(this.jobs.knobs, { usersPerSecond: jobUsersPerSecond, pendingMs: 0, rowFate: () => 'silent' });
    this.table = new SimulatedTable(
      this.calls,
      new PopulationItems(this.source),
      this.#watched(meteredTable(this.meter)),
    );
    this.exportObjects = new SimulatedObjects(this.calls, new FilesOnDisk(join(folder, 'primary')));
    this.importObjects = new SimulatedObjects(this.calls, new FilesOnDisk(join(folder, 'secondary')));
    this.exportQueue = new SimulatedQueue(this.calls, random);
    this.newUsersQueue = new SimulatedQueue(this.calls, random);
    this.updatesQueue = new SimulatedQueue(this.calls, random);
    this.invocations = new Invocations(this.meter, latencies);
  }

  /** Looks at the clock when a plan is opened, and when its run is sealed. */
  #watched(usage: TableUsage): TableUsage {
    return {
      ...usage,
      wrote: (item, transaction) => {
        usage.wrote(item, transaction);
        const plan = item.id === OPEN_KEY.id ? openMarkerIn(item)?.plan : undefined;
        if (plan !== undefined) this.#opened = { at: this.clock.now(), items: plan.changes };
        if (!transaction || this.#opened === undefined) return;
        this.#application = { items: this.#opened.items, seconds: (this.clock.now() - this.#opened.at) / 1000 };
        this.#opened = undefined;
      },
    };
  }

  #services(workflow: keyof typeof REGIONS): RegionServices {
    return {
      random: this.random,
      cognito: this.cognito,
      settings: this.settings,
      writer: this.writer,
      jobs: this.jobs,
      table: this.table,
      replica: this.table,
      primary: this.table,
      objects: workflow === 'export' ? this.exportObjects : this.importObjects,
      exportQueue: this.exportQueue,
      newUsersQueue: this.newUsersQueue,
      updatesQueue: this.updatesQueue,
      executionStatus: () => Promise.resolve('gone'),
      publish: () => Promise.resolve(),
      sendAnonymous: () => Promise.resolve(),
      invocation: () => this.#invocation(),
    };
  }

  #invocation(): Invocation {
    this.#claims += 1;
    const { clock } = this;
    const end = clock.now() + TIMEOUT_MS;
    const claim = `invocation-${String(this.#claims).padStart(6, '0')}`;
    return { clock, log: SILENT, claim, timeLeft: () => end - clock.now() };
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
  async #run(workflow: keyof typeof REGIONS, input: object): Promise<WorkflowRun> {
    this.meter.reset();
    this.invocations.reset();
    this.#application = undefined;
    const startedAt = this.clock.now();
    this.#executions += 1;
    const { shape } = this.source;
    let largestPayload = 0;
    const wired = workflowFunctions(this.#services(workflow), {
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      primaryUserPoolId: SOURCE_POOL,
      callsPerSecond: this.callsPerSecond,
      retentionDays: RETENTION_DAYS,
      allowMfa: shape.mfa !== undefined,
      allowMultipleUsernameAttributes: shape.twoAddresses !== undefined,
      federatedUsers: shape.identities === undefined ? 'REPORT' : 'PRELINK',
    });
    const functions = Object.entries(wired).map(([name, work]) => [
      name,
      (event: unknown) => {
        largestPayload = Math.max(largestPayload, JSON.stringify(event).length);
        return this.invocations.run(name, () => {
          this.#gate.enter(name);
          return work(event);
        });
      },
    ]);
    const { status, output, error, states, historyEvents } = await runWorkflow(workflowNamed(workflow), input, {
      functions: Object.fromEntries(functions) as Functions,
      clock: this.clock,
      execution: {
        id: `arn:aws:states:${REGIONS[workflow]}:111122223333:execution:${workflow}:${this.#executions}`,
        startTime: new Date(startedAt).toISOString(),
      },
      entered: () => this.clock.sleep(this.latencies.transition),
    });
    if (status === 'FAILED') throw new Error(`The workflow ended in ${states.at(-1) ?? ''}: ${error ?? ''}`);
    const seconds = (this.clock.now() - startedAt) / 1000;
    return {
      output,
      transitions: states.length,
      historyEvents,
      largestPayload,
      startedAt,
      seconds,
      ...(this.#application === undefined ? {} : { application: this.#application }),
    };
  }
}
