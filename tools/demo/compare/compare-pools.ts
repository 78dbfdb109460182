import { attributeDifferences, differencesBetween } from './differences.ts';
import type { DifferingRow } from './differences.ts';
import type { PoolSnapshot, SnapshotUser } from './read-pool.ts';

/** One line of the result table. */
export interface ComparedKind {
  readonly what: string;
  readonly expected: number;
  readonly restored: number;
  readonly missing: number;
  readonly different: number;
}

export interface PoolComparison {
  readonly rows: readonly ComparedKind[];
  /** Users (by name) that exist only in the new pool. */
  readonly unexpected: readonly string[];
  /** Old `sub`s of users that the new pool lacks, or has with other values. */
  readonly missingSubs: readonly string[];
  readonly differentSubs: readonly string[];
  /** The same, row by row and with groups and memberships. */
  readonly differences: readonly DifferingRow[];
}

/**
 * Holds the restored pool against the old one: every user, attribute, enabled flag, group and membership.
 * `restorable` says which of the old users a restore can bring back at all; the others are left out of the table.
 */
export function comparePools(
  old: PoolSnapshot,
  restored: PoolSnapshot,
  restorable: (user: SnapshotUser) => boolean = comesBack,
): PoolComparison {
  const expected = [...old.users].filter(([, user]) => restorable(user));
  const names = new Set(expected.map(([name]) => name));
  const missing = expected.filter(([name]) => !restored.users.has(name));
  const present = expected
    .filter(([name]) => restored.users.has(name))
    .map(([name, user]) => [user, restored.users.get(name) as SnapshotUser] as const);
  const different = present.filter(
    ([before, after]) => attributeDifferences(before, after).length > 0 || before.enabled !== after.enabled,
  );
  return {
    rows: [
      tally('users', expected.length, missing.length, different.length),
      attributesRow(
        expected.map(([, user]) => user),
        present,
        missing.map(([, user]) => user),
      ),
      tally(
        'enabled flags',
        expected.length,
        missing.length,
        present.filter(([before, after]) => before.enabled !== after.enabled).length,
      ),
      ...groupRows(old, restored),
      membershipsRow(old, restored, names),
    ],
    unexpected: [...restored.users.keys()].filter((name) => !old.users.has(name)),
    missingSubs: missing.map(([, user]) => user.sub),
    differentSubs: different.map(([before]) => before.sub),
    differences: differencesBetween(old, restored, restorable),
  };
}

const tally = (what: string, expected: number, missing: number, different: number): ComparedKind => ({
  what,
  expected,
  restored: expected - missing - different,
  missing,
  different,
});

function attributesRow(
  expected: readonly SnapshotUser[],
  present: readonly (readonly [SnapshotUser, SnapshotUser])[],
  absent: readonly SnapshotUser[],
): ComparedKind {
  const differences = present.flatMap(([before, after]) => attributeDifferences(before, after));
  const gone = differences.filter(({ after }) => after === undefined).length;
  const count = (users: readonly SnapshotUser[]): number =>
    users.reduce((sum, { attributes }) => sum + attributes.size, 0);
  return tally('attribute values', count(expected), gone + count(absent), differences.length - gone);
}

function groupRows(old: PoolSnapshot, restored: PoolSnapshot): ComparedKind[] {
  const missing = [...old.groups.keys()].filter((name) => !restored.groups.has(name)).length;
  const unequal = (field: 'description' | 'precedence'): number =>
    [...old.groups].filter(
      ([name, group]) => restored.groups.has(name) && restored.groups.get(name)?.[field] !== group[field],
    ).length;
  const extra = [...restored.groups.keys()].filter((name) => !old.groups.has(name)).length;
  return [
    tally('groups', old.groups.size, missing, extra),
    tally('group descriptions', old.groups.size, missing, unequal('description')),
    tally('group precedences', old.groups.size, missing, unequal('precedence')),
  ];
}

function membershipsRow(old: PoolSnapshot, restored: PoolSnapshot, names: ReadonlySet<string>): ComparedKind {
  let expected = 0;
  let missing = 0;
  let extra = 0;
  for (const [name, group] of old.groups) {
    const now = restored.groups.get(name)?.members ?? new Set<string>();
    const wanted = [...group.members].filter((member) => names.has(member));
    expected += wanted.length;
    missing += wanted.filter((member) => !now.has(member)).length;
    extra += [...now].filter((member) => !group.members.has(member)).length;
  }
  return tally('memberships', expected, missing, extra);
}

/** Users of identity providers are not in the backup; unconfirmed ones are left out unless it is asked for. */
export const comesBack = ({ status }: SnapshotUser): boolean =>
  status !== 'EXTERNAL_PROVIDER' && status !== 'UNCONFIRMED';

/** The kinds of which not all is as it was, in words. */
export const differingKinds = ({ rows }: PoolComparison): readonly string[] =>
  rows
    .filter(({ missing, different }) => missing + different > 0)
    .map(({ what, missing, different }) => `${what}: ${missing} missing, ${different} different`);
