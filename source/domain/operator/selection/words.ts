import type { SelectionResult } from '../../import/selection/report.ts';

/** What a result means, before it is written and afterwards. */
const RESULT_WORDS: Readonly<Record<SelectionResult, { readonly planned: string; readonly done: string }>> = {
  created: { planned: 'will be created', done: 'created' },
  updated: { planned: 'will be overwritten', done: 'overwritten' },
  unchanged: { planned: 'has what the backup holds', done: 'had what the backup holds' },
  skipped: { planned: 'stays as it is', done: 'left as it was' },
  // Which account it is that has the name, is said beside it.
  collision: { planned: 'will not be restored', done: 'not restored' },
  notInBackup: { planned: 'is not in this export', done: 'not restored: not in this export' },
  gone: { planned: 'is gone from the pool, and not asked for', done: 'gone from the pool, and not asked for' },
  undone: { planned: 'will be put back', done: 'put back' },
  changedSince: { planned: 'was changed since, and stays', done: 'changed since, and left' },
  failed: { planned: 'cannot be restored', done: 'failed' },
};

/** Of a membership. */
const MEMBERSHIP_WORDS: Partial<typeof RESULT_WORDS> = {
  created: { planned: 'will be added', done: 'added' },
  updated: { planned: 'will be added', done: 'added' },
  unchanged: { planned: 'is there', done: 'was there' },
  gone: { planned: 'will not be added', done: 'not added' },
  undone: { planned: 'will be taken away again', done: 'taken away again' },
};

/** The words for a result of a user or group, or of a membership. */
export const wordsFor = (
  result: SelectionResult,
  kind: 'user' | 'group' | 'membership',
): (typeof RESULT_WORDS)[SelectionResult] =>
  (kind === 'membership' ? MEMBERSHIP_WORDS[result] : undefined) ?? RESULT_WORDS[result];
