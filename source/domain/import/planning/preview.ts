import { readNdjson } from '../../state/ndjson.ts';
import { excludedUserShape, notInTable, sealedCounts, sourceOf, updateOpShape } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import { lossesOf } from '../plan/attribute-loss.ts';
import { failureLine, FAILURES_HEADER, inParts } from '../plan/csv-rows.ts';
import type { PlanningRun } from './planning-run.ts';

/** Keys of the files that a dry run writes. */
export const previewKeys = (folder: string): { readonly report: string; readonly failures: string } => ({
  report: `${folder}report/report.json`,
  failures: `${folder}report/failures.csv`,
});

/** A dry run's report: what a restore would do, and each user who would not come back by an import job. */
export async function writePreview(plan: RestorePlan, { deps, folder }: PlanningRun): Promise<readonly string[]> {
  const { report, failures } = previewKeys(folder);
  await deps.objects.write(failures, inParts(previewRows(plan, deps.objects)));
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
    ...summary
  } = plan;
  const body = {
    dryRun: true,
    exportRun: plan.runId,
    source: sourceOf(plan),
    ...summary,
    notes: [...remarks, ...notes],
    sealed: sealedCounts(plan),
    notInTable: notInTable(plan),
    importJobs: chunks.length,
    updates: batches.reduce((sum, { ops }) => sum + ops, 0),
  };
  await deps.objects.put(report, JSON.stringify(body, undefined, 2));
  return [report, failures];
}

async function* previewRows(
  plan: RestorePlan,
  objects: PlanningRun['deps']['objects'],
): AsyncGenerator<string, void, undefined> {
  yield FAILURES_HEADER;
  for await (const { sub, name, reason, detail } of readNdjson(objects, plan.excludedKey, excludedUserShape)) {
    yield failureLine({
      sub,
      name,
      line: '',
      reason: `${reason}: ${detail}`,
      instead: 'would not be restored',
      changed: '',
    });
  }
  for await (const { sub, name, attribute, reason, detail } of lossesOf(objects, plan)) {
    yield failureLine({
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
      if (op.op === 'create')
        yield failureLine({
          sub: op.user.sub,
          name: op.user.name,
          line: '',
          reason: op.why,
          instead: plan.mayCreateUsers
            ? 'would be created one by one'
            : "would not be created: the pool's triggers would see it",
          changed: '',
        });
    }
  }
}
