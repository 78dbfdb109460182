import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import type { PoolGroup, PoolSettings } from '../../model.ts';
import type { ImportOptions } from '../plan/plan-model.ts';
import type { SpooledUser } from '../planning/spooled-user.ts';
import { claimsOf } from './attributes.ts';
import { backupOf, isFromProvider, nameInBackup, runAsked, userFinder } from './backup-read.ts';
import type { BackupOfRun } from './backup-read.ts';
import type { Wanted } from './find-accounts.ts';
import type { SelectionRequest } from './request.ts';

/** A user of a run who is meant. */
export interface MeantUser {
  readonly user: SpooledUser;
  /** At sign-in to the pool that was backed up. */
  readonly name: string;
  readonly backup: BackupOfRun;
}

/** A user who is asked for and of whom the run holds nothing, or several. */
export interface UnknownUser {
  readonly sub: string;
  readonly name: string;
  readonly run: string;
  readonly several: boolean;
}

/** A group that is asked for. */
export interface AskedGroup {
  readonly name: string;
  readonly backup: BackupOfRun;
  /** As it was; undefined: the run does not hold it. */
  readonly found: PoolGroup | undefined;
  readonly members: readonly MeantUser[];
}

/** Everything that is asked for, each user and group once, as the runs hold it. */
export interface AskedItems {
  readonly users: readonly MeantUser[];
  readonly unknown: readonly UnknownUser[];
  readonly groups: readonly AskedGroup[];
}

/** Groups of the user that are not Cognito's own. */
export const ownGroupsOf = ({ user, backup }: MeantUser): readonly string[] =>
  user.groups.filter((group) => !isAutomaticGroup(group, backup.accepted.manifest.userPoolId));

/** Holds the request against what the runs hold. Of a user or group who is named several times the first naming counts. */
export function askedFor(
  request: SelectionRequest,
  backups: ReadonlyMap<string | null, BackupOfRun>,
  options: ImportOptions,
): AskedItems {
  const finders = new Map([...backups].map(([run, backup]) => [run, userFinder(backup)]));
  const users = new Map<string, MeantUser>();
  const unknown = new Map<string, UnknownUser>();
  for (const asked of request.users) {
    const run = runAsked(asked, options);
    const backup = backupOf(backups, run);
    const found = finders.get(run)?.(asked);
    if (found === undefined || found === 'several') {
      const [sub, name] = 'sub' in asked ? [asked.sub, ''] : ['', asked.name];
      const { runId } = backup.accepted.manifest;
      unknown.set(`${sub} ${name}`, { sub, name, run: runId, several: found === 'several' });
    } else if (!users.has(found.sub)) users.set(found.sub, { user: found, name: nameInBackup(found, backup), backup });
  }
  return { users: [...users.values()], unknown: [...unknown.values()], groups: askedGroups(request, backups, options) };
}

function askedGroups(
  request: SelectionRequest,
  backups: ReadonlyMap<string | null, BackupOfRun>,
  options: ImportOptions,
): AskedGroup[] {
  const groups = new Map<string, AskedGroup>();
  for (const asked of request.groups) {
    if (groups.has(asked.name)) continue;
    const backup = backupOf(backups, runAsked(asked, options));
    const members = backup.users
      .filter((user) => user.groups.includes(asked.name))
      .map((user) => ({ user, name: nameInBackup(user, backup), backup }));
    // A group may be in a backup by its members only.
    const found = backup.groups.get(asked.name) ?? (members.length > 0 ? { name: asked.name } : undefined);
    groups.set(asked.name, { name: asked.name, backup, found, members });
  }
  return [...groups.values()];
}

/** Everybody whose account in the pool has to be known: the users who are asked for, and members of the groups. */
export const everybody = ({ users, groups }: AskedItems): readonly MeantUser[] => [
  ...new Map(
    [...users, ...groups.flatMap(({ members }) => members)].reverse().map((found) => [found.user.sub, found]),
  ).values(),
];

/** What to look for in the pool. `subs`: see followSubMaps. Addresses only of those who may get theirs again. */
export function wantedFor(
  asked: AskedItems,
  subs: ReadonlyMap<string, readonly string[]>,
  { aliasAttributes }: Pick<PoolSettings, 'aliasAttributes'>,
): readonly Wanted[] {
  const named = new Set(asked.users.map(({ user }) => user.sub));
  return everybody(asked).map(({ user, name }) => ({
    subs: subs.get(user.sub) ?? [user.sub],
    name,
    claims: named.has(user.sub) && !isFromProvider(user) ? claimsOf(user, aliasAttributes) : [],
  }));
}
