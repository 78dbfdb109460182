import { Fault } from '../../../source/domain/errors.ts';
import type { ImportJob, ImportJobs, Page } from '../../../source/domain/ports.ts';
import { TERMINAL_JOB_STATUSES } from '../../../source/domain/ports.ts';
import type { Calls } from './calls.ts';
import { csvColumns, csvRows, importRow, unreadable } from './import-rows.ts';
import { poolOf } from './pool-reader.ts';
import type { MemoryPool } from './pool.ts';

interface HeldJob {
  job: ImportJob;
  readonly poolId: string;
  readonly createdAt: number;
  csv?: readonly string[][];
  startedAt?: number;
  /** Data rows worked on so far. */
  at: number;
  endedAt?: number;
  readonly log: { readonly at: number; readonly line: string }[];
}

/** How the import jobs behave. `rowFate` sees the job and the line number (1 = first data row). */
export interface JobKnobs {
  rowsPerSecond: number;
  startDelayMs: number;
  /** Milliseconds until a log line can be read. */
  logDelayMs: number;
  /** Number that the log gives to the first data row. */
  firstLineNumber: 0 | 1 | 2;
  /** Times that StartUserImportJob is refused because another job of the account runs. */
  busyStarts: number;
  /** `lost`: no effect and no log line; `silent`: imported without a log line; `failed`: a FAILED line. */
  rowFate: (job: ImportJob, line: number) => 'lost' | 'silent' | 'failed' | undefined;
  /** Ends a job early, after this many of its rows, with this status and message. */
  endEarly: (
    job: ImportJob,
  ) =>
    | { readonly afterRows: number; readonly status: 'Failed' | 'Stopped' | 'Expired'; readonly message: string }
    | undefined;
}

const URL_TTL_MS = 15 * 60_000;
const EXPIRES_MS = 24 * 3_600_000;

/** Import jobs by the documented rules, running in virtual time; calls are named `jobs.createJob`, `jobs.startJob`, ... */
export class MemoryImportJobs implements ImportJobs {
  readonly knobs: JobKnobs = {
    rowsPerSecond: 50,
    startDelayMs: 2_000,
    logDelayMs: 0,
    firstLineNumber: 1,
    busyStarts: 0,
    rowFate: () => undefined,
    endEarly: () => undefined,
  };
  pacer: { take(): Promise<void> } | undefined;
  readonly held: HeldJob[] = [];

  constructor(
    private readonly calls: Calls,
    private readonly pools: ReadonlyMap<string, MemoryPool>,
  ) {}

  csvHeader = (poolId: string): Promise<readonly string[]> =>
    this.#paced('csvHeader', () => csvColumns(poolOf(this.pools, poolId).settings));

