import { attributeDifferences } from '../../demo/compare/differences.ts';
import type { PoolSnapshot, SnapshotUser } from '../../demo/compare/read-pool.ts';
import { isCreated } from '../selection/expected.ts';
import type { SelectionState } from '../selection/expected.ts';
import { groupsWith } from '../selection/pool-model.ts';
import { WHOLE } from './restore.ts';

type Row = Readonly<Record<string, string>>;

/** What a selection or an undo reported. */
export interface SelectionFiles {
  readonly results: readonly Row[];
  readonly subMap: readonly Row[];
  readonly report: { readonly outcome: string } & Readonly<Record<string, unknown>>;
}

/**
 * Whether the pool is exactly as expected: everybody and every group, asked for or not. `made`: users who have a sub of their
 * own since, and a password that nobody knows.
 */
export function poolProblems(
  expected: PoolSnapshot,
  found: PoolSnapshot,
  made: (name: string) => boolean,
): readonly string[] {
  const names = new Set([...expected.users.keys(), ...found.users.keys()]);
  const users = [...names].flatMap((name) => {
    const [wanted, now] = [expected.users.get(name), found.users.get(name)];
    const who = `user ${(wanted ?? now)?.sub ?? ''}`;
    if (wanted === undefined) return [`${who} should not be there`];
    if (now === undefined) return [`${who} is missing`];
    const different = attributeDifferences(wanted, now).map((one) => one.name);
    return [
      ...(different.length === 0 ? [] : [`${who}: other values of ${different.join(', ')}`]),
      ...(wanted.enabled === now.enabled ? [] : [`${who} is ${now.enabled ? 'enabled' : 'disabled'}`]),
      ...(made(name)
        ? WHOLE.has(now.status)
          ? []
          : [`${who}: ${now.status}`]
        : wanted.sub === now.sub && wanted.status === now.status
          ? []
          : [`${who} is another account, or ${now.status}`]),
    ];
  });
  const groups = [...new Set([...expected.groups.keys(), ...found.groups.keys()])].flatMap((name) => {
    const [wanted, now] = [expected.groups.get(name), found.groups.get(name)];
    if (wanted === undefined || now === undefined)
      return [`group ${name} ${now === undefined ? 'is missing' : 'is too much'}`];
    const list = (members: ReadonlySet<string>): string => [...members].sort().join(', ');
    return [
      ...(wanted.description === now.description && wanted.precedence === now.precedence
        ? []
        : [`group ${name} has other settings`]),
      ...(list(wanted.members) === list(now.members)
        ? []
        : [`group ${name}: members ${list(now.members)}; expected ${list(wanted.members)}`]),
    ];
  });
  return [...users, ...groups];
}

/** Names that no run holds are asked for, too. */
export const UNKNOWN = { user: 'nobody-was-ever-called-so', group: 'no group was ever called so' };

/** Whether each row of results.csv is true, nothing is untold, and the report counts the rows. */
export function resultProblems(
  state: SelectionState,
  after: PoolSnapshot,
  { files: { results, subMap, report }, odd }: { readonly files: SelectionFiles; readonly odd: boolean },
): readonly string[] {
  const { source, before, asked } = state;
  const problems: string[] = [];
  const rowOf = rowsByKey(results, problems);
  const nameOf = new Map([...source.users].map(([name, { sub }]) => [sub, name]));
  const want = (key: string, result: string, poolSub: string | undefined): void => {
    const row = rowOf.get(key);
    if (row?.['result'] !== result)
      problems.push(`${key} should be ${result} and is ${row?.['result'] ?? 'untold'}: ${row?.['what'] ?? ''}`);
    else if (poolSub !== undefined && row['pool_sub'] !== poolSub) problems.push(`${key}: pool_sub ${row['pool_sub']}`);
  };
  for (const name of asked.users) {
    const { sub } = source.users.get(name) as SnapshotUser;
    const result = asked.collisions.includes(name)
      ? 'collision'
      : isCreated(state, name)
        ? 'created'
        : isSame(before.users.get(name), after.users.get(name))
          ? 'unchanged'
          : 'updated';
    want(`${sub} `, result, after.users.get(name)?.sub);
  }
  for (const group of asked.groups)
    want(
      ` ${group}`,
      before.groups.has(group) ? (isOverwritten(before, after, group) ? 'updated' : 'unchanged') : 'created',
      undefined,
    );
  if (odd) for (const key of [' ', ` ${UNKNOWN.group}`]) want(key, 'notInBackup', undefined);
  const known = new Set([
    ...asked.users.map((name) => `${source.users.get(name)?.sub ?? ''} `),
    ...asked.groups.map((group) => ` ${group}`),
    ...(odd ? [` ${UNKNOWN.group}`, ' '] : []),
  ]);
  for (const [key, { sub = '', group = '', result = '' }] of rowOf) {
    if (known.has(key)) continue;
    const name = nameOf.get(sub);
    if (name === undefined || group === '') problems.push(`${key}: nobody asked for it (${result})`);
    else if (!isTrue(result, { name, group, before, after })) problems.push(`${key}: ${result} is not true`);
  }
  for (const [group, { members }] of after.groups)
    for (const name of members)
      if (
        before.groups.get(group)?.members.has(name) !== true &&
        !rowOf.has(`${source.users.get(name)?.sub ?? name} ${group}`)
      )
        problems.push(`${name} is in ${group} since, and no row tells it`);
  const created = asked.users.filter((name) => isCreated(state, name));
  const mapped = new Map(subMap.map(({ old_sub: old = '', new_sub: now = '' }) => [old, now]));
  if (
    mapped.size !== created.length ||
    created.some((name) => mapped.get(source.users.get(name)?.sub ?? '') !== after.users.get(name)?.sub)
  )
    problems.push(`sub-map.csv is wrong: ${mapped.size} rows for ${created.length} users`);
  return [...problems, ...countProblems(results, report, odd ? 'partial' : 'complete')];
}

