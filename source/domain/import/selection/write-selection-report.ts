import type { ObjectStore } from '../../ports.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import { outcomeOfSelection } from './counts.ts';
import type { SelectionCounts } from './counts.ts';
import type { SelectionReport } from './report.ts';
import type { SelectionRequest } from './request.ts';
import type { PlannedSelection } from './selection-state.ts';

/** What the report is made of. */
export interface ReportBasis extends Pick<
  SelectionReport,
  'newUserPoolId' | 'dryRun' | 'startedAt' | 'endedAt' | 'notes'
> {
  readonly request: SelectionRequest;
  readonly planned: Pick<PlannedSelection, 'selectionId' | 'exportRuns'>;
  readonly counts: SelectionCounts;
}

const PASSWORDS =
  'Passwords cannot be restored: whoever was created has one that nobody knows, and sets a new one by "forgot password". They have a new sub (sub-map.csv).';

/** Writes report.json; everything that it speaks of is written by then. */
export async function writeSelectionReport(
  objects: Pick<ObjectStore, 'put'>,
  { newUserPoolId, request, planned, counts, notes, ...about }: ReportBasis,
): Promise<SelectionReport> {
  const { users, groups, memberships } = counts;
  const { selectionId, exportRuns } = planned;
  const report: SelectionReport = {
    selectionId,
    newUserPoolId,
    existing: request.existing,
    ...(request.undo === undefined ? {} : { undo: request.undo }),
    outcome: outcomeOfSelection(counts),
    ...about,
    exportRuns,
    users,
    groups,
    memberships,
    notes: [...notes, ...((users.created ?? 0) > 0 ? [PASSWORDS] : [])],
  };
  await objects.put(selectionKeys(newUserPoolId, selectionId).report, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