  createJob = (poolId: string, jobName: string): Promise<ImportJob> =>
    this.#paced('createJob', () => {
      const pool = poolOf(this.pools, poolId);
      pool.onAccess = () => this.#proceed();
      const jobId = `import-${String(this.held.length + 1).padStart(6, '0')}`;
      const now = this.calls.clock.now();
      const job: ImportJob = {
        jobId,
        jobName,
        status: 'Created',
        created: new Date(now).toISOString(),
        imported: 0,
        skipped: 0,
        failed: 0,
      };
      this.held.push({ job, poolId, createdAt: now, at: 0, log: [] });
      return { ...job, uploadUrl: `https://uploads.invalid/${jobId}?X-Amz-Signature=secret` };
    });

  uploadCsv = (uploadUrl: string, csv: Uint8Array): Promise<void> =>
    this.calls.run('jobs.uploadCsv', () => {
      const jobId = /\/(import-\d+)\?/.exec(uploadUrl)?.[1] ?? '';
      const held = this.#job(jobId);
      if (this.calls.clock.now() - held.createdAt > URL_TTL_MS)
        throw new Fault('ServiceError', 'The upload of the CSV was refused with HTTP status 403.');
      if (csv.length > 100_000_000)
        throw new Fault('ServiceError', 'The upload of the CSV was refused with HTTP status 400.');
      held.csv = csvRows(csv);
    });

  startJob = (_poolId: string, jobId: string): Promise<'started' | 'busy' | 'noCsv'> =>
    this.#paced('startJob', () => {
      this.#proceed();
      const held = this.#job(jobId);
      if (held.job.status !== 'Created')
        throw new Fault('ServiceError', 'Cognito refused StartUserImportJob: InvalidParameterException.');
      if (held.csv === undefined) return 'noCsv';
      const active = this.held.some(
        ({ job }) => job.status === 'Pending' || job.status === 'InProgress' || job.status === 'Stopping',
      );
      if (active || this.knobs.busyStarts > 0) {
        this.knobs.busyStarts = Math.max(0, this.knobs.busyStarts - 1);
        return 'busy';
      }
      held.startedAt = this.calls.clock.now();
      held.job = { ...held.job, status: 'Pending', started: new Date(held.startedAt).toISOString() };
      return 'started';
    });

  describeJob = (_poolId: string, jobId: string): Promise<ImportJob> =>
    this.#paced('describeJob', () => {
      this.#proceed();
      return { ...this.#job(jobId).job };
    });

  listJobsPage = (poolId: string, token?: string): Promise<Page<ImportJob>> =>
    this.#paced('listJobsPage', () => {
      this.#proceed();
      const jobs = this.held
        .filter((held) => held.poolId === poolId)
        .map(({ job }) => ({ ...job }))
        .reverse();
      const from = Number(token ?? 0);
      return { items: jobs.slice(from, from + 50), ...(jobs.length > from + 50 ? { next: String(from + 50) } : {}) };
    });

  async *readLog(
    _poolId: string,
    _poolName: string,
    { jobId }: Pick<ImportJob, 'jobId' | 'jobName'>,
  ): AsyncIterable<string> {
    const lines = await this.calls.run('jobs.readLog', () => {
      this.#proceed();
      const now = this.calls.clock.now();
      return this.#job(jobId)
        .log.filter((entry) => entry.at + this.knobs.logDelayMs <= now)
        .map((entry) => entry.line);
    });
    yield* lines;
  }

  /** Does what running jobs would have done by now. */
  #proceed(): void {
    const now = this.calls.clock.now();
    for (const held of this.held) {
      if (held.startedAt === undefined && held.job.status === 'Created' && now - held.createdAt > EXPIRES_MS)
        held.job = { ...held.job, status: 'Expired' };
      if (held.startedAt !== undefined && held.endedAt === undefined) this.#work(held, now);
    }
  }

  #work(held: HeldJob, now: number): void {
    const pool = this.pools.get(held.poolId);
    const begun = (held.startedAt as number) + this.knobs.startDelayMs;
    if (now < begun) return;
    const [header = [], ...rows] = held.csv ?? [];
    const bad =
      pool === undefined
        ? 'The user pool does not exist.'
        : pool.settings.autoVerifiedAttributes.length === 0
          ? 'The user pool has no auto verified attribute.'
          : unreadable([header], pool.settings);
    if (pool === undefined || bad !== undefined) return this.#end(held, begun, 'Failed', bad ?? '');
    const early = this.knobs.endEarly(held.job);
    const last = Math.min(rows.length, early?.afterRows ?? rows.length);
    const target = Math.min(last, Math.floor(((now - begun) / 1000) * this.knobs.rowsPerSecond));
    held.job = { ...held.job, status: 'InProgress' };
    for (; held.at < target; held.at += 1) this.#row(held, pool, header, rows[held.at] as string[], begun);
    if (held.at < last) return;
    this.#end(
      held,
      begun + (last / this.knobs.rowsPerSecond) * 1000,
      early?.status ?? 'Succeeded',
      early?.message ?? 'The user import job succeeded.',
    );
  }

  #row(held: HeldJob, pool: MemoryPool, header: readonly string[], cells: readonly string[], begun: number): void {
    const line = held.at + 1;
    const at = begun + (line / this.knobs.rowsPerSecond) * 1000;
    const fate = this.knobs.rowFate(held.job, line);
    if (fate === 'lost') return;
    const { result, why } =
      fate === 'failed'
        ? { result: 'FAILED' as const, why: 'Internal error.' }
        : importRow(pool, header, cells, { seed: `${held.job.jobId} ${line}`, now: at });
    const counter = ({ SUCCEEDED: 'imported', SKIPPED: 'skipped', FAILED: 'failed' } as const)[result];
    held.job = { ...held.job, [counter]: held.job[counter] + 1 };
    if (fate !== 'silent')
      held.log.push({ at, line: `[${result}] Line Number ${held.at + this.knobs.firstLineNumber} - ${why}` });
  }

  #end(
    held: HeldJob,
    at: number,
    status: 'Failed' | 'Stopped' | 'Expired' | 'Succeeded',
    completionMessage: string,
  ): void {
    held.endedAt = at;
    held.job = { ...held.job, status, completed: new Date(at).toISOString(), completionMessage };
  }

  #job(jobId: string): HeldJob {
    const held = this.held.find(({ job }) => job.jobId === jobId);
    if (held === undefined) throw new Fault('ServiceError', 'Cognito refused the call: ResourceNotFoundException.');
    return held;
  }

  async #paced<T>(call: string, effect: () => T): Promise<T> {
    await this.pacer?.take();
    return this.calls.run(`jobs.${call}`, effect);
  }

  /** True when no job is between start and end. */
  get idle(): boolean {
    return this.held.every(({ job }) => job.status === 'Created' || TERMINAL_JOB_STATUSES.includes(job.status));
  }
}
