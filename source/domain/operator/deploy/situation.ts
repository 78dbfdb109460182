/** What can be done with a stack in the state that it is in. */
export type Situation =
  /** There is none of this name. */
  | 'absent'
  /** Only a change set was made for it: nothing exists yet. */
  | 'proposed'
  /** CloudFormation is at work on it. */
  | 'busy'
  /** It takes an update. */
  | 'ready'
  /** A launch that came to nothing: it keeps its name until it is deleted. */
  | 'failedLaunch'
  /** A deletion that stopped half-way: deleting it again goes on. */
  | 'failedDeletion'
  /** The rollback of an update failed: CloudFormation takes nothing but a continued rollback. */
  | 'failedRollback';

const FAILED_LAUNCHES = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/** By the status that CloudFormation gives; undefined where it knows no such stack. */
export function situationOf(status: string | undefined): Situation {
  if (status === undefined || status === 'DELETE_COMPLETE') return 'absent';
  if (status === 'REVIEW_IN_PROGRESS') return 'proposed';
  if (status.endsWith('_IN_PROGRESS')) return 'busy';
  if (FAILED_LAUNCHES.includes(status)) return 'failedLaunch';
  if (status === 'DELETE_FAILED') return 'failedDeletion';
  if (status === 'UPDATE_ROLLBACK_FAILED') return 'failedRollback';
  return 'ready';
}
