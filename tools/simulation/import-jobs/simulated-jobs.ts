import { Fault } from '../../../source/domain/errors.ts';
import type { PoolRecovery } from '../../../source/domain/model.ts';
import type { ImportJob, ImportJobs, Page } from '../../../source/domain/ports.ts';
import { writesPaused } from '../../../source/domain/recovery/paused-writes.ts';
import { CognitoException } from '../cognito/exception.ts';
import { poolOf } from '../cognito/pool.ts';
import type { SimulatedPool } from '../cognito/pool.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { csvColumns, inMemory } from './csv.ts';
import type { UploadedFile } from './csv.ts';
import { JobRuns, optionsOf } from './job-runs.ts';
import type { JobKnobs, LoggedLine } from './job-runs.ts';
import { ImportJobLedger } from './ledger.ts';
import type { JobOwner, JobRecord } from './ledger.ts';
import { defaultImportJobOptions } from './options.ts';

/** A job as an earlier version of the tests stored it; moments are milliseconds since the epoch. */
export interface StoredJob {
  readonly poolId: string;
  readonly job: ImportJob;
  readonly csv?: string;
  /** Data rows that are through. */
  readonly rowsDone: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly log: readonly LoggedLine[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Import jobs that run in virtual time: at every call, what running jobs would have done by now is done. Calls are named
 * `jobs.createJob`, `jobs.startJob`, ...
 */
export class SimulatedImportJobs implements ImportJobs {
  readonly knobs: Writable<JobKnobs> = {
    ...defaultImportJobOptions,
    usersPerSecond: 50,
    pendingMs: 2_000,
    tooMany: undefined,
    busyStarts: 0,
    rowFate: () => undefined,
    endEarly: () => undefined,
  };
  /** AWS's own recovery that pauses the writes of a pool. */
  pausedBy: (poolId: string) => PoolRecovery | undefined = () => undefined;
  readonly #ledger: ImportJobLedger;
  readonly #runs: JobRuns;

  /** @param keep where uploaded files lie; in memory unless told otherwise */
  constructor(
    private readonly calls: ServiceCalls,
    private readonly pools: ReadonlyMap<string, SimulatedPool>,
    private readonly keep: (jobId: string, csv: Uint8Array) => UploadedFile = (_jobId, csv) =>
      inMemory(Uint8Array.from(csv)),
  ) {
    this.#ledger = new ImportJobLedger(
      () => optionsOf(this.knobs),
      () => calls.clock.now(),
    );
    this.#runs = new JobRuns(this.#ledger, calls.clock, pools, this.knobs);
  }

  /** Every job, oldest first. */
  get all(): readonly ImportJob[] {
    return this.#ledger.all.map(shown);
  }

  csvHeader = (poolId: string): Promise<readonly string[]> =>
    this.#call('csvHeader', poolId, ({ settings }) => csvColumns(settings, this.knobs.extraColumns));

  createJob = (poolId: string, jobName: string): Promise<ImportJob | 'limit'> =>
    this.#write('createJob', poolId, (pool) => {
      pool.onAccess = () => this.#runs.proceed();
      const jobId = `import-${String(this.#ledger.all.length + 1).padStart(6, '0')}`;
      try {
        const job = this.#ledger.create({
          ...ownerOf(poolId),
          ...SOME_ROLE,
          jobId,
          jobName,
          preSignedUrl: urlOf(jobId),
        });
        return { ...shown(job), uploadUrl: job.preSignedUrl };
      } catch (error) {
        if (error instanceof CognitoException && error.code === 'LimitExceededException') return 'limit';
        throw error;
      }
    });

  uploadCsv = (uploadUrl: string, csv: Uint8Array): Promise<void> =>
    this.calls.run(
      'jobs.uploadCsv',
      () => {
        const job = this.#ledger.byUploadUrl(uploadUrl);
        if (job === undefined || this.#ledger.uploadExpired(job))
          throw new Fault('ServiceError', 'The upload of the CSV was refused with HTTP status 403.');
        if (job.status === 'Created') job.file = this.keep(job.jobId, csv);
      },
      { bytes: csv.length },
    );

  startJob = (poolId: string, jobId: string): Promise<'started' | 'busy' | 'noCsv'> =>
    this.#write('startJob', poolId, ({ settings }) => {
      this.#runs.proceed();
      const { status, file } = this.#ledger.find(ownerOf(poolId), jobId);
      if (this.knobs.busyStarts > 0 && status === 'Created' && file !== undefined) {
        this.knobs.busyStarts -= 1;
        return 'busy';
      }
      try {
        this.#ledger.start(ownerOf(poolId), jobId, settings);
        return 'started';
      } catch (error) {
        if (!(error instanceof CognitoException) || error.code !== 'PreconditionNotMetException') throw error;
        return file === undefined && status === 'Created' ? 'noCsv' : 'busy';
      }
    });

  describeJob = (poolId: string, jobId: string): Promise<ImportJob> =>
    this.#call('describeJob', poolId, () => {
      this.#runs.proceed();
      return shown(this.#ledger.find(ownerOf(poolId), jobId));
    });

  listJobsPage = (poolId: string, token?: string): Promise<Page<ImportJob>> =>
    this.#call('listJobsPage', poolId, () => {
      this.#runs.proceed();
      const { jobs, next } = this.#ledger.page(ownerOf(poolId), 60, token);
      return { items: jobs.map(shown), ...(next === undefined ? {} : { next }) };
    });

  /** StopUserImportJob of what is at work in the pool, without a call of its own; how many jobs that were. */
  stopJobs(poolId: string): number {
    this.#runs.proceed();
    const atWork = this.#ledger.all.filter(
      (job) => job.poolId === poolId && (job.status === 'Pending' || job.status === 'InProgress'),
    );
    for (const { jobId } of atWork) this.#ledger.stop(ownerOf(poolId), jobId);
    return atWork.length;
  }

  async *readLog(
    _poolId: string,
    _poolName: string,
    { jobId }: Pick<ImportJob, 'jobId' | 'jobName'>,
  ): AsyncIterable<string> {
    const lines = await this.calls.run('jobs.readLog', () => {
      this.#runs.proceed();
      return this.#runs.log(jobId);
    });
    yield* lines;
  }

  /** Takes a stored job up where it was. */
  resume({ poolId, job, csv, rowsDone, createdAt, startedAt, endedAt, log }: StoredJob): void {
    const { uploadUrl = urlOf(job.jobId), completionMessage, ...record } = job;
    const taken = this.#ledger.add({
      ...record,
      ...ownerOf(poolId),
      ...SOME_ROLE,
      ordinal: this.#ledger.all.length + 1,
      preSignedUrl: uploadUrl,
      createdAt,
      startedAt,
      completedAt: endedAt,
      completionMessage,
      file: csv === undefined ? undefined : inMemory(Buffer.from(csv)),
    });
    const pool = this.pools.get(poolId);
    if (pool !== undefined) pool.onAccess = () => this.#runs.proceed();
    this.#runs.resume(taken, rowsDone, log);
  }

  #write<T>(method: string, poolId: string, effect: (pool: SimulatedPool) => T): Promise<T> {
    return this.#call(method, poolId, (pool) => {
      const recovery = this.pausedBy(poolId);
      if (recovery !== undefined) throw writesPaused(poolId, recovery);
      return effect(pool);
    });
  }

  #call<T>(method: string, poolId: string, effect: (pool: SimulatedPool) => T): Promise<T> {
    return this.calls.run(
      `jobs.${method}`,
      () => {
        try {
          return effect(poolOf(this.pools, poolId));
        } catch (error) {
          throw error instanceof CognitoException ? faultOf(error) : error;
        }
      },
      { poolId },
    );
  }
}

