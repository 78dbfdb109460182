import * as v from 'valibot';
import { countShape, onlyRead, textsShape } from '../../state/shape.ts';
import { noAccounts, storedAccountsShape } from './accounts-state.ts';
import { checkStateShape } from './check-state.ts';
import { identityStateShape } from './identity-state.ts';
import { restoreOutcomeShape } from './outcome.ts';
import { restoreFolder } from './plan-model.ts';

/** How far one of the two sequences of batches has come: everything before it is done. */
const laneShape = v.object({
  /** Batches done. */
  batch: countShape,
  /** Operations of the next batch that are done, from its beginning. */
  op: countShape,
});

const groupRefusalShape = v.object({ group: countShape, reason: v.string() });

const updateCountsShape = v.object({
  groupsCreated: countShape,
  usersCreated: countShape,
  disabled: countShape,
  memberships: countShape,
  attributes: countShape,
  refused: countShape,
  /** Of what had been done by name to accounts of somebody else. */
  takenBack: v.exactOptional(countShape),
});
/** What was written; a crash may count the work of its last seconds twice. */
export type UpdateCounts = v.InferOutput<typeof updateCountsShape>;

export const updatesStateShape = v.object({
  /**
   * updates: batches; check: list and compare; look: once more at what seems undone; repair: what differs; recheck: compare
   * what was repaired; lastLook: as look; identities: links and users of identity providers; report; done.
   */
  phase: v.picklist(['updates', 'check', 'look', 'repair', 'recheck', 'lastLook', 'identities', 'report', 'done']),
  /** Batches of finished chunks, and batches that wait for no chunk. */
  chunks: laneShape,
  once: laneShape,
  /** Bitmap of plan groups that exist, base64. */
  groups: v.string(),
  /** Plan groups of which Cognito refused the last write: their indexes, and its exception names. */
  groupsRefused: v.exactOptional(v.array(groupRefusalShape)),
  /** Subs of users whose name somebody else has in the new pool: nothing of theirs is ever written. */
  collisions: textsShape,
  /** Subs of users who could not be created: their updates are left out. */
  refused: textsShape,
  /** Subs of users who were not created because the pool's triggers would have seen it: a later start may create them. */
  heldBack: v.exactOptional(textsShape),
  counts: updateCountsShape,
  /** Present from the first comparison on. */
  check: v.exactOptional(checkStateShape),
  /** See Accounts; absent in states of version 2.0.0, which recorded no subs. */
  accounts: v.exactOptional(storedAccountsShape),
  /** Finished chunks whose accounts are on record. */
  chunksRecorded: v.exactOptional(countShape),
  /** The pool takes no `sub` in the place of a username: writes name users by their sign-in name. */
  subsRefused: v.exactOptional(v.boolean()),
  /** Present once the work on identity providers has begun. */
  identities: v.exactOptional(identityStateShape),
  /** Executions that ended partial and were followed by another one. */
  retries: countShape,
  /** Present in phase done. */
  outcome: v.exactOptional(onlyRead(restoreOutcomeShape)),
  /** The execution that ended the restore: the same one asking again gets the same answer, another one a retry. */
  endedBy: v.exactOptional(v.string()),
});
/** Progress of UpdateUsers, changed in place; see Progress. */
export type UpdatesState = v.InferOutput<typeof updatesStateShape>;

/** No batch was worked on yet. */
export const initialUpdatesState = (): UpdatesState => ({
  phase: 'updates',
  chunks: { batch: 0, op: 0 },
  once: { batch: 0, op: 0 },
  groups: '',
  collisions: [],
  refused: [],
  accounts: noAccounts(),
  counts: { groupsCreated: 0, usersCreated: 0, disabled: 0, memberships: 0, attributes: 0, refused: 0 },
  retries: 0,
});

/** The journal of what the repair creates, until the restore ends: what a repair that has ended did is in the state. */
export const repairJournal = ({ retries }: Pick<UpdatesState, 'retries'>) =>
  ({ name: `repair-${retries}`, namesUsers: true }) as const;

/** Key of the checkpoint of UpdateUsers. */
export const updatesStateKey = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}state/update-users.json`;
