import { Fault } from '../../../source/domain/errors.ts';
import { csvHeaderLine } from '../../../source/domain/import/csv/csv-line.ts';
import type { ImportJob, ImportJobs, Page } from '../../../source/domain/ports.ts';
import { indexOfUsername } from '../population.ts';
import { CSV_COLUMNS } from '../settings.ts';
import type { CognitoGate } from './cognito-gate.ts';
import { IndexList } from './index-list.ts';
import type { Latencies, Meter } from './meter.ts';
import type { TargetPool } from './target-pool.ts';

interface HeldJob {
  job: ImportJob;
  users: IndexList;
  startedAt?: number;
  /** Rows worked on so far. */
  at: number;
}

/** Import jobs that run in virtual time at a fixed speed; every row succeeds unless the user is there. One at a time. */
export class VirtualImportJobs implements ImportJobs {
  readonly #jobs: HeldJob[] = [];
  /** Milliseconds since the epoch when the last job ended. */
  lastEndedAt = 0;

  constructor(
    private readonly pool: TargetPool,
    private readonly gate: CognitoGate,
    private readonly meter: Meter,
    private readonly latencies: Latencies,
    private readonly usersPerSecond: number,
  ) {
    pool.onAccess = () => this.#proceed();
  }

  csvHeader = (poolId: string): Promise<readonly string[]> => this.gate.call('GetCSVHeader', poolId, () => CSV_COLUMNS);

  createJob = (poolId: string, jobName: string): Promise<ImportJob> =>
    this.gate.call('CreateUserImportJob', poolId, () => {
      const jobId = `import-${this.#jobs.length + 1}`;
      const job: ImportJob = {
        jobId,
        jobName,
        status: 'Created',
        created: this.#iso(),
        imported: 0,
        skipped: 0,
        failed: 0,
      };
      this.#jobs.push({ job, users: new IndexList(), at: 0 });
      return { ...job, uploadUrl: jobId };
    });

  uploadCsv = (uploadUrl: string, csv: Uint8Array): Promise<void> =>
    this.meter.call('upload', this.latencies.s3 + csv.length / (this.latencies.s3MegabytesPerSecond * 1000), () => {
      this.#job(uploadUrl).users = usersOf(csv);
    });

  startJob = (poolId: string, jobId: string): Promise<'started' | 'busy' | 'noCsv'> =>
    this.gate.call('StartUserImportJob', poolId, () => {
      this.#proceed();
      if (this.#jobs.some(({ job }) => job.status === 'InProgress')) return 'busy';
      const held = this.#job(jobId);
      held.startedAt = this.meter.clock.now();
      held.job = { ...held.job, status: 'InProgress', started: this.#iso() };
      return 'started';
    });

  describeJob = (poolId: string, jobId: string): Promise<ImportJob> =>
    this.gate.call('DescribeUserImportJob', poolId, () => {
      this.#proceed();
      return { ...this.#job(jobId).job };
    });

  listJobsPage = (poolId: string): Promise<Page<ImportJob>> =>
    this.gate.call('ListUserImportJobs', poolId, () => ({
      items: this.#jobs.map(({ job }) => ({ ...job })).reverse(),
    }));

  async *readLog(): AsyncIterable<string> {
    await this.meter.call('logs', this.latencies.cognito, () => undefined);
    yield* [] as string[];
  }

  /** Does what the running job would have done by now. */
  #proceed(): void {
    for (const held of this.#jobs) {
      if (held.startedAt === undefined || held.job.status !== 'InProgress') continue;
      const elapsed = (this.meter.clock.now() - held.startedAt) / 1000;
      const target = Math.min(held.users.length, Math.floor(elapsed * this.usersPerSecond));
      let { imported, skipped } = held.job;
      for (; held.at < target; held.at += 1) {
        if (this.pool.bring(held.users.at(held.at))) imported += 1;
        else skipped += 1;
      }
      const ended = held.at === held.users.length;
      if (ended) this.lastEndedAt = held.startedAt + (held.users.length / this.usersPerSecond) * 1000;
      held.job = {
        ...held.job,
        imported,
        skipped,
        ...(ended ? { status: 'Succeeded' as const, completed: new Date(this.lastEndedAt).toISOString() } : {}),
      };
    }
  }

  #job(jobId: string): HeldJob {
    const held = this.#jobs.find(({ job }) => job.jobId === jobId);
    if (held === undefined) throw new Fault('ServiceError', 'Cognito refused the call: ResourceNotFoundException.');
    return held;
  }

  #iso(): string {
    return new Date(this.meter.clock.now()).toISOString();
  }
}

/** Sign-in names of the file's rows; no value of a population has a comma. */
function usersOf(csv: Uint8Array): IndexList {
  const users = new IndexList();
  const bytes = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength);
  const header = csvHeaderLine(CSV_COLUMNS);
  if (bytes.toString('utf8', 0, header.length) !== header)
    throw new Fault('ServiceError', 'The CSV has another header than the pool.');
  for (let at = header.length; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    users.push(indexOfUsername(bytes.toString('utf8', bytes.lastIndexOf(44, end) + 1, end)));
    at = end + 1;
  }
  return users;
}
