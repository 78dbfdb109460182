/** Status values of UserImportJobStatusType in the Cognito API model. */
export type ImportJobStatus =
  'Created' | 'Pending' | 'InProgress' | 'Stopping' | 'Expired' | 'Stopped' | 'Failed' | 'Succeeded';

/** One import job, as the gateway keeps it; times are epoch milliseconds. */
export interface ImportJob {
  readonly account: string;
  readonly region: string;
  readonly poolId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly roleArn: string;
  /** 1 for the first job of its pool. */
  readonly ordinal: number;
  readonly passwordHashingAlgorithm: string | undefined;
  readonly preSignedUrl: string;
  readonly createdAt: number;
  /** The uploaded file; dropped when the job ends. */
  csv: Buffer | undefined;
  status: ImportJobStatus;
  startedAt: number | undefined;
  completedAt: number | undefined;
  completionMessage: string | undefined;
  imported: number;
  skipped: number;
  failed: number;
}

/** All import jobs of one local cloud. AWS has no call that deletes a job, so nothing is ever removed. */
export class ImportJobStore {
  readonly #jobs = new Map<string, ImportJob>();

  /** @param expiresAfterMs when a job that was not started is Expired, in milliseconds from its creation */
  constructor(private readonly expiresAfterMs: () => number) {}

  add(job: ImportJob): void {
    this.#jobs.set(job.jobId, job);
  }

  /** The job, or undefined when it does not exist in this pool. */
  find(account: string, region: string, poolId: string, jobId: string, now: number): ImportJob | undefined {
    return this.ofPool(account, region, poolId, now).find((job) => job.jobId === jobId);
  }

  /** Every job of a pool, newest first. */
  ofPool(account: string, region: string, poolId: string, now: number): ImportJob[] {
    const jobs = [...this.#jobs.values()].filter(
      (job) => job.account === account && job.region === region && job.poolId === poolId,
    );
    for (const job of jobs) this.#expireIfDue(job, now);
    return jobs.reverse();
  }

  /** The job that an upload URL belongs to. */
  byUploadUrl(url: string, now: number): ImportJob | undefined {
    const job = [...this.#jobs.values()].find((candidate) => candidate.preSignedUrl === url);
    if (job !== undefined) this.#expireIfDue(job, now);
    return job;
  }

  /** The job that is started and has not ended, in the account, or in one Region of it. */
  active(account: string, region: string | undefined): ImportJob | undefined {
    return [...this.#jobs.values()].find(
      (job) => job.account === account && (region === undefined || job.region === region) && isActive(job),
    );
  }

  #expireIfDue(job: ImportJob, now: number): void {
    if (job.status === 'Created' && now >= job.createdAt + this.expiresAfterMs())
      complete(job, 'Expired', 'The Import Job has expired.', now);
  }
}

/** Whether the job was started and has not reached its end. */
export function isActive(job: ImportJob): boolean {
  return job.status === 'Pending' || job.status === 'InProgress' || job.status === 'Stopping';
}

/** Gives the job its final status and forgets its file, which holds personal data. */
export function complete(job: ImportJob, status: ImportJobStatus, message: string, now: number): void {
  job.status = status;
  job.completionMessage = message;
  job.completedAt = now;
  job.csv = undefined;
}
