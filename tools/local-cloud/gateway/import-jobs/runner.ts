import { headerProblem, readCsvFile, splitRow } from './csv.ts';
import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import { JobLog } from './job-log.ts';
import type { RowResult } from './job-log.ts';
import type { ImportJob } from './job-store.ts';
import { complete } from './job-store.ts';
import { logRoleProblem } from './log-role.ts';
import type { ImportJobOptions } from './options.ts';
import { csvColumns, poolRules } from './pool.ts';
import type { PoolRules } from './pool.ts';
import { checkRow } from './row-check.ts';
import type { ImportUser } from './row-check.ts';

/** Rows per call to the emulator: few enough that other requests get their turn in between. */
const rowsPerCall = 100;

/** Completion messages that are documented or were seen on AWS. */
const messages = {
  succeeded: 'Import Job Completed Successfully.',
  stopped: 'The Import Job was stopped by the developer.',
  tooMany: 'Too many users have failed or been skipped during the import.',
  internal: 'An internal error ended the import job.',
} as const;

/** Why a job ends before its file does. */
class JobEnded extends Error {
  readonly status: 'Failed' | 'Stopped';

  constructor(status: 'Failed' | 'Stopped', message: string) {
    super(message);
    this.name = 'JobEnded';
    this.status = status;
  }
}

/** Runs a job that was just started to its end; the result is in the job, the promise never rejects. */
export async function runImportJob(job: ImportJob, deps: ImportJobsDeps): Promise<void> {
  try {
    await deps.sleep(deps.options().pendingMs);
    await importFile(job, deps);
    complete(job, 'Succeeded', messages.succeeded, deps.now());
  } catch (error) {
    const ended = error instanceof JobEnded ? error : new JobEnded('Failed', messages.internal);
    complete(job, ended.status, ended.message, deps.now());
  }
}

async function importFile(job: ImportJob, deps: ImportJobsDeps): Promise<void> {
  endIfStopped(job);
  endIf(await logRoleProblem(job, deps));
  const pool = await describePool(job, deps);
  const file = readCsvFile(job.csv ?? Buffer.alloc(0));
  job.csv = undefined;
  if ('unreadable' in file) throw new JobEnded('Failed', file.unreadable);
  const options = deps.options();
  const header = splitRow(file.header, options);
  endIf(headerProblem(header, csvColumns(pool, options.extraColumns)));

  const log = new JobLog(job, pool.name, deps);
  await log.open();
  endIfStopped(job);
  job.status = 'InProgress';
  const startedAt = deps.now();
  for (let done = 0; done < file.rows.length;) {
    const speed = deps.options().usersPerSecond;
    const most = speed > 0 ? Math.max(1, Math.min(rowsPerCall, Math.floor(speed / 4))) : rowsPerCall;
    const rows = file.rows.slice(done, done + Math.min(most, rowsBeforeEnd(job, options, done)));
    await log.write(await importRows(job, rows, options.firstLineNumber + done, header, pool, deps));
    done += rows.length;
    endIfTooMany(job, options);
    endEarly(job, options, done);
    endIfStopped(job);
    if (speed > 0) await deps.sleep(Math.max(0, startedAt + (done / speed) * 1_000 - deps.now()));
    endIfStopped(job);
  }
}

async function importRows(
  job: ImportJob,
  rows: readonly string[],
  firstLine: number,
  header: readonly string[],
  pool: PoolRules,
  deps: ImportJobsDeps,
): Promise<RowResult[]> {
  const options = deps.options();
  const checked = rows.map((row, index) => ({ line: firstLine + index, user: checkRow(row, header, pool, options) }));
  const users = checked.flatMap(({ line, user }) => ('refused' in user ? [] : [{ line, ...user }]));
  const created = new Map((await createUsers(job, users, deps)).map((result) => [result.line, result]));
  const results = checked.map(({ line, user }): RowResult =>
    'refused' in user
      ? { line, outcome: 'FAILED', reason: user.refused }
      : (created.get(line) ?? { line, outcome: 'FAILED', reason: 'An internal error occurred.' }),
  );
  for (const { outcome } of results) {
    if (outcome === 'SUCCEEDED') job.imported += 1;
    else if (outcome === 'SKIPPED') job.skipped += 1;
    else job.failed += 1;
  }
  return results;
}

/** Creates users through the emulator's mend for imported users (ministack/mends/cognito_users.py). */
async function createUsers(
  job: ImportJob,
  users: readonly (ImportUser & { line: number })[],
  deps: ImportJobsDeps,
): Promise<RowResult[]> {
  if (users.length === 0) return [];
  const body = Buffer.from(JSON.stringify({ account: job.account, region: job.region, poolId: job.poolId, users }));
  const headers = { 'content-type': 'application/json' };
  const answer = await deps.backend.raw(
    'cognito-idp',
    job.region,
    'POST',
    '/_local/import-users',
    headers,
    body,
    rootOf(job.account),
  );
  if (answer.status === 404) throw new JobEnded('Failed', 'The user pool was deleted.');
  if (answer.status !== 200)
    throw new Error(`The emulator answered ${answer.status} to the creation of imported users.`);
  const { results } = JSON.parse(answer.body.toString('utf8')) as { results: [number, RowResult['outcome'], string][] };
  return results.map(([line, outcome, reason]) => ({ line, outcome, reason }));
}

async function describePool(job: ImportJob, deps: ImportJobsDeps): Promise<PoolRules> {
  const target = 'AWSCognitoIdentityProviderService.DescribeUserPool';
  const answer = await deps.backend.json(
    'cognito-idp',
    target,
    job.region,
    { UserPoolId: job.poolId },
    rootOf(job.account),
  );
  return poolRules(answer['UserPool'] as Record<string, unknown>);
}

function endIf(problem: string | undefined): void {
  if (problem !== undefined) throw new JobEnded('Failed', problem);
}

function endIfStopped(job: ImportJob): void {
  if (job.status === 'Stopping') throw new JobEnded('Stopped', messages.stopped);
}

const endsEarly = (job: ImportJob, { endEarly: end }: ImportJobOptions): ImportJobOptions['endEarly'] =>
  end !== undefined && job.ordinal <= end.jobs ? end : undefined;

const rowsBeforeEnd = (job: ImportJob, options: ImportJobOptions, done: number): number =>
  (endsEarly(job, options)?.afterRows ?? Infinity) - done;

function endEarly(job: ImportJob, options: ImportJobOptions, done: number): void {
  const end = endsEarly(job, options);
  if (end !== undefined && done >= end.afterRows)
    throw new JobEnded(end.as, end.as === 'Failed' ? messages.internal : messages.stopped);
}

function endIfTooMany(job: ImportJob, { tooMany }: ImportJobOptions): void {
  const lost = job.failed + job.skipped;
  if (tooMany !== undefined && lost >= tooMany.rows && lost > tooMany.share * (lost + job.imported))
    throw new JobEnded('Failed', messages.tooMany);
}