/** The same of an undo. */
export function undoProblems(
  state: SelectionState,
  { after, undone }: { readonly after: PoolSnapshot; readonly undone: PoolSnapshot },
  {
    files: { results, report },
    changedSince,
  }: { readonly files: SelectionFiles; readonly changedSince: readonly string[] },
): readonly string[] {
  const { source, before, asked } = state;
  const problems: string[] = [];
  const rowOf = rowsByKey(results, problems);
  const want = (key: string, result: string): void => {
    const row = rowOf.get(key);
    rowOf.delete(key);
    if (row?.['result'] !== result)
      problems.push(`undo: ${key} should be ${result} and is ${row?.['result'] ?? 'untold'}: ${row?.['what'] ?? ''}`);
  };
  for (const name of asked.users) {
    const key = `${source.users.get(name)?.sub ?? ''} `;
    if (isCreated(state, name)) want(key, 'skipped');
    else if (!isSame(before.users.get(name), after.users.get(name)))
      want(key, changedSince.includes(name) ? 'changedSince' : 'undone');
  }
  for (const group of asked.groups)
    if (!before.groups.has(group)) want(` ${group}`, 'skipped');
    else if (isOverwritten(before, after, group)) want(` ${group}`, 'undone');
  for (const [group, { members }] of after.groups)
    for (const name of members)
      if (before.users.has(name) && before.groups.get(group)?.members.has(name) !== true) {
        want(`${source.users.get(name)?.sub ?? ''} ${group}`, 'undone');
        if (groupsWith(undone, name).includes(group)) problems.push(`undo: ${name} is still in ${group}`);
      }
  for (const [key, row] of rowOf) problems.push(`undo: nobody asked for ${key} (${row['result']})`);
  return [...problems, ...countProblems(results, report, 'complete')];
}

function rowsByKey(results: readonly Row[], problems: string[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const row of results) {
    const key = `${row['sub'] ?? ''} ${row['group'] ?? ''}`;
    if (rows.has(key)) problems.push(`${key} has two rows`);
    rows.set(key, row);
  }
  return rows;
}

const isSame = (one: SnapshotUser | undefined, other: SnapshotUser | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  one.enabled === other.enabled &&
  attributeDifferences(one, other).length === 0;

const isOverwritten = (before: PoolSnapshot, after: PoolSnapshot, group: string): boolean =>
  (['description', 'precedence'] as const).some(
    (field) => before.groups.get(group)?.[field] !== after.groups.get(group)?.[field],
  );

/** Of a membership. */
function isTrue(
  result: string,
  {
    name,
    group,
    before,
    after,
  }: { readonly name: string; readonly group: string; readonly before: PoolSnapshot; readonly after: PoolSnapshot },
): boolean {
  const [was, is] = [before, after].map((pool) => groupsWith(pool, name).includes(group));
  if (result === 'created') return was === false && is === true;
  if (result === 'unchanged') return was === true && is === true;
  return result === 'gone' && is === false;
}

function countProblems(results: readonly Row[], report: SelectionFiles['report'], outcome: string): readonly string[] {
  const counted: Record<string, number> = {};
  for (const { sub = '', sign_in_name: name = '', group = '', result = '' } of results) {
    const kind = group === '' ? 'users' : sub === '' && name === '' ? 'groups' : 'memberships';
    counted[`${kind}.${result}`] = (counted[`${kind}.${result}`] ?? 0) + 1;
  }
  const told = Object.fromEntries(
    (['users', 'groups', 'memberships'] as const).flatMap((kind) =>
      Object.entries((report[kind] ?? {}) as Record<string, number>)
        .filter(([, count]) => count > 0)
        .map(([result, count]) => [`${kind}.${result}`, count] as const),
    ),
  );
  const text = (counts: Record<string, number>): string => JSON.stringify(Object.entries(counts).sort());
  return [
    ...(text(told) === text(counted) ? [] : [`the report counts ${text(told)}, results.csv has ${text(counted)}`]),
    ...(report.outcome === outcome ? [] : [`the outcome is ${report.outcome}, expected ${outcome}`]),
  ];
}
