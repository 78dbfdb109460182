import { counted } from '../../counted.ts';
import { Halt } from '../../errors.ts';
import type { ImportJob } from '../../ports.ts';

/** Cognito ends a job with this when too many rows failed or were skipped; the rows have their own results then. */
const TOO_MANY = /too many users/i;

/** Documented causes that concern the whole job, by words of its completion message, and what to do about them. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /role|cloudwatch|log/i,
    "Cognito could not write the job's log: check the import-job log role of this stack and its trust in cognito-idp.amazonaws.com",
  ],
  [/user ?pool/i, 'Cognito reports a problem with the user pool: check that it still exists'],
  [
    /csv|header|column|parse|format|encod/i,
    "Cognito could not read the CSV file: check that the pool's attributes were not changed after the restore began",
  ],
];

/** True when the job ended for a cause that concerns all of its rows: nothing was processed and more jobs would not help. */
export const failedAsAWhole = (job: ImportJob): boolean =>
  job.status === 'Failed' &&
  job.imported + job.skipped + job.failed === 0 &&
  !TOO_MANY.test(job.completionMessage ?? '');

/** The completion message itself is not repeated: it is Cognito's text and could name a user. */
export function wholeJobFailure(job: ImportJob): Halt {
  const cause =
    CAUSES.find(([words]) => words.test(job.completionMessage ?? ''))?.[1] ??
    "Cognito gave no cause that is known; see the job's completion message in the console";
  return new Halt(
    'ImportJobFailed',
    `The import job ${job.jobName} (${job.jobId}) failed before any user was processed. ${cause}. Then start ImportWorkflow again with the same input: it continues.`,
  );
}

/** Halt ImportJobFailed after `times` jobs that Cognito accepted and never ran. */
export const neverStarted = (name: string, times: number): Halt =>
  new Halt(
    'ImportJobFailed',
    `The import job ${name} could not be started: ${counted(times, 'job')} in a row ended without having run (upload lost or expired, or stopped). Check that no other import job of this account is active, then start ImportWorkflow again with the same input: it continues.`,
  );

/** Halt ImportJobFailed while another job of the account is active; Cognito runs one at a time per account. */
export const blockedByOther = (name: string, hours: number): Halt =>
  new Halt(
    'ImportJobFailed',
    `Cognito has refused the import job ${name} for ${counted(hours, 'hour')}, as it does while another import job of this account is active in this Region. Let that job end or stop it, and check that the pool still verifies email or phone_number; then start ImportWorkflow again with the same input: it continues.`,
  );

/** Halt ImportJobFailed at Cognito's quota of import jobs per user pool. */
export const noMoreJobs = (name: string, jobs: number): Halt =>
  new Halt(
    'ImportJobFailed',
    `Cognito refuses the import job ${name}: the pool has had ${counted(jobs, 'import job')}, and a pool takes no more unless AWS Support raises that quota. Have it raised and start ImportWorkflow again with the same input, which continues; or restore into another new pool, into a pool in use fewer than 500 users at a time.`,
  );
