import { stringify } from 'csv-stringify/sync';
import { readNdjson } from '../jobs/ndjson.ts';
import type { ExcludedUser, RestorePlan, UpdateOp } from '../plan-model.ts';
import type { PlanningRun } from './planning-state.ts';

const COLUMNS = ['sub', 'sign-in name', 'line', 'reason', 'what was done instead', 'what changed'];

/** Keys of the files that a dry run writes. */
export const previewKeys = (folder: string): { readonly report: string; readonly failures: string } =>
  ({ report: `${folder}report/report.json`, failures: `${folder}report/failures.csv` });

/** A dry run's report: what a restore would do, and each user who would not come back by an import job. */
export async function writePreview(plan: RestorePlan, { deps, folder }: PlanningRun): Promise<readonly string[]> {
  const { report, failures } = previewKeys(folder);
  await deps.objects.write(failures, previewRows(plan, deps.objects));
  const { chunks, batches, expected: _expected, schema: _schema, csvHeader: _header, groupsKey: _groups, excludedKey: _excluded, ...summary } = plan;
  const body = { dryRun: true, ...summary, importJobs: chunks.length, updates: batches.reduce((sum, { ops }) => sum + ops, 0) };
  await deps.objects.put(report, JSON.stringify(body, undefined, 2));
  return [report, failures];
}

async function* previewRows(plan: RestorePlan, objects: PlanningRun['deps']['objects']): AsyncGenerator<Uint8Array, void, undefined> {
  yield row(COLUMNS);
  for await (const { sub, name, reason, detail } of readNdjson<ExcludedUser>(objects, plan.excludedKey)) {
    yield row([sub, name, '', `${reason}: ${detail}`, 'would not be restored', '']);
  }
  for (const { key, chunk } of plan.batches) {
    if (chunk !== null) continue;
    for await (const op of readNdjson<UpdateOp>(objects, key)) {
      if (op.op === 'create') yield row([op.user.sub, op.user.name, '', op.why, 'would be created one by one', '']);
    }
  }
}

/** Spreadsheets must not run a name as a formula: such cells get an apostrophe in front. */
const row = (cells: readonly string[]): Uint8Array => Buffer.from(stringify([[...cells]], { escape_formulas: true }));
