import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { ImportJobsDeps } from './deps.ts';
import type { ImportJob } from './job-store.ts';
import { complete, isActive } from './job-store.ts';
import type { ImportJobStore } from './job-store.ts';
import { csvColumns } from './pool.ts';
import type { PoolRules } from './pool.ts';
import { runImportJob } from './runner.ts';

/** One call of an import-job operation, after the pool was found and the caller was authorized. */
export interface JobCall {
  readonly account: string;
  readonly region: string;
  readonly params: Record<string, unknown>;
  readonly pool: PoolRules;
}

type Operation = (call: JobCall, store: ImportJobStore, deps: ImportJobsDeps) => object;

/** The import-job operations by name; each returns the response's members or throws an AwsError. */
export const importJobOperations: Readonly<Record<string, Operation>> = {
  GetCSVHeader: ({ pool }, _store, deps) => ({
    UserPoolId: pool.id,
    CSVHeader: csvColumns(pool, deps.options().extraColumns),
  }),

  CreateUserImportJob: ({ account, region, params, pool }, store, deps) => {
    const { jobsPerPool } = deps.options();
    const before = store.ofPool(account, region, pool.id, deps.now()).length;
    if (before >= jobsPerPool) {
      throw new AwsError(
        'LimitExceededException',
        `The user pool has reached its limit of ${jobsPerPool} user import jobs.`,
      );
    }
    const job = newJob(account, region, params, { poolId: pool.id, ordinal: before + 1 }, deps);
    store.add(job);
    return { UserImportJob: describe(job) };
  },

  StartUserImportJob: (call, store, deps) => {
    const job = find(call, store, deps);
    if (job.status !== 'Created') {
      throw new AwsError(
        'PreconditionNotMetException',
        `The import job ${job.jobId} cannot be started because its status is ${job.status}.`,
      );
    }
    if (job.csv === undefined)
      throw new AwsError('PreconditionNotMetException', `No csv file was uploaded for ${job.jobId}`);
    requireAutoVerified(call.pool);
    if (store.active(call.account, deps.options().oneJobPer === 'region' ? call.region : undefined) !== undefined) {
      throw new AwsError('PreconditionNotMetException', 'Another user import job is already active in this account.');
    }
    job.status = 'Pending';
    job.startedAt = deps.now();
    const answer = { UserImportJob: describe(job) };
    void runImportJob(job, deps);
    return answer;
  },

  StopUserImportJob: (call, store, deps) => {
    const job = find(call, store, deps);
    if (job.status === 'Created') complete(job, 'Stopped', 'The Import Job was stopped by the developer.', deps.now());
    else if (isActive(job)) job.status = 'Stopping';
    else
      throw new AwsError(
        'PreconditionNotMetException',
        `The import job ${job.jobId} cannot be stopped because its status is ${job.status}.`,
      );
    return { UserImportJob: describe(job) };
  },

  DescribeUserImportJob: (call, store, deps) => ({ UserImportJob: describe(find(call, store, deps)) }),

  ListUserImportJobs: ({ account, region, params, pool }, store, deps) => {
    const jobs = store.ofPool(account, region, pool.id, deps.now());
    const token = params['PaginationToken'];
    const start = token === undefined ? 0 : jobs.findIndex((job) => pageToken(job) === token) + 1;
    if (token !== undefined && start === 0)
      throw new AwsError('InvalidParameterException', 'Invalid pagination token given.');
    // The request allows 60, the response's list holds at most 50 (API model).
    const page = jobs.slice(start, start + Math.min(Number(params['MaxResults']), 50));
    const last = page[page.length - 1];
    const more = last !== undefined && start + page.length < jobs.length;
    return { UserImportJobs: page.map(describe), ...(more ? { PaginationToken: pageToken(last) } : {}) };
  },
};

function newJob(
  account: string,
  region: string,
  params: Record<string, unknown>,
  { poolId, ordinal }: { readonly poolId: string; readonly ordinal: number },
  deps: ImportJobsDeps,
): ImportJob {
  const jobId = `import-${deps.newId()}`;
  const createdAt = deps.now();
  return {
    account,
    region,
    poolId,
    jobId,
    ordinal,
    createdAt,
    jobName: String(params['JobName']),
    roleArn: String(params['CloudWatchLogsRoleArn']),
    passwordHashingAlgorithm: params['PasswordHashingAlgorithm'] as string | undefined,
    preSignedUrl: uploadUrl(account, region, poolId, jobId, createdAt, deps),
    csv: undefined,
    status: 'Created',
    startedAt: undefined,
    completedAt: undefined,
    completionMessage: undefined,
    imported: 0,
    skipped: 0,
    failed: 0,
  };
}

function uploadUrl(
  account: string,
  region: string,
  poolId: string,
  jobId: string,
  createdAt: number,
  deps: ImportJobsDeps,
): string {
  const date = new Date(createdAt).toISOString().replace(/[-:]|\.\d+/g, '');
  const url = new URL(`${deps.baseUrl()}/aws-cognito-idp-user-import-${region}/${account}/${poolId}/${jobId}`);
  const query = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${account}/${date.slice(0, 8)}/${region}/s3/aws4_request`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(deps.options().uploadUrlSeconds),
    'X-Amz-SignedHeaders': 'host;x-amz-server-side-encryption',
    // Not a real signature: a secret that only this URL carries does the same here.
    'X-Amz-Signature': createHash('sha256').update(`${jobId}${deps.newId()}`).digest('hex'),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}

function requireAutoVerified(pool: PoolRules): void {
  if (pool.autoVerifiedAttributes.length === 0) {
    throw new AwsError(
      'InvalidParameterException',
      'The user pool must have at least one auto-verified attribute to import users.',
    );
  }
}

function find({ account, region, params, pool }: JobCall, store: ImportJobStore, deps: ImportJobsDeps): ImportJob {
  const job = store.find(account, region, pool.id, String(params['JobId']), deps.now());
  if (job === undefined)
    throw new AwsError('ResourceNotFoundException', `The user import job ${String(params['JobId'])} does not exist.`);
  return job;
}

function pageToken(job: ImportJob): string {
  return Buffer.from(`${job.poolId}/${job.jobId}`).toString('base64url');
}

function describe(job: ImportJob): object {
  const seconds = (time: number | undefined): number | undefined => (time === undefined ? undefined : time / 1_000);
  return {
    JobName: job.jobName,
    JobId: job.jobId,
    UserPoolId: job.poolId,
    PreSignedUrl: job.preSignedUrl,
    CreationDate: seconds(job.createdAt),
    StartDate: seconds(job.startedAt),
    CompletionDate: seconds(job.completedAt),
    Status: job.status,
    CloudWatchLogsRoleArn: job.roleArn,
    ImportedUsers: job.imported,
    SkippedUsers: job.skipped,
    FailedUsers: job.failed,
    CompletionMessage: job.completionMessage,
    PasswordHashingAlgorithm: job.passwordHashingAlgorithm,
  };
}
