import type { ImportJobStatus } from '../../../source/domain/ports.ts';
import { CognitoException } from '../cognito/exception.ts';
import type { ImportSettings } from '../cognito/settings.ts';
import type { UploadedFile } from './csv.ts';
import type { ImportJobSettings } from './options.ts';

/** Whose jobs: a pool of an account in a Region. */
export interface JobOwner {
  readonly account: string;
  readonly region: string;
  readonly poolId: string;
}

/** One import job; times are epoch milliseconds. */
export interface JobRecord extends JobOwner {
  readonly jobId: string;
  readonly jobName: string;
  /** 1 for the first job of its pool. */
  readonly ordinal: number;
  readonly preSignedUrl: string;
  readonly roleArn: string;
  readonly passwordHashingAlgorithm: string | undefined;
  readonly createdAt: number;
  /** The uploaded file; dropped when the job ends. */
  file: UploadedFile | undefined;
  status: ImportJobStatus;
  startedAt: number | undefined;
  completedAt: number | undefined;
  completionMessage: string | undefined;
  imported: number;
  skipped: number;
  failed: number;
}

type NewJob = JobOwner & Pick<JobRecord, 'jobId' | 'jobName' | 'preSignedUrl' | 'roleArn' | 'passwordHashingAlgorithm'>;

/** ListUserImportJobs: the request allows 60, the response's list holds at most 50 (API model). */
const MOST_PER_PAGE = 50;

/** All import jobs, by the documented rules of their operations. No call deletes a job, so nothing is ever removed. */
export class ImportJobLedger {
  readonly #jobs: JobRecord[] = [];

  constructor(
    private readonly options: () => ImportJobSettings,
    private readonly now: () => number,
  ) {}

  get all(): readonly JobRecord[] {
    return this.#jobs;
  }

  /** CreateUserImportJob. */
  create(given: NewJob): JobRecord {
    const { jobsPerPool } = this.options();
    const before = this.#ofPool(given).length;
    if (before >= jobsPerPool)
      throw new CognitoException(
        'LimitExceededException',
        `The user pool has reached its limit of ${jobsPerPool} user import jobs.`,
      );
    return this.add({
      ...given,
      ordinal: before + 1,
      createdAt: this.now(),
      file: undefined,
      status: 'Created',
      startedAt: undefined,
      completedAt: undefined,
      completionMessage: undefined,
      imported: 0,
      skipped: 0,
      failed: 0,
    });
  }

  /** Takes a job as it is. */
  add(job: JobRecord): JobRecord {
    this.#jobs.push(job);
    return job;
  }

  /** DescribeUserImportJob; refuses a job that does not exist in this pool. */
  find(owner: JobOwner, jobId: string): JobRecord {
    const job = this.#ofPool(owner).find((candidate) => candidate.jobId === jobId);
    if (job === undefined)
      throw new CognitoException('ResourceNotFoundException', `The user import job ${jobId} does not exist.`);
    return job;
  }

  /** StartUserImportJob: the job is Pending, and whoever keeps the ledger runs it. */
  start(owner: JobOwner, jobId: string, { autoVerifiedAttributes }: ImportSettings): JobRecord {
    const job = this.find(owner, jobId);
    if (job.status !== 'Created')
      throw unmet(`The import job ${jobId} cannot be started because its status is ${job.status}.`);
    if (job.file === undefined) throw unmet(`No csv file was uploaded for ${jobId}`);
    if (autoVerifiedAttributes.length === 0)
      throw new CognitoException(
        'InvalidParameterException',
        'The user pool must have at least one auto-verified attribute to import users.',
      );
    const region = this.options().oneJobPer === 'region' ? owner.region : undefined;
    if (this.#active(owner.account, region) !== undefined)
      throw unmet('Another user import job is already active in this account.');
    job.status = 'Pending';
    job.startedAt = this.now();
    return job;
  }

  /** StopUserImportJob: a job that runs ends a little later. */
  stop(owner: JobOwner, jobId: string): JobRecord {
    const job = this.find(owner, jobId);
    if (job.status === 'Created') complete(job, 'Stopped', completionMessages.stopped, this.now());
    else if (isActive(job)) job.status = 'Stopping';
    else throw unmet(`The import job ${jobId} cannot be stopped because its status is ${job.status}.`);
    return job;
  }

  /** ListUserImportJobs, newest first; a token belongs to its pool. */
  page(owner: JobOwner, most: number, token?: string): { readonly jobs: JobRecord[]; readonly next?: string } {
    const jobs = this.#ofPool(owner).reverse();
    const start = token === undefined ? 0 : jobs.findIndex((job) => tokenAfter(job) === token) + 1;
    if (token !== undefined && start === 0)
      throw new CognitoException('InvalidParameterException', 'Invalid pagination token given.');
    const page = jobs.slice(start, start + Math.min(most, MOST_PER_PAGE));
    const last = page.at(-1);
    const more = last !== undefined && start + page.length < jobs.length;
    return { jobs: page, ...(more ? { next: tokenAfter(last) } : {}) };
  }

  /** The job that an upload URL belongs to. */
  byUploadUrl(url: string): JobRecord | undefined {
    const job = this.#jobs.find(({ preSignedUrl }) => preSignedUrl === url);
    if (job !== undefined) this.#expireIfDue(job);
    return job;
  }

  /** Whether the job's upload URL is no longer valid. */
  uploadExpired({ createdAt }: JobRecord): boolean {
    return this.now() >= createdAt + this.options().uploadUrlSeconds * 1_000;
  }

  /** Whether a job imports into the pool: it may not be changed meanwhile. */
  importsInto({ account, region, poolId }: JobOwner): boolean {
    return this.#active(account, region)?.poolId === poolId;
  }

  #active(account: string, region: string | undefined): JobRecord | undefined {
    return this.#jobs.find(
      (job) => job.account === account && (region === undefined || job.region === region) && isActive(job),
    );
  }

  #ofPool({ account, region, poolId }: JobOwner): JobRecord[] {
    const jobs = this.#jobs.filter((job) => job.account === account && job.region === region && job.poolId === poolId);
    for (const job of jobs) this.#expireIfDue(job);
    return jobs;
  }

  #expireIfDue(job: JobRecord): void {
    if (job.status === 'Created' && this.now() >= job.createdAt + this.options().expiresAfterMs)
      complete(job, 'Expired', 'The Import Job has expired.', this.now());
  }
}

/** Completion messages that are documented or were seen on AWS. */
export const completionMessages = {
  succeeded: 'Import Job Completed Successfully.',
  stopped: 'The Import Job was stopped by the developer.',
  tooMany: 'Too many users have failed or been skipped during the import.',
  internal: 'An internal error ended the import job.',
} as const;

/** Gives the job its final status and forgets its file, which holds personal data. */
export function complete(job: JobRecord, status: ImportJobStatus, message: string, now: number): void {
  job.status = status;
  job.completionMessage = message;
  job.completedAt = now;
  job.file = undefined;
}

/** Whether the job was started and has not reached its end. */
const isActive = ({ status }: JobRecord): boolean =>
  status === 'Pending' || status === 'InProgress' || status === 'Stopping';

const tokenAfter = ({ poolId, jobId }: JobRecord): string => Buffer.from(`${poolId}/${jobId}`).toString('base64url');

const unmet = (message: string): CognitoException => new CognitoException('PreconditionNotMetException', message);
