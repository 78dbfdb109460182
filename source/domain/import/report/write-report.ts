import { isSeen } from '../../comparison/mark.ts';
import { isNamed } from '../../errors.ts';
import { usersNamed } from '../plan/pool-names.ts';
import { losesItsRole } from '../plan/group-roles.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { MFA_HEADER, mfaLine, userHurdlesOf } from '../plan/mfa-hurdles.ts';
import type { UserHurdle } from '../plan/mfa-hurdles.ts';
import { otherPlaceOf, restoreFolder, sourceOf } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import { differingAttributes } from '../../digests/user-content.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { madeIn } from '../identities/identity-log.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import { federatedReportLines, identityCounts, identityResults, identityRows } from './identity-report.ts';
import type { IdentityResults } from './identity-report.ts';
import { restoreCounts } from './counts.ts';
import { failureLine, FAILURES_HEADER, inParts, SUB_MAP_HEADER, subMapLine } from '../plan/csv-rows.ts';
import { failureRows } from './failure-rows.ts';
import type { DifferingAttributes } from './problem-rows.ts';
import { readNotes } from '../reconcile/notes.ts';
import { outcomeOf, summaryOf } from '../plan/outcome.ts';
import type { RestoreCounts, RestoreOutcome } from '../plan/outcome.ts';
import { writtenInAll } from './written.ts';

/** So many differing users are looked at once more, to name the attributes; the others are reported without names. */
const NAMED_DIFFERENCES = 100;

/**
 * Writes federated.csv (where identity providers have users), mfa.csv (where the new pool requires MFA), failures.csv, sub-map.csv and report.json, in this order: report.json
 * exists only beside complete others.
 */
export async function writeRestoreReport(check: CheckRun, jobs: JobsState, bucket: string): Promise<RestoreOutcome> {
  const { run, marks } = check;
  const { plan, deps } = run;
  const folder = `${restoreFolder(plan.newUserPoolId, plan.restoreId)}report/`;
  const keys = ['report.json', 'failures.csv', 'sub-map.csv'].map((name) => folder + name) as [string, string, string];
  const notes = await readNotes(run, marks);
  const identities = await identityResults(deps.objects, run.state);
  const federatedReport = await writeFederated(check, identities, folder);
  const mfaReport = plan.mfaKey === undefined ? [] : [`${folder}mfa.csv`];
  const mfa = { mustEnrol: 0, cannotSignIn: 0 };
  for (const key of mfaReport) await deps.objects.write(key, inParts(mfaLines(check, mfa)));
  const counts = {
    ...restoreCounts(check, jobs, notes),
    ...mfaCounts(plan, mfa),
    ...identityCounts(plan, identities),
  };
  const outcome = outcomeOf(counts, plan);

  await deps.objects.write(
    keys[1],
    inParts(
      withHeader(FAILURES_HEADER, lines(failureRows(check, notes, namesOfDifferent(check)), identityRows(identities))),
    ),
  );
  const made = await madeIn(deps.objects, run.state.identities);
  await deps.objects.write(keys[2], inParts(withHeader(SUB_MAP_HEADER, subMapLines(check, made))));
  await deps.objects.put(keys[0], `${JSON.stringify(reportOf(check, jobs, counts, outcome), null, 2)}\n`);
  return {
    outcome,
    exportRun: plan.runId,
    source: sourceOf(plan),
    ...otherPlaceOf(plan),
    plannedAt: plan.plannedAt,
    ...(plan.remarks === undefined ? {} : { remarks: plan.remarks }),
    ...(plan.acceptsSignUps === true ? { acceptsSignUps: true } : {}),
    ...(plan.mfa === undefined ? {} : { mfa: plan.mfa }),
    counts,
    report: { bucket, keys: [...keys, ...mfaReport, ...federatedReport] },
    summary: summaryOf(outcome, counts, `s3://${bucket}/${folder}`),
  };
}

/** Keys of federated.csv; none where no identity provider has users. */
async function writeFederated(
  { run: { plan, deps } }: CheckRun,
  results: IdentityResults,
  folder: string,
): Promise<readonly string[]> {
  const { identities } = plan;
  if (identities === undefined || identities.counts.federatedUsers === 0) return [];
  const key = `${folder}federated.csv`;
  await deps.objects.write(key, inParts(federatedReportLines(deps.objects, identities, results)));
  return [key];
}

