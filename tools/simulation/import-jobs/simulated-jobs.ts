import { Fault } from '../../../source/domain/errors.ts';
import type { ImportJob, ImportJobs, ImportJobStatus, Page } from '../../../source/domain/ports.ts';
import { CognitoException } from '../cognito/exception.ts';
import { poolOf } from '../cognito/pool.ts';
import type { SimulatedPool } from '../cognito/pool.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { csvColumns, inMemory } from './csv.ts';
import type { UploadedFile } from './csv.ts';
import { importRow } from './import-row.ts';
import { complete, completionMessages, ImportJobLedger } from './ledger.ts';
import type { JobOwner, JobRecord } from './ledger.ts';
import { defaultImportJobOptions } from './options.ts';
import type { ImportJobOptions } from './options.ts';
import { countRow, earlyEnd, logLine, openJobFile, rowOutcomes } from './rows.ts';
import type { EarlyEnd } from './rows.ts';

/** How the import jobs behave. The functions are given the job as it is; lines are data rows, from 1. */
export interface JobKnobs extends Omit<ImportJobOptions, 'endEarly'> {
  /** Times that StartUserImportJob is refused because another job of the account runs. */
  busyStarts: number;
  /** `lost`: no effect and no log line; `silent`: imported without a log line; `failed`: a FAILED line. */
  rowFate: (job: JobRecord, line: number) => 'lost' | 'silent' | 'failed' | undefined;
  /** Ends a job early, after this many of its rows. */
  endEarly: (job: JobRecord) => (EarlyEnd & { readonly afterRows: number }) | undefined;
}

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

interface LoggedLine {
  readonly at: number;
  readonly line: string;
}

