import { inParts, SUB_MAP_HEADER, subMapLine } from '../plan/csv-rows.ts';
import { tagRestore } from '../plan/closed-objects.ts';
import { closeHead } from '../plan/restore-head.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import { readJson } from '../../state/json-object.ts';
import { completeCreated, lookAgain } from './closing-look.ts';
import type { Wrong } from './closing-look.ts';
import { countsOf } from './counts.ts';
import { lineAbout } from './decisions.ts';
import { isMade } from './decisions.ts';
import type { Decision } from './decisions.ts';
import { linkSelected } from './link-selected.ts';
import { readRequest } from './open-selection.ts';
import { RESULTS_HEADER, resultLine, selectionReportShape } from './report.ts';
import type { SelectionReport } from './report.ts';
import { plannedKey, plannedSelectionShape } from './selection-state.ts';
import { endAs, endedDecisions, endShort, poolSubOf } from './work-run.ts';
import type { WorkRun } from './work-run.ts';
import { writeSelectionReport } from './write-selection-report.ts';

/** Listings lag: what seems wrong is looked at once more after this time. */
const SECOND_LOOK_MS = 60_000;

/**
 * The end of a selection: looks at what was written, once more at what seemed wrong, links the accounts that proved to be
 * the users' own, and reports. Undefined when the
 * invocation should return before.
 */
export async function finishSelection(run: WorkRun, executionArn: string): Promise<SelectionReport | undefined> {
  const { state, progress, deps } = run;
  if (state.phase === 'look') {
    const wrong = await lookAgain(run, run.todo);
    if (wrong === undefined) return undefined;
    await completeCreated(run, wrong);
    state.wrong = wrong.map(({ index }) => index);
    delete state.accountLook;
    delete state.memberLook;
    if (wrong.length > 0) await deps.clock.sleep(SECOND_LOOK_MS);
    state.phase = 'again';
    await progress.save();
  }
  if (state.phase === 'again') {
    const wrong = await lookAgain(run, state.wrong ?? []);
    if (wrong === undefined) return undefined;
    for (const { index, ...about } of wrong) endOtherwise(run, index, about);
    state.phase = 'link';
    await progress.save();
  }
  if (state.phase === 'link') {
    if ((await linkSelected(run)) === 'sliceOver') return undefined;
    state.phase = 'report';
    await progress.save();
  }
  const report = await writeReport(run);
  Object.assign(state, { phase: 'done', outcome: report.outcome, endedBy: executionArn });
  await progress.save();
  await closeSelection(run, report.outcome);
  return report;
}

/** Of what two looks, a minute apart, did not show as it was written. */
function endOtherwise(run: WorkRun, index: number, { what, changed }: Omit<Wrong, 'index'>): void {
  const decision = run.decisions[index] as Decision;
  if (decision.kind !== 'membership')
    return endShort(run, index, decision, { refused: what === '' ? [] : [what], changed });
  if (what === '') endAs(run, index, 'changedSince', 'changed since and left');
  else endAs(run, index, 'failed', what);
}

/** Closes the selection; done again by a retried invocation. Nothing is saved after the tags, which a save would take off. */
export async function closeSelection(
  { deps, plan }: Pick<WorkRun, 'deps' | 'plan'>,
  outcome: SelectionReport['outcome'],
): Promise<void> {
  await closeHead(deps.objects, deps.clock, plan, outcome);
  if (outcome === 'complete') await tagRestore(deps, plan);
}

/** The report of a selection that has ended. */
export const readSelectionReport = ({
  deps: { objects },
  plan,
  selectionId,
}: Pick<WorkRun, 'deps' | 'plan' | 'selectionId'>): Promise<SelectionReport> =>
  readJson(objects, selectionKeys(plan.newUserPoolId, selectionId).report, selectionReportShape);

async function writeReport(run: WorkRun): Promise<SelectionReport> {
  const { plan, deps, selectionId, state, undo } = run;
  const { newUserPoolId, restoreId } = plan;
  const keys = selectionKeys(newUserPoolId, selectionId);
  const ended = endedDecisions(run);
  await undo.save();
  await deps.objects.write(keys.results, inParts(resultLines(run, ended)));
  await deps.objects.write(keys.subMap, inParts(subMapLines(run)));
  const planned = await readJson(
    deps.objects,
    plannedKey(restoreFolder(newUserPoolId, restoreId)),
    plannedSelectionShape,
  );
  return writeSelectionReport(deps.objects, {
    newUserPoolId,
    request: await readRequest(deps.objects, newUserPoolId, selectionId),
    dryRun: false,
    startedAt: state.startedAt,
    endedAt: new Date(deps.clock.now()).toISOString(),
    planned,
    counts: countsOf(ended),
    notes: plan.notes,
  });
}

async function* resultLines(run: WorkRun, ended: readonly Decision[]): AsyncGenerator<string, void, undefined> {
  yield await Promise.resolve(RESULTS_HEADER);
  for (const decision of ended)
    yield resultLine({
      ...lineAbout(decision),
      what: decision.what,
      poolSub: poolSubOf(run, decision) ?? '',
    });
}

/** Who was created, as of a whole restore. */
async function* subMapLines({ decisions, accounts }: WorkRun): AsyncGenerator<string, void, undefined> {
  yield await Promise.resolve(SUB_MAP_HEADER);
  for (const decision of decisions) {
    if (decision.kind !== 'user' || !isMade(decision)) continue;
    const newSub = accounts.newSubOf(decision.sub);
    if (newSub !== undefined) yield subMapLine(decision.sub, newSub);
  }
}