function reportOf(check: CheckRun, jobs: JobsState, counts: RestoreCounts, outcome: RestoreOutcome['outcome']): object {
  const { run, state } = check;
  const { plan, deps } = run;
  const changed = state.groupsChanged ?? [];
  const namesOf = (indexes: readonly number[]): (string | undefined)[] =>
    indexes.map((index) => run.groups[index]?.name);
  return {
    restoreId: plan.restoreId,
    newUserPoolId: plan.newUserPoolId,
    sourceUserPoolId: plan.sourceUserPoolId,
    table: plan.tableName,
    exportRun: plan.runId,
    source: sourceOf(plan),
    ...otherPlaceOf(plan),
    outcome,
    plannedAt: plan.plannedAt,
    endedAt: new Date(deps.clock.now()).toISOString(),
    retries: run.state.retries,
    counts,
    planned: plan.counts,
    interruptedExport: plan.interrupted ?? null,
    differencesFromManifest: plan.incomplete ?? null,
    chunks: jobs.finished,
    written: writtenInAll(check, counts),
    groupsMissingOrDifferent: namesOf(state.groupProblems.filter((index) => !changed.includes(index))),
    groupsChangedSince: namesOf(changed),
    rolesNotSet: run.groups.filter(losesItsRole).map(({ name, roleArn }) => ({ group: name, roleArn })),
    rolesByMap: run.groups.flatMap(({ name, newRoleArn }) =>
      newRoleArn === undefined ? [] : [{ group: name, roleArn: newRoleArn }],
    ),
    notes: [
      ...(plan.remarks ?? []),
      ...plan.notes,
      'Passwords, second factors, devices and sign-in history cannot be restored by any API; every user has a new sub (sub-map.csv).',
    ],
  };
}

/** Users who are there, and must enrol or cannot sign in; `counts` them on the way. */
async function* mfaLines(
  { run, marks }: CheckRun,
  counts: Record<UserHurdle['meets'], number>,
): AsyncGenerator<string, void, undefined> {
  yield MFA_HEADER;
  for await (const hurdle of userHurdlesOf(run.deps.objects, run.plan)) {
    const ordinal = marks.ordinalOf(hurdle.name);
    if (ordinal === undefined || !isSeen(marks.users[ordinal] as number)) continue;
    counts[hurdle.meets] += 1;
    yield mfaLine(hurdle);
  }
}

const mfaCounts = (
  { mfaKey }: Pick<RestorePlan, 'mfaKey'>,
  { mustEnrol, cannotSignIn }: Readonly<Record<UserHurdle['meets'], number>>,
): Pick<RestoreCounts, 'usersMustEnrolMfa' | 'usersMfaLockedOut'> =>
  mfaKey === undefined ? {} : { usersMustEnrolMfa: mustEnrol, usersMfaLockedOut: cannotSignIn };

function namesOfDifferent({ run }: CheckRun): DifferingAttributes {
  let left = NAMED_DIFFERENCES;
  return async ({ sub, name, attributes }) => {
    if (left === 0 || run.sliceOver()) return undefined;
    left -= 1;
    try {
      const found = await usersNamed(run.deps.pool, run.plan, name);
      const account = found.find((one) => one.sub === run.accounts.newSubOf(sub)) ?? found[0];
      return account === undefined ? undefined : differingAttributes(attributes, account.attributes);
    } catch (error) {
      if (isNamed(error, 'FilterRefused')) return undefined;
      throw error;
    }
  };
}

async function* lines(
  ...all: readonly (AsyncIterable<FailureRow> | Iterable<FailureRow>)[]
): AsyncGenerator<string, void, undefined> {
  for (const rows of all) for await (const row of rows) yield failureLine(row);
}

async function* withHeader(
  header: string,
  rest: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, undefined> {
  yield header;
  yield* rest;
}

/** The accounts of ours that the comparison saw, and those that were made for users of identity providers. */
function* subMapLines({ run, marks }: CheckRun, made: ReadonlyMap<string, string>): Generator<string, void, undefined> {
  for (let ordinal = 0; ordinal < marks.userCount; ordinal += 1) {
    const { sub } = marks.expectedUser(ordinal);
    const newSub = run.accounts.newSubOf(sub);
    if (newSub !== undefined && isSeen(marks.users[ordinal] as number)) yield subMapLine(sub, newSub);
  }
  for (const [sub, newSub] of made) yield subMapLine(sub, newSub);
}
