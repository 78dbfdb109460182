import type { PoolSettings } from '../../../source/domain/model.ts';
import type { BackupTable, Log, WorkMessage } from '../../../source/domain/ports.ts';
import { activeRecovery } from '../../../source/domain/recovery/recoveries.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { Calls } from './calls.ts';
import { SimulatedImportJobs } from '../../../tools/simulation/import-jobs/simulated-jobs.ts';
import { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import { MemoryItems } from '../../../tools/simulation/storage/memory-items.ts';
import { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import { SimulatedPoolReader } from '../../../tools/simulation/cognito/pool-reader.ts';
import { SimulatedSettingsReader } from '../../../tools/simulation/cognito/settings-reader.ts';
import { SimulatedThrowAwayPools } from '../../../tools/simulation/cognito/throw-away-pools.ts';
import { SimulatedPoolWriter } from '../../../tools/simulation/cognito/pool-writer.ts';
import type { RecoveryLedger } from '../../../tools/simulation/cognito/recoveries.ts';
import { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { SimulatedQueue } from '../../../tools/simulation/storage/queue.ts';
import { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

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

interface Turns {
  take(): Promise<void>;
}
/** Calls of the import jobs that are not made to Cognito. */
const UNPACED = new Set(['jobs.uploadCsv', 'jobs.readLog']);

/**
 * One Region in memory: every port of source/domain/ports.ts on one virtual clock, one call counter with faults and a
 * kill switch, and one seed. Knobs are plain properties of the parts.
 */
export class World {
  readonly clock = new FakeClock();
  readonly calls = new Calls(this.clock);
  readonly random;
  readonly pools = new Map<string, MemoryPool>();
  readonly cognito: SimulatedPoolReader;
  readonly settings: SimulatedSettingsReader;
  readonly writer: SimulatedPoolWriter;
  readonly jobs: SimulatedImportJobs;
  /** Pools that drills make in this Region. */
  readonly throwAway: SimulatedThrowAwayPools;
  readonly table: SimulatedTable;
  readonly objects: SimulatedObjects<MemoryFiles>;
  /** The table as the backup Region shows it: up to date, unless a test puts something else here. */
  replica: Pick<BackupTable, 'getItem'>;
  /** The export clean-up queue, and the two queues of the import. */
  readonly exportQueue: SimulatedQueue<WorkMessage>;
  readonly newUsersQueue: SimulatedQueue<WorkMessage>;
  readonly updatesQueue: SimulatedQueue<WorkMessage>;
  /** Status by execution ARN, as another function would see it; absent = gone. */
  readonly executions = new Map<string, 'RUNNING' | 'gone'>();
  readonly log = new MemoryLog();

  constructor({ seed = 1 }: { readonly seed?: number } = {}) {
    this.random = seededRandom(seed);
    this.cognito = new SimulatedPoolReader(this.calls, this.pools, this.random);
    this.settings = new SimulatedSettingsReader(this.calls, this.pools);
    this.writer = new SimulatedPoolWriter(this.calls, this.pools);
    this.jobs = new SimulatedImportJobs(this.calls, this.pools);
    this.throwAway = new SimulatedThrowAwayPools(this.calls, 'us-east-1', this.pools, this.jobs);
    this.writer.pausedBy = this.jobs.pausedBy = (poolId) => activeRecovery(this.recoveries.list(poolId));
    this.table = new SimulatedTable(this.calls, new MemoryItems());
    this.objects = new SimulatedObjects(this.calls, new MemoryFiles());
    this.replica = { getItem: (key) => this.calls.run('replica.getItem', () => this.table.peek(key)) };
    this.exportQueue = new SimulatedQueue(this.calls, this.random);
    this.newUsersQueue = new SimulatedQueue(this.calls, this.random);
    this.updatesQueue = new SimulatedQueue(this.calls, this.random);
  }

  pool(id: string, settings: Partial<PoolSettings> = {}, name?: string): MemoryPool {
    const pool = new MemoryPool(id, { settings, ...(name === undefined ? {} : { name }) });
    this.pools.set(id, pool);
    return pool;
  }

  /** All calls to Cognito wait for this pacer from now on, or for the lane of their own. */
  paceBy(pacer: Turns, lanes: Readonly<Record<string, Turns>> = {}): void {
    this.calls.turn = async (call) => {
      const paced = /^(cognito|settings)\./.test(call) || (call.startsWith('jobs.') && !UNPACED.has(call));
      if (paced) await (lanes[call] ?? pacer).take();
    };
  }

  /** AWS's own recoveries of the pools. */
  get recoveries(): RecoveryLedger {
    return this.cognito.recoveryLedger;
  }

  executionStatus = (executionArn: string): Promise<'RUNNING' | 'gone'> =>
    this.calls.run('executions.status', () => this.executions.get(executionArn) ?? 'gone');

  /** Milliseconds left of an invocation that began now and lasts `ms`. */
  timeLeft(ms = 900_000): () => number {
    const end = this.clock.now() + ms;
    return () => end - this.clock.now();
  }
}
