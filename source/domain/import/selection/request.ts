import * as v from 'valibot';
import { subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { isSelectionId } from '../plan/selection-keys.ts';

/** So many users and groups one request may name; more is a whole restore, into an empty pool. */
export const MOST_SELECTED = 50_000;

const idShape = v.pipe(v.string(), v.check(isSelectionId, 'not an id'));
const nameShape = v.pipe(v.string(), v.minLength(1));
/** Restored from this sealed run instead of the one that the input names, or the sealed backup. */
const run = v.exactOptional(idShape);

const selectedUserShape = v.union([
  /** By the `sub` in the backup. */
  v.strictObject({ sub: subShape, run }),
  /** By the sign-in name in the backup, or the `sub` of a user where nobody has that name. */
  v.strictObject({ name: nameShape, run }),
]);
/** One user who is asked for. */
export type SelectedUser = Stored<typeof selectedUserShape>;

const selectedGroupShape = v.strictObject({ name: nameShape, run });
/** One group that is asked for, with its members as far as they are in the pool. */
export type SelectedGroup = Stored<typeof selectedGroupShape>;

const existingShape = v.picklist([
  /** Users and groups that the pool has are left as they are. */
  'skip',
  /** They get the values of the backup; nothing is taken from them. */
  'update',
  /** Nothing is written when the pool has one of them. */
  'fail',
]);
/** What is done about what the pool has already. */
export type Existing = v.InferOutput<typeof existingShape>;

export const selectionRequestShape = v.pipe(
  v.strictObject({
    users: v.array(selectedUserShape),
    groups: v.array(selectedGroupShape),
    existing: existingShape,
    /**
     * `sub` in the backup of users whose sign-in name another account of the pool has, and of whom somebody said, singly,
     * that the account is theirs.
     */
    confirmed: v.exactOptional(v.array(subShape)),
    /** Puts back what this selection overwrote; then no users and groups are named. */
    undo: v.exactOptional(idShape),
  }),
  v.check(({ users, groups }) => users.length + groups.length <= MOST_SELECTED, 'too many'),
  v.check(({ users, groups, undo }) => (undo === undefined) === users.length + groups.length > 0, 'nothing, or both'),
);
/** `request.json`: what is restored into a living pool. Personal data, hence an object and no input. */
export type SelectionRequest = Stored<typeof selectionRequestShape>;
