import { counted } from '../../../source/domain/counted.ts';
import type { PoolSnapshot, SnapshotUser } from './read-pool.ts';

/** An attribute that is not as it was; one of the values is absent where the attribute is. */
export interface AttributeDifference {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** One thing that is not as it was, for a person to read. */
export interface DifferingRow {
  /** Old `sub` of the user whom it is about, where the old pool had one. */
  readonly sub?: string;
  readonly text: string;
}

/** So much of a value is shown. */
const SHOWN_CHARACTERS = 80;

/** `false` verified flags appear where an import writes every column: the same state, spelled out; capitals are, too. */
export function attributeDifferences(before: SnapshotUser, after: SnapshotUser): AttributeDifference[] {
  const changed = [...before.attributes].flatMap(([name, value]): AttributeDifference[] => {
    const found = after.attributes.get(name);
    if (found === undefined) return [{ name, before: value }];
    const same = found === value || (isFlag(name) && found.toLowerCase() === value.toLowerCase());
    return same ? [] : [{ name, before: value, after: found }];
  });
  const extra = [...after.attributes]
    .filter(([name, value]) => !before.attributes.has(name) && !(isFlag(name) && value.toLowerCase() === 'false'))
    .map(([name, value]) => ({ name, after: value }));
  return [...changed, ...extra];
}

const isFlag = (name: string): boolean => name.endsWith('_verified');

/** Everything that is not as it was, row by row: users, then groups, then memberships. */
export function differencesBetween(
  old: PoolSnapshot,
  restored: PoolSnapshot,
  restorable: (user: SnapshotUser) => boolean,
): DifferingRow[] {
  const expected = [...old.users].filter(([, user]) => restorable(user));
  const names = new Set(expected.map(([name]) => name));
  return [
    ...expected.flatMap(([name, user]) => userDifferences(name, user, restored.users.get(name))),
    ...[...restored.users.keys()]
      .filter((name) => !old.users.has(name))
      .map((name) => ({ text: `user ${quoted(name)}: the old pool did not have it` })),
    ...[...old.groups].flatMap(([name, group]): DifferingRow[] => {
      const now = restored.groups.get(name);
      if (now === undefined) return [{ text: `group ${quoted(name)}: missing` }];
      return (['description', 'precedence'] as const)
        .filter((field) => now[field] !== group[field])
        .map((field) => ({
          text: `group ${quoted(name)}, ${field}: was ${quoted(group[field])}, is ${quoted(now[field])}`,
        }));
    }),
    ...[...restored.groups.keys()]
      .filter((name) => !old.groups.has(name))
      .map((name) => ({ text: `group ${quoted(name)}: the old pool did not have it` })),
    ...membershipDifferences(old, restored, names),
  ];
}

function userDifferences(name: string, before: SnapshotUser, after: SnapshotUser | undefined): DifferingRow[] {
  const { sub } = before;
  if (after === undefined) return [{ sub, text: `user ${quoted(name)}: missing` }];
  return [
    ...attributeDifferences(before, after).map((one) => ({
      sub,
      text: `user ${quoted(name)}, attribute ${quoted(one.name)}: was ${quoted(one.before)}, is ${quoted(one.after)}`,
    })),
    ...(before.enabled === after.enabled
      ? []
      : [{ sub, text: `user ${quoted(name)}: was ${state(before)}, is ${state(after)}` }]),
  ];
}

const state = ({ enabled }: SnapshotUser): string => (enabled ? 'enabled' : 'disabled');

function membershipDifferences(old: PoolSnapshot, restored: PoolSnapshot, names: ReadonlySet<string>): DifferingRow[] {
  return [...old.groups].flatMap(([group, { members }]) => {
    const now = restored.groups.get(group)?.members ?? new Set<string>();
    return [
      ...[...members]
        .filter((member) => names.has(member) && !now.has(member))
        .map((member) => ({
          ...subOf(old, member),
          text: `user ${quoted(member)}: not in group ${quoted(group)} any more`,
        })),
      ...[...now]
        .filter((member) => !members.has(member))
        .map((member) => ({ ...subOf(old, member), text: `user ${quoted(member)}: new in group ${quoted(group)}` })),
    ];
  });
}

function subOf(old: PoolSnapshot, name: string): { readonly sub?: string } {
  const sub = old.users.get(name)?.sub;
  return sub === undefined ? {} : { sub };
}

function quoted(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? 'none' : String(value);
  const characters = [...value];
  return characters.length > SHOWN_CHARACTERS
    ? `${JSON.stringify(characters.slice(0, SHOWN_CHARACTERS).join(''))}... (${counted(characters.length, 'character')})`
    : JSON.stringify(value);
}
