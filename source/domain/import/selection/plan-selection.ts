import { Halt } from '../../errors.ts';
import { readJson } from '../../state/json-object.ts';
import { workSlice } from '../../state/slice.ts';
import { tagRestore } from '../plan/closed-objects.ts';
import { claimRestore } from '../plan/progress.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import type { ScanTableDeps, ScanTableInput } from '../planning/planning-run.ts';
import { folderOf } from '../planning/planning-run.ts';
import type { RestoreHead } from '../plan/restore-head.ts';
import { decideStep } from './decide-step.ts';
import { readRequest } from './open-selection.ts';
import { accountsStep, membersStep, readStep } from './look-steps.ts';
import type { SelectionRun } from './selection-run.ts';
import { plannedKey, plannedSelectionShape, selectionPlanningKey, selectionPlanningShape } from './selection-state.ts';
import type { PlannedSelection, SelectionPlanning } from './selection-state.ts';
import { readUndo } from './undo-file.ts';
import type { UndoEntry } from './undo-file.ts';

/** What the state machine sees of a selection that is planned: counts and object keys. */
export type PlanSelectionResult =
  | { readonly done: false; readonly dryRun: boolean; readonly step: SelectionPlanning['step'] }
  | {
      readonly done: true;
      readonly dryRun: boolean;
      readonly selection: PlannedSelection;
      /** Keys of what was written. */
      readonly reportKeys: readonly string[];
    };

/**
 * Reads what a selection asks for, finds out whose accounts the pool has, and decides about everything, slice by slice
 * until `done`. Writes differences.csv, and nothing to the pool. One that has begun to write keeps its decisions. Halts:
 * those of a restore that is planned, InvalidInput, and SelectionRefused where `existing` is `fail` and the pool has one.
 */
export async function planSelection(
  input: ScanTableInput & { readonly phase: RestoreHead['phase'] },
  selectionId: string,
  deps: ScanTableDeps,
): Promise<PlanSelectionResult> {
  const { dryRun, newUserPoolId } = input.options;
  const folder = folderOf(input);
  if (input.phase === 'planning') {
    const step = await planAnew(input, selectionId, deps);
    if (step !== 'done') return { done: false, dryRun, step };
  }
  const { differences, report } = selectionKeys(newUserPoolId, selectionId);
  return {
    done: true,
    dryRun,
    selection: await readJson(deps.objects, plannedKey(folder), plannedSelectionShape),
    reportKeys: [differences, ...(dryRun ? [report] : [])],
  };
}

/** Until the first write every start looks at everything anew. */
async function planAnew(
  input: ScanTableInput,
  selectionId: string,
  deps: ScanTableDeps,
): Promise<SelectionPlanning['step']> {
  const { newUserPoolId } = input.options;
  const request = await readRequest(deps.objects, newUserPoolId, selectionId);
  const run: SelectionRun = {
    input,
    deps,
    selectionId,
    request,
    undo: await undoAsked(deps.objects, newUserPoolId, request.undo),
    stop: workSlice(deps.clock, deps.timeLeft),
  };
  const progress = await claimRestore<SelectionPlanning>(
    deps,
    { newUserPoolId, restoreId: input.restoreId, since: deps.clock.now() },
    {
      key: selectionPlanningKey(folderOf(input), input.openedAt ?? ''),
      shape: selectionPlanningShape,
      initial: () => ({ step: 'read', reads: [] }),
      figures: () => ({ phase: 'planning', callsLeft: 'unknown' }),
    },
  );
  for (;;) {
    const { state } = progress;
    if (state.step === 'done') break;
    if (run.stop()) return state.step;
    await progress.moveTo(await nextState(state, run));
    deps.log.info('Planning of a selection goes on', { step: progress.state.step });
  }
  if (input.options.dryRun) await tagRestore(deps, { newUserPoolId, restoreId: input.restoreId });
  return 'done';
}

function nextState(
  state: Exclude<SelectionPlanning, { readonly step: 'done' }>,
  run: SelectionRun,
): Promise<SelectionPlanning> {
  switch (state.step) {
    case 'read':
      return readStep(state, run);
    case 'accounts':
      return accountsStep(state, run);
    case 'members':
      return membersStep(state, run);
    case 'decide':
      return decideStep(state, run);
  }
}

/** What an undo puts back. Halt InvalidInput where the selection that it names has left no undo file. */
async function undoAsked(
  objects: ScanTableDeps['objects'],
  newUserPoolId: string,
  selectionId: string | undefined,
): Promise<readonly UndoEntry[] | undefined> {
  if (selectionId === undefined) return undefined;
  const key = selectionKeys(newUserPoolId, selectionId).undo;
  const entries = await readUndo(objects, key);
  if (entries === undefined)
    throw new Halt(
      'InvalidInput',
      `The request asks to undo the selection ${selectionId}, and the mapping-file bucket of this Region has no ${key}: that selection has written nothing, was one for another pool or Region, or has expired (ReportRetentionDays). Nothing was written to the pool. Give the id of another selection and start again.`,
    );
  return entries;
}
