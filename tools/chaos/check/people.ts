import { comesBack } from '../../demo/compare/compare-pools.ts';
import { attributeDifferences } from '../../demo/compare/differences.ts';
import type { PoolSnapshot, SnapshotUser } from '../../demo/compare/read-pool.ts';
import type { KeptChange, PeopleLog } from '../people-log.ts';
import { WHOLE } from './restore.ts';
import type { Files } from './restore.ts';

/** What was backed up, what the new pool holds, and what the restore reported. */
export interface RestoreFound {
  readonly source: PoolSnapshot;
  readonly restored: PoolSnapshot;
  readonly files: Files;
}

const COLLISION = 'NameCollision';
const CHANGED = 'ChangedSince';
const SHOWN = 5;

/**
 * Holds a restore during which people were at work against what they did: strangers keep their accounts and get nothing,
 * what was changed afterwards stays and is listed, what differs is told, and whom nobody touched is as in the backup.
 */
export function peopleProblems(found: RestoreFound, log: PeopleLog): string[] {
  const names = [...found.source.users.keys()];
  const problems = [
    ...[...log.strangers.keys()].flatMap((name) => strangerProblems(found, log, name)),
    ...log.kept.filter(({ name }) => !log.strangers.has(name)).flatMap((change) => keptProblems(found, change)),
    ...names.filter((name) => !log.isTouched(name)).flatMap((name) => untouchedProblems(found, name)),
    ...names.filter((name) => log.isTouched(name) && !log.strangers.has(name)).flatMap((name) => untold(found, name)),
    ...mappingProblems(found, log),
  ];
  return problems.length <= SHOWN
    ? problems
    : [...problems.slice(0, SHOWN), `and ${problems.length - SHOWN} more about users and strangers`];
}

const rowsOf = ({ source, files }: RestoreFound, name: string): Files['failures'] =>
  files.failures.filter(({ sub }) => sub === source.users.get(name)?.sub);

const groupsOf = ({ groups }: PoolSnapshot, name: string): string[] =>
  [...groups].filter(([, { members }]) => members.has(name)).map(([group]) => group);

function strangerProblems(found: RestoreFound, { strangers }: PeopleLog, name: string): string[] {
  const { sub, attributes } = strangers.get(name) ?? { sub: '', attributes: new Map<string, string>() };
  const now = found.restored.users.get(name);
  if (now?.sub !== sub) return [`the stranger with the name of ${subOf(found, name)} has lost the account`];
  const who = `the stranger with the name of ${subOf(found, name)}`;
  const groups = groupsOf(found.restored, name);
  const given = attributeDifferences({ ...now, attributes }, now).map((one) => one.name);
  return [
    ...(groups.length === 0 ? [] : [`${who} is in ${groups.join(', ')}`]),
    ...(given.length === 0 ? [] : [`${who} has other values of ${given.join(', ')}`]),
    ...(now.enabled ? [] : [`${who} was disabled`]),
    ...(found.files.subMap.some((row) => row['new_sub'] === sub) ? [`sub-map.csv names ${who}`] : []),
    ...(rowsOf(found, name).some((row) => row['reason']?.startsWith(COLLISION)) ? [] : [`${who} is not reported`]),
  ];
}

function keptProblems(found: RestoreFound, change: KeptChange): string[] {
  const { name, did } = change;
  const what = `${subOf(found, name)} ${did}${'group' in change ? ` ${change.group}` : ''} afterwards, and`;
  const listed = rowsOf(found, name)
    .filter(({ reason }) => reason === CHANGED)
    .map((row) => row['changed'] ?? '');
  return [
    ...(isKept(found.restored, change) ? [] : [`${what} it was undone`]),
    // A membership more than in the backup is counted, not listed.
    ...(did === 'joined' || listed.some((text) => text.includes(WORDS[did])) ? [] : [`${what} it is not listed`]),
  ];
}

const WORDS: Readonly<Record<Exclude<KeptChange['did'], 'joined'>, string>> = {
  nickname: 'nickname',
  left: 'not a member of the group',
  disabled: 'disabled',
  enabled: 'enabled',
  deleted: 'deleted',
};

function isKept(restored: PoolSnapshot, change: KeptChange): boolean {
  const now = restored.users.get(change.name);
  switch (change.did) {
    case 'nickname':
      return now?.attributes.get('nickname') === change.value;
    case 'left':
      return now !== undefined && !groupsOf(restored, change.name).includes(change.group);
    case 'joined':
      return groupsOf(restored, change.name).includes(change.group);
    case 'deleted':
      return now === undefined;
    case 'disabled':
    case 'enabled':
      return now?.enabled === (change.did === 'enabled');
  }
}

function untouchedProblems({ source, restored }: RestoreFound, name: string): string[] {
  const before = source.users.get(name) as SnapshotUser;
  const now = restored.users.get(name);
  const who = `${before.sub}, whom nobody touched,`;
  if (!comesBack(before)) return now === undefined ? [] : [`${who} should have been left out`];
  if (now === undefined) return [`${who} is missing`];
  const different = attributeDifferences(before, now).map((one) => one.name);
  const [had, has] = [groupsOf(source, name), groupsOf(restored, name)].map((groups) => groups.sort().join(', '));
  return [
    ...(different.length === 0 ? [] : [`${who} has other values of ${different.join(', ')}`]),
    ...(before.enabled === now.enabled ? [] : [`${who} was ${before.enabled ? 'dis' : 'en'}abled`]),
    ...(had === has ? [] : [`${who} was in ${had}, is in ${has}`]),
    ...(WHOLE.has(now.status) ? [] : [`${who} cannot sign in: ${now.status}`]),
  ];
}

/** Whoever was touched may be as in the backup or not; what is not is told. */
function untold(found: RestoreFound, name: string): string[] {
  const before = found.source.users.get(name) as SnapshotUser;
  const now = found.restored.users.get(name);
  const isAsBefore =
    now !== undefined &&
    before.enabled === now.enabled &&
    attributeDifferences(before, now).length === 0 &&
    groupsOf(found.source, name).every((group) => groupsOf(found.restored, name).includes(group));
  return isAsBefore || rowsOf(found, name).length > 0
    ? []
    : [`${before.sub} is not as in the backup, and not reported`];
}

/** Every user of ours is mapped, and nobody else. */
function mappingProblems({ source, restored, files }: RestoreFound, { strangers }: PeopleLog): string[] {
  const mapped = new Map(files.subMap.map(({ old_sub: old = '', new_sub: now = '' }) => [old, now]));
  const ours = [...source.users].filter(([name, user]) => comesBack(user) && !strangers.has(name));
  const wrong = ours.filter(([name, { sub }]) => mapped.get(sub) !== restored.users.get(name)?.sub);
  const blocked = files.report.counts['usersBlocked'];
  return [
    ...(wrong.length === 0 ? [] : [`sub-map.csv is wrong about ${wrong.map(([, { sub }]) => sub).join(', ')}`]),
    ...(blocked === strangers.size ? [] : [`the report counts ${blocked} collisions, there are ${strangers.size}`]),
  ];
}

const subOf = ({ source }: RestoreFound, name: string): string => source.users.get(name)?.sub ?? name;