/** A running job's place in its file. */
interface Work {
  readonly header: readonly string[];
  readonly rows: Iterator<string>;
  readonly rowCount: number;
  /** Data rows that are through. */
  done: number;
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
  readonly #ledger = new ImportJobLedger(
    () => this.#options,
    () => this.calls.clock.now(),
  );
  readonly #work = new Map<string, Work>();
  readonly #logs = new Map<string, LoggedLine[]>();

  /** @param keep where uploaded files lie; in memory unless told otherwise */
  constructor(
    private readonly calls: ServiceCalls,
    private readonly pools: ReadonlyMap<string, SimulatedPool>,
    private readonly keep: (jobId: string, csv: Uint8Array) => UploadedFile = (_jobId, csv) =>
      inMemory(Uint8Array.from(csv)),
  ) {}

  /** Every job, oldest first. */
  get all(): readonly ImportJob[] {
    return this.#ledger.all.map(shown);
  }

  csvHeader = (poolId: string): Promise<readonly string[]> =>
    this.#call('csvHeader', poolId, ({ settings }) => csvColumns(settings, this.knobs.extraColumns));

  createJob = (poolId: string, jobName: string): Promise<ImportJob | 'limit'> =>
    this.#call('createJob', poolId, (pool) => {
      pool.onAccess = () => this.#proceed();
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
    this.#call('startJob', poolId, ({ settings }) => {
      this.#proceed();
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
      this.#proceed();
      return shown(this.#ledger.find(ownerOf(poolId), jobId));
    });

  listJobsPage = (poolId: string, token?: string): Promise<Page<ImportJob>> =>
    this.#call('listJobsPage', poolId, () => {
      this.#proceed();
      const { jobs, next } = this.#ledger.page(ownerOf(poolId), 60, token);
      return { items: jobs.map(shown), ...(next === undefined ? {} : { next }) };
    });

  async *readLog(
    _poolId: string,
    _poolName: string,
    { jobId }: Pick<ImportJob, 'jobId' | 'jobName'>,
  ): AsyncIterable<string> {
    const lines = await this.calls.run('jobs.readLog', () => {
      this.#proceed();
      const readable = this.calls.clock.now() - this.knobs.logDelayMs;
      return (this.#logs.get(jobId) ?? []).filter(({ at }) => at <= readable).map(({ line }) => line);
    });
    yield* lines;
  }

  /** Takes a stored job up where it was. */
  resume({ poolId, job, csv, rowsDone, createdAt, startedAt, endedAt, log }: StoredJob): void {
    const { uploadUrl = urlOf(job.jobId), completionMessage, ...record } = job;
    this.#ledger.add({
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
    this.#logs.set(job.jobId, [...log]);
    const pool = this.pools.get(poolId);
    if (pool !== undefined) pool.onAccess = () => this.#proceed();
    const work = pool === undefined || csv === undefined ? undefined : this.#workOf(job.jobId, poolId, pool);
    if (work === undefined || 'message' in work) return;
    for (; work.done < rowsDone; work.done += 1) work.rows.next();
  }

  get #options(): ImportJobOptions {
    return { ...this.knobs, endEarly: undefined };
  }

  #proceed(): void {
    const now = this.calls.clock.now();
    for (const job of this.#ledger.all)
      if (job.startedAt !== undefined && job.completedAt === undefined) this.#run(job, job.startedAt, now);
  }

  #run(job: JobRecord, startedAt: number, now: number): void {
    const { pendingMs, usersPerSecond } = this.knobs;
    const begun = startedAt + pendingMs;
    if (now < begun) return;
    const pool = this.pools.get(job.poolId);
    const work = pool === undefined ? DELETED : this.#workOf(job.jobId, job.poolId, pool);
    if (pool === undefined || 'message' in work) {
      const { status, message } = 'message' in work ? work : DELETED;
      return this.#end(job, status, message, begun);
    }
    const end = this.knobs.endEarly(job);
    const last = Math.min(work.rowCount, end?.afterRows ?? Infinity);
    const at = (row: number): number => begun + (usersPerSecond === 0 ? 0 : (row / usersPerSecond) * 1000);
    const due = usersPerSecond === 0 ? last : Math.min(last, Math.floor(((now - begun) / 1000) * usersPerSecond));
    const options = this.#options;
    job.status = 'InProgress';
    while (work.done < due) {
      this.#row(job, pool, work, at(work.done + 1), options);
      const lost = earlyEnd(job, options, work.done);
      if (lost !== undefined) return this.#end(job, lost.status, lost.message, at(work.done));
    }
    if (work.done < last) return;
    this.#end(job, end?.status ?? 'Succeeded', end?.message ?? completionMessages.succeeded, at(last));
  }

  #end(job: JobRecord, status: ImportJobStatus, message: string, now: number): void {
    complete(job, status, message, now);
    this.#work.get(job.jobId)?.rows.return?.();
    this.#work.delete(job.jobId);
  }

  #row(job: JobRecord, pool: SimulatedPool, work: Work, now: number, options: ImportJobOptions): void {
    work.done += 1;
    const row = String(work.rows.next().value);
    const fate = this.knobs.rowFate(job, work.done);
    if (fate === 'lost') return;
    const result = fate === 'failed' ? rowOutcomes.internal : importRow(pool, row, work.header, options, now);
    countRow(job, result);
    if (fate === 'silent') return;
    const line = logLine({ line: work.done - 1 + this.knobs.firstLineNumber, ...result });
    const log = this.#logs.get(job.jobId) ?? [];
    this.#logs.set(job.jobId, log);
    log.push({ at: now, line });
  }

  #workOf(jobId: string, poolId: string, { settings }: SimulatedPool): Work | EarlyEnd {
    const known = this.#work.get(jobId);
    if (known !== undefined) return known;
    const file = openJobFile(this.#ledger.find(ownerOf(poolId), jobId), settings, this.#options);
    if ('message' in file) return file;
    const work = { header: file.header, rows: file.rows[Symbol.iterator](), rowCount: file.rowCount, done: 0 };
    this.#work.set(jobId, work);
    return work;
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

const DELETED: EarlyEnd = { status: 'Failed', message: 'The user pool was deleted.' };
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
