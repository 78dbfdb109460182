import * as v from 'valibot';
import { storedAccountsShape } from '../plan/accounts-state.ts';
import { restoreFolder, restoreIdOfSelection } from '../plan/plan-model.ts';
import { planningStateShape, targetShape } from '../planning/planning-state.ts';
import { countShape, idShape, onlyRead, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { backupReadShape } from './backup-read.ts';
import { accountLookShape } from './find-accounts.ts';
import { memberLookShape } from './find-members.ts';
import { SELECTION_RESULTS, resultCountsShape } from './report.ts';

const found = {
  reads: v.array(backupReadShape),
  target: targetShape,
  mayCreateUsers: v.boolean(),
};

/** How far the planning of a selection has come: runs are read, accounts and memberships looked for, then it is decided. */
export const selectionPlanningShape = v.variant('step', [
  v.object({
    step: v.literal('read'),
    reads: v.array(backupReadShape),
    /** Of the run in work; absent before its first step. */
    reading: v.exactOptional(planningStateShape),
  }),
  v.object({ step: v.literal('accounts'), ...found, look: accountLookShape }),
  v.object({ step: v.literal('members'), ...found, accounts: textsShape, groups: textsShape, look: memberLookShape }),
  v.object({ step: v.literal('decide'), ...found, accounts: textsShape, look: memberLookShape }),
  v.object({ step: v.literal('done') }),
]);
/** Checkpoint of ScanTable for a selection. */
export type SelectionPlanning = Stored<typeof selectionPlanningShape>;

export const plannedSelectionShape = v.object({
  selectionId: idShape,
  /** The runs that were read. */
  exportRuns: v.array(idShape),
  users: resultCountsShape,
  groups: resultCountsShape,
  memberships: resultCountsShape,
});
/** What is going to become of how many; counts only. */
export type PlannedSelection = Stored<typeof plannedSelectionShape>;

/** Key of PlannedSelection. */
export const plannedKey = (folder: string): string => `${folder}planned.json`;

/** Of one decision, by its number: how it ended where that is not as decided. */
const endShape = v.strictTuple([countShape, v.picklist(SELECTION_RESULTS), v.string()]);

export const selectionWorkShape = v.object({
  /**
   * settle: whose accounts the import jobs made; work: decisions are carried out; look: everything that was written is
   * looked at; again: what seemed wrong once more; link: accounts are linked to identity providers; report; done.
   */
  phase: v.picklist(['settle', 'work', 'look', 'again', 'link', 'report', 'done']),
  startedAt: v.string(),
  /** Decisions that are carried out, from the first on. */
  done: countShape,
  /** Only these, where a selection that ended partial is tried again. */
  only: v.exactOptional(v.array(countShape)),
  ends: v.array(onlyRead(endShape)),
  accounts: storedAccountsShape,
  /** Of the look in work. */
  accountLook: v.exactOptional(onlyRead(accountLookShape)),
  memberLook: v.exactOptional(onlyRead(memberLookShape)),
  /** Objects of accounts that were found when the import jobs had ended. */
  settled: v.exactOptional(textsShape),
  /** Decisions that the last look found otherwise. */
  wrong: v.exactOptional(v.array(countShape)),
  /** The pool takes no sub for a username. */
  subsRefused: v.exactOptional(v.boolean()),
  /** Linked users who are behind. */
  linked: v.exactOptional(countShape),
  /** How it ended, and the execution that asked for it. */
  outcome: v.exactOptional(v.picklist(['complete', 'partial'])),
  endedBy: v.exactOptional(v.string()),
});
/** Checkpoint of UpdateUsers for a selection; changed in place. */
export type SelectionWork = v.InferOutput<typeof selectionWorkShape>;

/** Key of SelectionPlanning of one start. `openedAt`: see OpenedRestore. */
export const selectionPlanningKey = (folder: string, openedAt: string): string =>
  `${folder}planning/${openedAt.replaceAll(/\W/g, '')}.json`;
/** Key of SelectionWork. */
export const selectionWorkKey = (poolId: string, selectionId: string): string =>
  `${restoreFolder(poolId, restoreIdOfSelection(selectionId))}state/selection.json`;
