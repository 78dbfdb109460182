import * as v from 'valibot';
import { reportLine } from '../../report-line.ts';
import { countShape, idShape, textsShape, timeShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

/** What became of one user, group or membership; a dry run tells what would become of it. */
export const SELECTION_RESULTS = [
  /** It was gone from the pool and is there again. */
  'created',
  /** The pool had it; values of the backup were set, memberships added. */
  'updated',
  /** The pool had all that the backup holds; what it has beyond that stays. */
  'unchanged',
  /** The pool had it, and it was left as it is: `existing` is `skip`, or a rule leaves it out. */
  'skipped',
  /** Somebody else has the sign-in name. */
  'collision',
  /** The run that was asked does not hold it. */
  'notInBackup',
  /** A membership whose member or group is not in the pool, and was not asked for. */
  'gone',
  /** Of an undo: the old value stands again. */
  'undone',
  /** Somebody changed something of it since it was written, by this selection or the one that is undone, so that was left. */
  'changedSince',
  /** Cognito refused it, or the look at the end found something else. */
  'failed',
] as const;
/** One of SELECTION_RESULTS. */
export type SelectionResult = (typeof SELECTION_RESULTS)[number];

/** Why a membership is `gone` whose group the pool lacks; of a user who was asked for no group is made. */
export const GROUP_LACKING = 'the group is not in the pool: ask for it as well';

/** The results with which a selection is not complete: something that was asked for is missing. */
export const MISSING_RESULTS: readonly SelectionResult[] = ['collision', 'notInBackup', 'failed'];

export const resultCountsShape = v.record(v.picklist(SELECTION_RESULTS), countShape);
/** How many had which result; every result is there. */
export type ResultCounts = Stored<typeof resultCountsShape>;

export const selectionReportShape = v.object({
  selectionId: idShape,
  newUserPoolId: v.string(),
  existing: v.picklist(['skip', 'update', 'fail']),
  /** The selection that was undone. */
  undo: v.exactOptional(idShape),
  dryRun: v.boolean(),
  /** `partial`: something that was asked for is missing; results.csv says what. */
  outcome: v.picklist(['complete', 'partial']),
  startedAt: timeShape,
  endedAt: timeShape,
  /** The runs that were read. */
  exportRuns: v.array(idShape),
  users: resultCountsShape,
  groups: resultCountsShape,
  memberships: resultCountsShape,
  /** One sentence each, without personal data. */
  notes: textsShape,
});
/** `report.json` of a selection: counts only, written last. */
export type SelectionReport = Stored<typeof selectionReportShape>;

/** One line of results.csv: about a user, a group (`group` without `sub`), or a membership (both). */
export interface ResultRow {
  /** In the backup. */
  readonly sub: string;
  readonly name: string;
  readonly group: string;
  readonly result: SelectionResult;
  /** In words. */
  readonly what: string;
  /** The run that it was read from. */
  readonly run: string;
  /** Of the account in the pool, where there is one. */
  readonly poolSub: string;
}

export const RESULTS_HEADER = 'sub,sign_in_name,group,result,what,run,pool_sub\n';
/** The row as a line of results.csv, line end included. */
export const resultLine = ({ sub, name, group, result, what, run, poolSub }: ResultRow): string =>
  reportLine([sub, name, group, result, what, run, poolSub]);

/** One line of a selection's differences.csv: one value that the pool and the backup do not have alike. */
export interface SelectionDifference {
  readonly sub: string;
  readonly name: string;
  readonly group: string;
  /** What is going to become of the user, group or membership. */
  readonly result: SelectionResult;
  /** An attribute, `enabled`, `status`, `created`, `membership`, `description`, `precedence`; empty where nothing differs. */
  readonly field: string;
  readonly inPool: string;
  readonly inBackup: string;
  readonly run: string;
  readonly poolSub: string;
  /** Of the user, group or membership, in words: why not, or with what missing. */
  readonly what: string;
}

export const SELECTION_DIFFERENCES_HEADER = 'sub,sign_in_name,group,result,field,in_pool,in_backup,run,pool_sub,what\n';
/** The difference as a line of differences.csv, line end included. */
export const selectionDifferenceLine = (row: SelectionDifference): string =>
  reportLine([
    row.sub,
    row.name,
    row.group,
    row.result,
    row.field,
    row.inPool,
    row.inBackup,
    row.run,
    row.poolSub,
    row.what,
  ]);
