import {
  CreateUserImportJobCommand,
  DescribeUserImportJobCommand,
  GetCSVHeaderCommand,
  ListUserImportJobsCommand,
  StartUserImportJobCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserImportJobType } from '@aws-sdk/client-cognito-identity-provider';
import type { ImportJob, ImportJobs } from '../../domain/ports.ts';
import { errorNameOf } from '../service-errors.ts';
import { cognitoClient } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoCall, cognitoError } from './errors.ts';
import { jobLogReader } from './job-log.ts';
import { unlessPaused } from './paused.ts';
import { uploadCsv } from './upload.ts';

/** A Cognito client that also starts import jobs. */
export interface ImportJobClientOptions extends CognitoOptions {
  /** Role with which Cognito writes the job's log. */
  readonly logRoleArn: string;
}

/** ListUserImportJobs needs MaxResults; its answer holds at most 50. */
const JOBS_PER_PAGE = 50;

const UNMET = 'PreconditionNotMetException';
const LIMIT = 'LimitExceededException';

/** Import jobs of user pools; see ImportJobs. */
export function importJobs({ logRoleArn, ...options }: ImportJobClientOptions): ImportJobs {
  const client = cognitoClient(options);
  const { pacer: _pacer, clock: _clock, random: _random, ...logOptions } = options;
  return {
    csvHeader: (UserPoolId) =>
      cognitoCall('GetCSVHeader', UserPoolId, async () => {
        const { CSVHeader = [] } = await client.send(new GetCSVHeaderCommand({ UserPoolId }));
        return CSVHeader;
      }),

    createJob: (UserPoolId, JobName) =>
      cognitoCall('CreateUserImportJob', UserPoolId, async () => {
        try {
          const { UserImportJob } = await unlessPaused(client, UserPoolId, () =>
            client.send(new CreateUserImportJobCommand({ UserPoolId, JobName, CloudWatchLogsRoleArn: logRoleArn })),
          );
          return toJob(UserImportJob);
        } catch (error) {
          if (errorNameOf(error) === LIMIT) return 'limit';
          if (errorNameOf(error) !== UNMET) throw error;
          return 'busy';
        }
      }),

    uploadCsv: (uploadUrl, csv) => uploadCsv(uploadUrl, csv),

    startJob: async (UserPoolId, JobId) => {
      try {
        await unlessPaused(client, UserPoolId, () => client.send(new StartUserImportJobCommand({ UserPoolId, JobId })));
        return 'started';
      } catch (error) {
        if (errorNameOf(error) !== UNMET) throw cognitoError('StartUserImportJob', UserPoolId, error);
        // "No csv file was uploaded for import-XXXX"; every other precondition is a job that is still active.
        return /no csv/i.test((error as Error).message) ? 'noCsv' : 'busy';
      }
    },

    describeJob: (UserPoolId, JobId) =>
      cognitoCall('DescribeUserImportJob', UserPoolId, async () => {
        const { UserImportJob } = await client.send(new DescribeUserImportJobCommand({ UserPoolId, JobId }));
        return toJob(UserImportJob);
      }),

    listJobsPage: (UserPoolId, token) =>
      cognitoCall(
        'ListUserImportJobs',
        UserPoolId,
        async () => {
          const { UserImportJobs = [], PaginationToken } = await client.send(
            new ListUserImportJobsCommand({ UserPoolId, MaxResults: JOBS_PER_PAGE, PaginationToken: token }),
          );
          return { items: UserImportJobs.map(toJob), ...(PaginationToken ? { next: PaginationToken } : {}) };
        },
        { token },
      ),

    readLog: jobLogReader(logOptions),
  };
}

const toJob = (job: UserImportJobType = {}): ImportJob => ({
  jobId: job.JobId ?? '',
  jobName: job.JobName ?? '',
  status: job.Status ?? 'Created',
  imported: job.ImportedUsers ?? 0,
  skipped: job.SkippedUsers ?? 0,
  failed: job.FailedUsers ?? 0,
  ...(job.PreSignedUrl ? { uploadUrl: job.PreSignedUrl } : {}),
  ...(job.CreationDate ? { created: job.CreationDate.toISOString() } : {}),
  ...(job.StartDate ? { started: job.StartDate.toISOString() } : {}),
  ...(job.CompletionDate ? { completed: job.CompletionDate.toISOString() } : {}),
  ...(job.CompletionMessage ? { completionMessage: job.CompletionMessage } : {}),
});