const SOME_ROLE = {
  roleArn: 'arn:aws:iam::111122223333:role/import-log',
  passwordHashingAlgorithm: undefined,
} as const;

/** One account; a pool's id begins with its Region. */
const ownerOf = (poolId: string): JobOwner => ({
  account: '111122223333',
  region: poolId.split('_')[0] as string,
  poolId,
});

const urlOf = (jobId: string): string => `https://uploads.invalid/${jobId}?X-Amz-Signature=secret`;

/** The product's view of an exception, as its adapter has it. */
const faultOf = ({ code, message }: CognitoException): Fault =>
  message.startsWith('Invalid pagination token')
    ? new Fault('InvalidPaginationToken', 'Cognito refused the pagination token.')
    : new Fault('ServiceError', `Cognito refused the call: ${code}.`);

const iso = (time: number): string => new Date(time).toISOString();

function shown(record: JobRecord): ImportJob {
  const { jobId, jobName, status, imported, skipped, failed, completionMessage } = record;
  const { createdAt, startedAt, completedAt } = record;
  return {
    jobId,
    jobName,
    status,
    created: iso(createdAt),
    ...(startedAt === undefined ? {} : { started: iso(startedAt) }),
    ...(completedAt === undefined ? {} : { completed: iso(completedAt) }),
    imported,
    skipped,
    failed,
    ...(completionMessage === undefined ? {} : { completionMessage }),
  };
}
