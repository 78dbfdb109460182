import { counted } from '../../counted.ts';
import { workSlice } from '../../state/slice.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { Progress } from '../../state/progress.ts';
import type { WorkFigures, WorkPhase } from '../../state/work-figures.ts';
import { noAccounts } from '../plan/accounts-state.ts';
import { peekJobs } from '../plan/jobs-state.ts';
import { importedBy } from '../plan/restore-figures.ts';
import { takeAllMessages } from '../plan/messages.ts';
import { readPlan, restoreFolder } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import { claimRestore } from '../plan/progress.ts';
import { isPlanned } from '../plan/restore-head.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import type { UpdateUsersDeps } from '../updates/deps.ts';
import { goOnAfter } from '../updates/turn.ts';
import type { UpdateTurn } from '../updates/turn.ts';
import { carryOut } from './carry-out.ts';
import { missing } from './counts.ts';
import { decisionShape, isWork, rowOf } from './decisions.ts';
import type { Decision } from './decisions.ts';
import { closeSelection, finishSelection, readSelectionReport } from './finish-selection.ts';
import { findImported } from './find-imported.ts';
import type { SelectionReport } from './report.ts';
import { decisionsKey } from './seal-selection.ts';
import { selectionWorkKey, selectionWorkShape } from './selection-state.ts';
import type { SelectionWork } from './selection-state.ts';
import { UndoFile } from './undo-file.ts';
import { beginWork, endedDecisions, undoPlace } from './work-run.ts';

/** The selection that CheckNewUserPool opened, and what its report names. */
export interface UpdateSelectionInput {
  readonly newUserPoolId: string;
  readonly restoreId: string;
  readonly executionArn: string;
  readonly mayCreateUsers: boolean;
  readonly bucket: string;
}

/** What the message and the execution's output say of a selection that has ended: counts and object keys. */
export interface SelectionOutcome {
  readonly outcome: SelectionReport['outcome'];
  readonly selection: Pick<SelectionReport, 'selectionId' | 'exportRuns' | 'users' | 'groups' | 'memberships' | 'undo'>;
  readonly report: { readonly bucket: string; readonly keys: readonly string[] };
  /** One line: counts and where the report is. */
  readonly summary: string;
}

/** What the state machine sees of a selection. */
export type UpdateSelectionResult = UpdateTurn<SelectionWork['phase'], SelectionOutcome>;

/**
 * Carries a selection out once its import jobs, if it has any, have ended; then looks at what was written, and reports. One
 * that ended partial tries once more what Cognito refused.
 */
export async function updateSelection(
  input: UpdateSelectionInput,
  selectionId: string,
  deps: UpdateUsersDeps,
): Promise<UpdateSelectionResult> {
  const { newUserPoolId, restoreId, executionArn } = input;
  const sliceOver = workSlice(deps.clock, deps.timeLeft);
  const plan = { ...(await readPlan(deps.objects, newUserPoolId, restoreId)), mayCreateUsers: input.mayCreateUsers };
  const jobs = await peekJobs(deps.objects, newUserPoolId, restoreId);
  if (jobs.chunk < plan.chunks.length) return goOnAfter(Math.ceil((jobs.dueAt - deps.clock.now()) / 1_000), 'settle');
  const decisions: Decision[] = [];
  const key = decisionsKey(restoreFolder(newUserPoolId, restoreId));
  for await (const decision of readNdjson(deps.objects, key, decisionShape)) decisions.push(decision);
  const progress = await claimRestore<SelectionWork>(
    deps,
    { newUserPoolId, restoreId, since: Date.parse(plan.plannedAt) },
    {
      key: selectionWorkKey(newUserPoolId, selectionId),
      shape: selectionWorkShape,
      initial: () => firstWork(plan),
      figures: (state) => figuresOf(state, { all: decisions.length, imported: importedBy(jobs) }),
    },
  );
  if (progress.state.startedAt !== plan.plannedAt && (await isPlanned(deps.objects, plan))) {
    // Until the first write every start decides anew: what was noted of earlier decisions is not about these.
    await UndoFile.empty(deps.objects, undoPlace(plan, selectionId));
    await progress.moveTo(firstWork(plan));
  }
  const { state } = progress;
  if (state.phase === 'done' && state.outcome !== undefined) {
    if (state.endedBy === executionArn || state.outcome === 'complete') {
      await closeSelection({ deps, plan }, state.outcome);
      return ended(await readSelectionReport({ deps, plan, selectionId }), input);
    }
    await tryAgain(progress, decisions);
  }
  if (state.phase === 'settle' && !(await findImported({ plan, progress, deps, decisions, sliceOver })))
    return goOnAfter(0, 'settle');
  const run = await beginWork({ plan, selectionId, decisions, deps, progress, sliceOver }, jobs);
  return progress.gather([run.accounts], async () => {
    if (state.phase === 'work') {
      const end = await carryOut(run);
      await progress.save();
      if (end === 'sliceOver') return goOnAfter(0, state.phase);
      await takeAllMessages(deps.updates);
      state.phase = 'look';
      await progress.save();
    }
    const report = await finishSelection(run, executionArn);
    return report === undefined ? goOnAfter(0, state.phase) : ended(report, input);
  });
}

