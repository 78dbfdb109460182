import { createHash } from 'node:crypto';
import type { ImportSettings } from '../../../simulation/cognito/settings.ts';
import { csvColumns } from '../../../simulation/import-jobs/csv.ts';
import type { ImportJobLedger, JobOwner, JobRecord } from '../../../simulation/import-jobs/ledger.ts';
import type { ImportJobsDeps } from './deps.ts';
import { runImportJob } from './runner.ts';

/** One call of an import-job operation, after the pool was found and the caller was authorized. */
export interface JobCall {
  readonly owner: JobOwner;
  readonly params: Record<string, unknown>;
  readonly settings: ImportSettings;
}

type Operation = (call: JobCall, ledger: ImportJobLedger, deps: ImportJobsDeps) => object;

const jobIdOf = ({ params }: JobCall): string => String(params['JobId']);

/** The import-job operations by name; each returns the response's members or throws a CognitoException. */
export const importJobOperations: Readonly<Record<string, Operation>> = {
  GetCSVHeader: ({ owner, settings }, _ledger, deps) => ({
    UserPoolId: owner.poolId,
    CSVHeader: csvColumns(settings, deps.options().extraColumns),
  }),

  CreateUserImportJob: ({ owner, params }, ledger, deps) => {
    const jobId = `import-${deps.newId()}`;
    const job = ledger.create({
      ...owner,
      jobId,
      jobName: String(params['JobName']),
      roleArn: String(params['CloudWatchLogsRoleArn']),
      passwordHashingAlgorithm: params['PasswordHashingAlgorithm'] as string | undefined,
      preSignedUrl: uploadUrl(owner, jobId, deps),
    });
    return { UserImportJob: describe(job) };
  },

  StartUserImportJob: (call, ledger, deps) => {
    const job = ledger.start(call.owner, jobIdOf(call), call.settings);
    const answer = { UserImportJob: describe(job) };
    void runImportJob(job, deps);
    return answer;
  },

  StopUserImportJob: (call, ledger) => ({ UserImportJob: describe(ledger.stop(call.owner, jobIdOf(call))) }),

  DescribeUserImportJob: (call, ledger) => ({ UserImportJob: describe(ledger.find(call.owner, jobIdOf(call))) }),

  ListUserImportJobs: ({ owner, params }, ledger) => {
    const { jobs, next } = ledger.page(
      owner,
      Number(params['MaxResults']),
      params['PaginationToken'] as string | undefined,
    );
    return { UserImportJobs: jobs.map(describe), ...(next === undefined ? {} : { PaginationToken: next }) };
  },
};

function uploadUrl({ account, region, poolId }: JobOwner, jobId: string, deps: ImportJobsDeps): string {
  const date = new Date(deps.now()).toISOString().replace(/[-:]|\.\d+/g, '');
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

function describe(job: JobRecord): object {
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
