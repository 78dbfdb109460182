import { countedAll } from '../../counted.ts';
import { NO_RECOVERY, noRecoveryOf, NOT_OFFERED, OFFERED_TO_NOBODY, recoveryAddresses } from '../csv/recovery.ts';
import type { NoRecovery } from '../csv/recovery.ts';
import { readNdjson } from '../../state/ndjson.ts';
import {
  notInTable,
  otherPlaceOf,
  restoreUserShape,
  sealedCounts,
  sourceOf,
  updateOpShape,
} from '../plan/plan-model.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';
import { lossesOf } from '../plan/attribute-loss.ts';
import { failureLine, FAILURES_HEADER, inParts } from '../plan/csv-rows.ts';
import { excludedRows } from '../plan/excluded-rows.ts';
import { FEDERATED_HEADER, federatedLine } from '../plan/federated-csv.ts';
import { federatedRowShape } from '../plan/identity-plan.ts';
import type { IdentityPlan } from '../plan/identity-plan.ts';
import { MFA_HEADER, mfaLine, userHurdlesOf } from '../plan/mfa-hurdles.ts';
import { mfaReportKey } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';

/** Keys of the files that a dry run writes; `mfa` only where the new pool requires MFA, `federated` only where providers have users. */
export const previewKeys = (
  folder: string,
  { mfaKey, identities }: Pick<RestorePlan, 'mfaKey' | 'identities'>,
): { readonly report: string; readonly failures: string; readonly mfa?: string; readonly federated?: string } => ({
  report: `${folder}report/report.json`,
  failures: `${folder}report/failures.csv`,
  ...(mfaKey === undefined ? {} : { mfa: mfaReportKey(folder) }),
  ...((identities?.counts.federatedUsers ?? 0) === 0 ? {} : { federated: `${folder}report/federated.csv` }),
});

/** A dry run's report: what a restore would do, and each user who would not come back by an import job. */
export async function writePreview(plan: RestorePlan, { deps, folder }: PlanningRun): Promise<void> {
  const { report, failures, mfa, federated } = previewKeys(folder, plan);
  await deps.objects.write(failures, inParts(previewRows(plan, deps.objects)));
  if (federated !== undefined && plan.identities !== undefined)
    await deps.objects.write(federated, inParts(federatedRows(plan.identities, deps.objects)));
  if (mfa !== undefined) await deps.objects.write(mfa, inParts(mfaRows(plan, deps.objects)));
  const {
    chunks,
    batches,
    expected: _expected,
    disabledMarked: _marked,
    schema: _schema,
    csvHeader: _header,
    groupsKey: _groups,
    excludedKey: _excluded,
    remarks = [],
    notes,
    lossesKey: _losses,
    mfaKey: _mfa,
    identities,
    ...summary
  } = plan;
  const body = {
    dryRun: true,
    exportRun: plan.runId,
    source: sourceOf(plan),
    ...otherPlaceOf(plan),
    ...summary,
    ...(identities === undefined ? {} : { identities: withoutKeys(identities) }),
    notes: [...remarks, ...notes],
    sealed: sealedCounts(plan),
    notInTable: notInTable(plan),
    importJobs: chunks.length,
    updates: batches.reduce((sum, { ops }) => sum + ops, 0),
  };
  await deps.objects.put(report, JSON.stringify(body, undefined, 2));
}

const withoutKeys = ({ mode, missingProviders, onlyListed, counts }: IdentityPlan): object => ({
  mode,
  missingProviders,
  ...(onlyListed === undefined ? {} : { onlyListed }),
  counts,
});

async function* federatedRows(
  { federatedKey }: IdentityPlan,
  objects: PlanningRun['deps']['objects'],
): AsyncGenerator<string, void, undefined> {
  yield FEDERATED_HEADER;
  for await (const row of readNdjson(objects, federatedKey, federatedRowShape))
    yield federatedLine(row, {
      made: row.why === undefined ? 'yes' : 'no',
      why: row.why ?? '',
      lacking: row.lost ?? [],
    });
}

async function* mfaRows(
  plan: RestorePlan,
  objects: PlanningRun['deps']['objects'],
): AsyncGenerator<string, void, undefined> {
  yield MFA_HEADER;
  for await (const hurdle of userHurdlesOf(objects, plan)) yield mfaLine(hurdle);
}

async function* previewRows(
  plan: RestorePlan,
  objects: PlanningRun['deps']['objects'],
): AsyncGenerator<string, void, undefined> {
  yield FAILURES_HEADER;
  for await (const row of excludedRows(objects, plan, { instead: 'would not be restored', changed: '' }))
    yield failureLine(row);
  for await (const { sub, name, attribute, reason, detail } of lossesOf(objects, plan)) {
    yield failureLine({
      restored: 'yes',
      sub,
      name,
      line: '',
      reason: `${reason}: ${detail}`,
      instead: 'would be restored without it',
      changed: `different: ${attribute}`,
    });
  }
  for (const { key, chunk } of plan.batches) {
    if (chunk !== null) continue;
    for await (const op of readNdjson(objects, key, updateOpShape)) {
      if (op.op !== 'create') continue;
      yield failureLine({
        restored: plan.mayCreateUsers ? 'yes' : 'no',
        sub: op.user.sub,
        name: op.user.name,
        line: '',
        reason: op.why,
        instead: plan.mayCreateUsers
          ? 'would be created one by one'
          : "would not be created: the pool's triggers would see it",
        changed: lockedOut(op.user, plan),
      });
    }
  }
  yield* recoveryLines(plan, objects);
}

const WHY_NOT: Readonly<Record<NoRecovery, string>> = {
  unverified: 'no address of the user is verified, so that "forgot password" has nowhere to send a code',
  notOffered: NOT_OFFERED,
};

/** Why the user could not set a new password; empty where the user could. */
function lockedOut({ attributes }: RestoreUser, plan: RestorePlan): string {
  const why = noRecoveryOf(attributes, plan);
  return why === undefined ? '' : WHY_NOT[why];
}

/** Users of import jobs who could not set a new password; one line for all where the pool lets nobody. */
async function* recoveryLines(
  plan: RestorePlan,
  objects: PlanningRun['deps']['objects'],
): AsyncGenerator<string, void, undefined> {
  const { withoutRecovery = 0 } = plan.counts;
  if (withoutRecovery === 0) return;
  const row = { line: '', reason: NO_RECOVERY, instead: 'would be restored' };
  if (recoveryAddresses(plan).length === 0) {
    yield failureLine({
      ...row,
      restored: '',
      sub: '',
      name: '',
      changed: `${countedAll(withoutRecovery, 'user')}: ${OFFERED_TO_NOBODY}`,
    });
    return;
  }
  for (const { key } of plan.chunks)
    for await (const user of readNdjson(objects, key, restoreUserShape)) {
      const { sub, name } = user;
      const changed = lockedOut(user, plan);
      if (changed !== '') yield failureLine({ ...row, restored: 'yes', sub, name, changed });
    }
}
