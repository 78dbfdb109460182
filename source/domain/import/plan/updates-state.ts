import type { CheckState } from './check-state.ts';
import { restoreFolder } from './plan-model.ts';
import type { RestoreOutcome } from './outcome.ts';

/** How far one of the two sequences of batches has come: everything before it is done. */
export interface LaneProgress {
  /** Batches done. */
  batch: number;
  /** Operations of the next batch that are done, from its beginning. */
  op: number;
}

/** updates: batches; check: list and compare; repair: put right what differs; recheck: compare what was repaired; report; done. */
export type UpdatesPhase = 'updates' | 'check' | 'repair' | 'recheck' | 'report' | 'done';

/** Progress of UpdateUsers; one object, see Progress. */
export interface UpdatesState {
  phase: UpdatesPhase;
  /** Batches of finished chunks, and batches that wait for no chunk. */
  readonly chunks: LaneProgress;
  readonly once: LaneProgress;
  /** Bitmap of plan groups that exist, base64. */
  groups: string;
  /** Subs of users whose name somebody else has in the new pool: nothing of theirs is ever written. */
  collisions: string[];
  /** Subs of users who could not be created: their updates are left out. */
  refused: string[];
  readonly counts: UpdateCounts;
  /** Present from the first comparison on. */
  check?: CheckState;
  /** Executions that ended partial and were followed by another one. */
  retries: number;
  /** Present in phase done. */
  outcome?: RestoreOutcome;
  /** The execution that ended the restore: the same one asking again gets the same answer, another one a retry. */
  endedBy?: string;
}

/** What was written; a crash may count the work of its last seconds twice. */
export interface UpdateCounts {
  groupsCreated: number;
  usersCreated: number;
  disabled: number;
  memberships: number;
  attributes: number;
  refused: number;
}
export const initialUpdatesState = (): UpdatesState => ({
  phase: 'updates',
  chunks: { batch: 0, op: 0 },
  once: { batch: 0, op: 0 },
  groups: '',
  collisions: [],
  refused: [],
  counts: { groupsCreated: 0, usersCreated: 0, disabled: 0, memberships: 0, attributes: 0, refused: 0 },
  retries: 0,
});

export const updatesStateKey = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}state/update-users.json`;
