import type { PoolSnapshot, SnapshotUser } from '../../demo/compare/read-pool.ts';
import type { Accident } from './accident.ts';
import { groupsWith, PoolModel } from './pool-model.ts';

/** Who and what a selection restores, by sign-in name. */
export interface AskedThings {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Of those whose name somebody took: said to be the user's own account. */
  readonly confirmed: readonly string[];
  /** Of those whose name somebody took: nobody said so. */
  readonly collisions: readonly string[];
}

/** Of each kind of damage one is not asked for. `odd`: also for a user whose name somebody else has. */
export function askedOf(accident: Accident, odd: boolean): AskedThings {
  const { deleted, spoiled, switched, left, takenOver, deletedGroups, spoiledGroups, whole } = accident;
  const but1 = <T>(values: readonly T[]): readonly T[] => values.slice(0, Math.max(1, values.length - 1));
  const confirmed = takenOver.slice(0, 1);
  const collisions = odd ? takenOver.slice(1) : [];
  return {
    users: [
      ...but1(deleted),
      ...but1(spoiled),
      ...but1(switched),
      ...but1(left).map(({ name }) => name),
      ...confirmed,
      ...collisions,
      ...whole.slice(0, 1),
    ],
    groups: [...but1(deletedGroups), ...but1(spoiledGroups)],
    confirmed,
    collisions,
  };
}

/** What a selection begins and ends with. */
export interface SelectionState {
  /** The pool that was backed up. */
  readonly source: PoolSnapshot;
  /** The pool after the accident. */
  readonly before: PoolSnapshot;
  readonly asked: AskedThings;
}

/** True for whoever was gone and is asked for. */
export const isCreated = ({ before, asked }: SelectionState, name: string): boolean =>
  asked.users.includes(name) && !before.users.has(name);

/** Whether the user of the backup is, or will be, in the pool under the name: not somebody else. */
const isTheirs = (state: SelectionState, name: string): boolean =>
  state.before.users.get(name)?.sub === state.source.users.get(name)?.sub ||
  isCreated(state, name) ||
  state.asked.confirmed.includes(name);

/** The pool after a selection with `update`: what was asked for is as in the backup, nothing is taken away. */
export function afterSelection(state: SelectionState): PoolModel {
  const { source, before, asked } = state;
  const model = new PoolModel(before);
  const written = asked.users.filter((name) => !asked.collisions.includes(name));
  for (const name of written) {
    const wanted = source.users.get(name) as SnapshotUser;
    const there = before.users.get(name);
    if (there === undefined) model.users.set(name, wanted);
    else
      model.change(name, {
        enabled: wanted.enabled,
        attributes: new Map([...there.attributes, ...wanted.attributes]),
      });
  }
  for (const name of asked.groups) {
    const wanted = source.groups.get(name);
    const there = before.groups.get(name);
    model.setGroup(name, {
      description: wanted?.description ?? there?.description,
      precedence: wanted?.precedence ?? there?.precedence,
    });
    for (const member of wanted?.members ?? []) if (isTheirs(state, member)) model.join(member, name);
  }
  for (const name of written) for (const group of groupsWith(source, name)) model.join(name, group);
  return model;
}

/**
 * The pool after the undo: whatever the selection wrote to accounts and groups that were there is as before, unless somebody
 * changed it since; what it made stays. `now`: the pool before the undo, `after` as the selection left it.
 */
export function afterUndo(state: SelectionState, after: PoolSnapshot, now: PoolSnapshot): PoolModel {
  const { before, asked } = state;
  const model = new PoolModel(now);
  for (const name of asked.users) {
    const [had, got, has] = [before, after, now].map(({ users }) => users.get(name));
    if (had === undefined || got === undefined || has === undefined) continue;
    for (const attribute of new Set([...had.attributes.keys(), ...got.attributes.keys()])) {
      const [old, set] = [had.attributes.get(attribute), got.attributes.get(attribute)];
      if (old !== set && has.attributes.get(attribute) === set) model.setAttribute(name, attribute, old);
    }
    if (had.enabled !== got.enabled && has.enabled === got.enabled) model.change(name, { enabled: had.enabled });
  }
  for (const [group, { members, description, precedence }] of after.groups) {
    const had = before.groups.get(group);
    if (had !== undefined && (had.description !== description || had.precedence !== precedence))
      model.setGroup(group, had);
    for (const name of members)
      if (before.users.has(name) && had?.members.has(name) !== true) model.groups.get(group)?.members.delete(name);
  }
  return model;
}
