import * as v from 'valibot';
import { number } from '../../counted.ts';
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
  v.check(
    ({ users, groups }) => users.length + groups.length <= MOST_SELECTED,
    `of users and groups it names more than ${number(MOST_SELECTED)}, which is the most at once`,
  ),
  v.check(
    ({ users, groups, undo }) => undo !== undefined || users.length + groups.length > 0,
    'it names no user, no group and no selection to undo',
  ),
  v.check(
    ({ users, groups, undo }) => undo === undefined || users.length + groups.length === 0,
    'it asks for an undo, and names users or groups as well: those are two requests',
  ),
);
/** `request.json`: what is restored into a living pool. Personal data, hence an object and no input. */
export type SelectionRequest = Stored<typeof selectionRequestShape>;

const MEMBERS: Readonly<Record<string, string>> = {
  users: 'a list of {"sub": "..."} or {"name": "..."}, each with "run": "<id of a run>" or without',
  groups: 'a list of {"name": "..."}, each with "run": "<id of a run>" or without',
  existing: '"skip", "update" or "fail"',
  confirmed: 'a list of texts',
  undo: 'the id of a selection',
};

/** What is wrong with a request, everything at once, in words and without anything that it names; undefined when nothing is. */
export function requestProblem(request: unknown): string | undefined {
  if (Array.isArray(request)) return 'it is no object';
  const { issues } = v.safeParse(selectionRequestShape, request);
  if (issues === undefined) return undefined;
  const problems = new Set<string>();
  /** By member: numbers of its items, from 1 on. */
  const items = new Map<string, Set<number>>();
  for (const { path = [], message } of issues) {
    const [member, item] = path.map(({ key }) => key);
    if (member === undefined) problems.add(isObject(request) ? message : 'it is no object');
    else if (typeof member !== 'string' || !Object.hasOwn(MEMBERS, member))
      problems.add(`it has a member that no request has; there are ${Object.keys(MEMBERS).join(', ')}`);
    else if (typeof item === 'number') items.set(member, (items.get(member) ?? new Set()).add(item + 1));
    else problems.add(`${member} must be ${MEMBERS[member]}`);
  }
  for (const [member, [first, ...others]] of items)
    problems.add(
      `${member} must be ${MEMBERS[member]}; number ${first}${others.length === 0 ? '' : ` and ${number(others.length)} more`} is something else`,
    );
  return [...problems].join('; ');
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
