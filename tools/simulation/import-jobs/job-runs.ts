import type { Clock, ImportJobStatus } from '../../../source/domain/ports.ts';
import type { SimulatedPool } from '../cognito/pool.ts';
import { importRow } from './import-row.ts';
import { complete, completionMessages } from './ledger.ts';
import type { ImportJobLedger, JobRecord } from './ledger.ts';
import type { ImportJobSettings } from './options.ts';
import { countRow, earlyEnd, logLine, openJobFile, rowOutcomes } from './rows.ts';
import type { EarlyEnd } from './rows.ts';

/** How the import jobs behave. The functions are given the job as it is; lines are data rows, from 1. */
export interface JobKnobs extends Omit<ImportJobSettings, 'endEarly'> {
  /** Times that StartUserImportJob is refused because another job of the account runs. */
  busyStarts: number;
  /** `lost`: no effect and no log line; `silent`: imported without a log line; `failed`: a FAILED line. */
  rowFate: (job: JobRecord, line: number) => 'lost' | 'silent' | 'failed' | undefined;
  /** Ends a job early, after this many of its rows. */
  endEarly: (job: JobRecord) => (EarlyEnd & { readonly afterRows: number }) | undefined;
}

/** What the rules shared with the gateway see of the knobs. */
export const optionsOf = (knobs: JobKnobs): ImportJobSettings => ({ ...knobs, endEarly: undefined });

/** A line of a job's log, and when it was written (milliseconds since the epoch). */
export interface LoggedLine {
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

const DELETED: EarlyEnd = { status: 'Failed', message: 'The user pool was deleted.' };

/** Jobs at work in virtual time: whenever somebody looks, what they would have done by now is done. */
export class JobRuns {
  readonly #work = new Map<string, Work>();
  readonly #logs = new Map<string, LoggedLine[]>();

  constructor(
    private readonly ledger: ImportJobLedger,
    private readonly clock: Clock,
    private readonly pools: ReadonlyMap<string, SimulatedPool>,
    private readonly knobs: JobKnobs,
  ) {}

  /** Does what every running job would have done by now. */
  proceed(): void {
    const now = this.clock.now();
    for (const job of this.ledger.all)
      if (job.startedAt !== undefined && job.completedAt === undefined) this.#run(job, job.startedAt, now);
  }

  /** Lines of a job's log that can be read by now. */
  log(jobId: string): string[] {
    const readable = this.clock.now() - this.knobs.logDelayMs;
    return (this.#logs.get(jobId) ?? []).filter(({ at }) => at <= readable).map(({ line }) => line);
  }

  /** A job goes on behind the rows that are through. */
  resume(job: JobRecord, rowsDone: number, log: readonly LoggedLine[]): void {
    this.#logs.set(job.jobId, [...log]);
    const pool = this.pools.get(job.poolId);
    const work = pool === undefined || job.file === undefined ? undefined : this.#workOf(job, pool);
    if (work === undefined || 'message' in work) return;
    for (; work.done < rowsDone; work.done += 1) work.rows.next();
  }

  #run(job: JobRecord, startedAt: number, now: number): void {
    const { pendingMs, usersPerSecond } = this.knobs;
    const begun = startedAt + pendingMs;
    if (now < begun) return;
    const pool = this.pools.get(job.poolId);
    const work = pool === undefined ? DELETED : this.#workOf(job, pool);
    if (pool === undefined || 'message' in work) {
      const { status, message } = 'message' in work ? work : DELETED;
      return this.#end(job, status, message, begun);
    }
    const end = this.knobs.endEarly(job);
    const last = Math.min(work.rowCount, end?.afterRows ?? Infinity);
    const at = (row: number): number => begun + (usersPerSecond === 0 ? 0 : (row / usersPerSecond) * 1000);
    const due = usersPerSecond === 0 ? last : Math.min(last, Math.floor(((now - begun) / 1000) * usersPerSecond));
    const options = optionsOf(this.knobs);
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

  #row(job: JobRecord, pool: SimulatedPool, work: Work, now: number, options: ImportJobSettings): void {
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

  #workOf(job: JobRecord, { settings }: SimulatedPool): Work | EarlyEnd {
    const known = this.#work.get(job.jobId);
    if (known !== undefined) return known;
    const file = openJobFile(job, settings, optionsOf(this.knobs));
    if ('message' in file) return file;
    const work = { header: file.header, rows: file.rows[Symbol.iterator](), rowCount: file.rowCount, done: 0 };
    this.#work.set(job.jobId, work);
    return work;
  }
}