const firstWork = ({ chunks, plannedAt }: RestorePlan): SelectionWork => ({
  phase: chunks.length > 0 ? 'settle' : 'work',
  startedAt: plannedAt,
  done: 0,
  ends: [],
  accounts: noAccounts(),
});

/** What was refused is tried once more; what was decided stays decided. */
async function tryAgain(progress: Progress<SelectionWork>, decisions: readonly Decision[]): Promise<void> {
  const { state } = progress;
  const failed = endedDecisions({ decisions, state }).flatMap((decision, index) =>
    decision.result === 'failed' && isWork(decisions[index] as Decision) ? [index] : [],
  );
  const again = new Set(failed);
  // Who came by an import job may have been deleted since.
  const byJob = failed.some((index) => rowOf(decisions[index] as Decision) !== undefined);
  Object.assign(state, {
    phase: byJob ? 'settle' : 'work',
    done: 0,
    only: failed,
    ends: state.ends.filter(([index]) => !again.has(index)),
  });
  delete state.outcome;
  delete state.endedBy;
  delete state.accountLook;
  delete state.memberLook;
  delete state.wrong;
  delete state.linked;
  await progress.save();
}

const PHASES = {
  settle: 'comparing the pool',
  work: 'restoring',
  look: 'comparing the pool',
  again: 'comparing once more',
  link: 'restoring',
  report: 'writing the report',
  done: 'done',
} as const satisfies Readonly<Record<SelectionWork['phase'], WorkPhase>>;

/**
 * Users, groups and memberships together: they go one after the other. `imported`: how many of them import jobs have
 * brought before that, and stay done until the work has come past them.
 */
function figuresOf(
  { phase, done, only }: SelectionWork,
  { all, imported }: { readonly all: number; readonly imported: number },
): WorkFigures {
  const of = only?.length ?? all;
  const before = only === undefined ? imported : 0;
  const worked = phase === 'settle' ? before : phase === 'work' ? Math.min(Math.max(done, before), of) : of;
  return { phase: PHASES[phase], users: { done: worked, of }, callsLeft: phase === 'done' ? 0 : 'unknown' };
}

function ended(report: SelectionReport, { newUserPoolId, bucket }: UpdateSelectionInput): UpdateSelectionResult {
  const { selectionId, exportRuns, users, groups, memberships, undo, outcome } = report;
  const keys = selectionKeys(newUserPoolId, selectionId);
  const lost = missing(report);
  return {
    done: true,
    idle: false,
    waitSeconds: 0,
    outcome,
    selection: { selectionId, exportRuns, users, groups, memberships, ...(undo === undefined ? {} : { undo }) },
    report: { bucket, keys: [keys.report, keys.results, keys.undo, keys.subMap] },
    summary: `${counted(users.created ?? 0, 'user')} created, ${counted(users.updated ?? 0, 'user')} updated, ${counted(users.undone ?? 0, 'user')} put back${
      lost === 0 ? '' : `; ${lost} of the users, groups and memberships that were asked for are missing`
    }. ${keys.results} in the bucket ${bucket} says what became of each.${
      lost === 0
        ? ''
        : ' Starting again with the same input tries once more what Cognito refused; collisions and what the backup does not hold need another request.'
    }`,
  };
}
