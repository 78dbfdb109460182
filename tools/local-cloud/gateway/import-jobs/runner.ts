import type { ImportSettings } from '../../../simulation/cognito/settings.ts';
import { complete, completionMessages } from '../../../simulation/import-jobs/ledger.ts';
import type { JobRecord } from '../../../simulation/import-jobs/ledger.ts';
import { checkRow } from '../../../simulation/import-jobs/row-check.ts';
import type { ImportUser } from '../../../simulation/import-jobs/row-check.ts';
import { countRow, earlyEnd, lastRowOf, openJobFile, rowOutcomes } from '../../../simulation/import-jobs/rows.ts';
import type { EarlyEnd, RowResult } from '../../../simulation/import-jobs/rows.ts';
import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import { JobLog } from './job-log.ts';
import { logRoleProblem } from './log-role.ts';
import { importSettingsOf } from './pool.ts';

/** Rows per call to the emulator: few enough that other requests get their turn in between. */
const rowsPerCall = 100;

/** Why a job ends before its file does. */
class JobEnded extends Error {
  override readonly name = 'JobEnded';

  constructor(readonly end: EarlyEnd) {
    super(end.message);
  }
}

/** Runs a job that was just started to its end; the result is in the job, the promise never rejects. */
export async function runImportJob(job: JobRecord, deps: ImportJobsDeps): Promise<void> {
  try {
    await deps.sleep(deps.options().pendingMs);
    await importFile(job, deps);
    complete(job, 'Succeeded', completionMessages.succeeded, deps.now());
  } catch (error) {
    const { status, message } =
      error instanceof JobEnded ? error.end : { status: 'Failed' as const, message: completionMessages.internal };
    complete(job, status, message, deps.now());
  }
}

async function importFile(job: JobRecord, deps: ImportJobsDeps): Promise<void> {
  endIfStopped(job);
  const problem = await logRoleProblem(job, deps);
  if (problem !== undefined) throw new JobEnded({ status: 'Failed', message: problem });
  const { name, settings } = await describePool(job, deps);
  const options = deps.options();
  const file = openJobFile(job, settings, options);
  if ('message' in file) throw new JobEnded(file);

  const log = new JobLog(job, name, deps);
  await log.open();
  endIfStopped(job);
  job.status = 'InProgress';
  const startedAt = deps.now();
  const check = (row: string): ReturnType<typeof checkRow> => checkRow(row, file.header, settings, options);
  const rows = file.rows[Symbol.iterator]();
  for (let done = 0; done < file.rowCount;) {
    const speed = deps.options().usersPerSecond;
    const most = speed > 0 ? Math.max(1, Math.min(rowsPerCall, Math.floor(speed / 4))) : rowsPerCall;
    const some = take(rows, Math.min(most, file.rowCount - done, lastRowOf(job, options) - done));
    await log.write(await importRows(job, some.map(check), options.firstLineNumber + done, deps));
    done += some.length;
    const end = earlyEnd(job, options, done);
    if (end !== undefined) throw new JobEnded(end);
    endIfStopped(job);
    if (speed > 0) await deps.sleep(Math.max(0, startedAt + (done / speed) * 1_000 - deps.now()));
    endIfStopped(job);
  }
}

const take = (rows: Iterator<string>, count: number): string[] =>
  Array.from({ length: count }, () => String(rows.next().value));

async function importRows(
  job: JobRecord,
  rows: readonly ReturnType<typeof checkRow>[],
  firstLine: number,
  deps: ImportJobsDeps,
): Promise<RowResult[]> {
  const checked = rows.map((user, index) => ({ line: firstLine + index, user }));
  const users = checked.flatMap(({ line, user }) => ('refused' in user ? [] : [{ line, ...user }]));
  const created = new Map((await createUsers(job, users, deps)).map((result) => [result.line, result]));
  const results = checked.map(({ line, user }): RowResult =>
    'refused' in user
      ? { line, outcome: 'FAILED', reason: user.refused }
      : (created.get(line) ?? { line, ...rowOutcomes.internal }),
  );
  for (const result of results) countRow(job, result);
  return results;
}

/** Creates users through the emulator's repair for imported users (ministack/repairs/cognito_users.py). */
async function createUsers(
  job: JobRecord,
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
  if (answer.status === 404) throw new JobEnded({ status: 'Failed', message: 'The user pool was deleted.' });
  if (answer.status !== 200)
    throw new Error(`The emulator answered ${answer.status} to the creation of imported users.`);
  const { results } = JSON.parse(answer.body.toString('utf8')) as { results: [number, RowResult['outcome'], string][] };
  return results.map(([line, outcome, reason]) => ({ line, outcome, reason }));
}

async function describePool(
  job: JobRecord,
  deps: ImportJobsDeps,
): Promise<{ readonly name: string; readonly settings: ImportSettings }> {
  const target = 'AWSCognitoIdentityProviderService.DescribeUserPool';
  const answer = await deps.backend.json(
    'cognito-idp',
    target,
    job.region,
    { UserPoolId: job.poolId },
    rootOf(job.account),
  );
  const userPool = answer['UserPool'] as Record<string, unknown>;
  return { name: String(userPool['Name']), settings: importSettingsOf(userPool) };
}

function endIfStopped(job: JobRecord): void {
  if (job.status === 'Stopping') throw new JobEnded({ status: 'Stopped', message: completionMessages.stopped });
}
