import type { PoolSettings } from '../../../source/domain/model.ts';
import type { BackupTable, Log, WorkMessage } from '../../../source/domain/ports.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { Calls } from './calls.ts';
import { MemoryImportJobs } from './import-jobs.ts';
import { MemoryObjects } from './objects.ts';
import { MemoryPoolReader } from './pool-reader.ts';
import { MemoryPoolWriter } from './pool-writer.ts';
import { MemoryPool } from './pool.ts';
import { MemoryQueue } from './queue.ts';
import { MemoryTable } from './table.ts';

/** Log lines in memory, for assertions about what is (not) said. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];
  info = (message: string, extra: object = {}): void =>
    void this.lines.push(`info ${message} ${JSON.stringify(extra)}`);
  warn = (message: string, extra: object = {}): void =>
    void this.lines.push(`warn ${message} ${JSON.stringify(extra)}`);
  error = (message: string, extra: object = {}): void =>
    void this.lines.push(`error ${message} ${JSON.stringify(extra)}`);
}

/**
 * One Region in memory: every port of source/domain/ports.ts on one virtual clock, one call counter with faults and a
 * kill switch, and one seed. Knobs are plain properties of the parts.
 */
export class World {
  readonly clock = new FakeClock();
  readonly calls = new Calls(this.clock);
  readonly random;
  readonly pools = new Map<string, MemoryPool>();
  readonly cognito: MemoryPoolReader;
  readonly writer: MemoryPoolWriter;
  readonly jobs: MemoryImportJobs;
  readonly table: MemoryTable;
  readonly objects: MemoryObjects;
  /** The table as the backup Region shows it: up to date, unless a test puts something else here. */
  replica: Pick<BackupTable, 'getItem'>;
  /** The export clean-up queue, and the two queues of the import. */
  readonly exportQueue: MemoryQueue<WorkMessage>;
  readonly newUsersQueue: MemoryQueue<WorkMessage>;
  readonly updatesQueue: MemoryQueue<WorkMessage>;
  /** Status by execution ARN, as another function would see it; absent = gone. */
  readonly executions = new Map<string, 'RUNNING' | 'gone'>();
  readonly log = new MemoryLog();

  constructor({ seed = 1 }: { readonly seed?: number } = {}) {
    this.random = seededRandom(seed);
    this.cognito = new MemoryPoolReader(this.calls, this.pools, this.random);
    this.writer = new MemoryPoolWriter(this.calls, this.pools);
    this.jobs = new MemoryImportJobs(this.calls, this.pools);
    this.table = new MemoryTable(this.calls);
    this.objects = new MemoryObjects(this.calls);
    this.replica = { getItem: (key) => this.calls.run('replica.getItem', () => this.table.peek(key)) };
    this.exportQueue = new MemoryQueue(this.calls, this.random);
    this.newUsersQueue = new MemoryQueue(this.calls, this.random);
    this.updatesQueue = new MemoryQueue(this.calls, this.random);
  }

  pool(id: string, settings: Partial<PoolSettings> = {}, name?: string): MemoryPool {
    const pool = new MemoryPool(id, { settings, ...(name === undefined ? {} : { name }) });
    this.pools.set(id, pool);
    return pool;
  }

  /** All Cognito ports wait for this pacer from now on. */
  paceBy(pacer: { take(): Promise<void> }): void {
    this.cognito.pacer = pacer;
    this.writer.pacer = pacer;
    this.jobs.pacer = pacer;
  }

  executionStatus = (executionArn: string): Promise<'RUNNING' | 'gone'> =>
    this.calls.run('executions.status', () => this.executions.get(executionArn) ?? 'gone');

  /** Milliseconds left of an invocation that began now and lasts `ms`. */
  timeLeft(ms = 900_000): () => number {
    const end = this.clock.now() + ms;
    return () => end - this.clock.now();
  }
}
