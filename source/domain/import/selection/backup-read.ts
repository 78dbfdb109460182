import * as v from 'valibot';
import { Fault } from '../../errors.ts';
import { namesAtSignIn, signInNameFrom } from '../../comparison/matching.ts';
import { FEDERATED_STATUS, signInAttributeOf } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import type { ImportOptions } from '../plan/plan-model.ts';
import { acceptedShape } from '../planning/planning-state.ts';
import type { Accepted } from '../planning/planning-state.ts';
import { spoolLineShape } from '../planning/segment-spool.ts';
import type { KeepsLine } from '../planning/segment-spool.ts';
import { readSpool } from '../planning/spool.ts';
import type { SpooledUser } from '../planning/spooled-user.ts';
import type { SelectedUser, SelectionRequest } from './request.ts';

export const backupReadShape = v.object({
  /** The run that the request names; absent: what a restore would read without. */
  run: v.exactOptional(v.string()),
  accepted: acceptedShape,
  /** Objects of SpoolLine: what of the run was asked for. */
  parts: textsShape,
});
/** One run that was read for a selection. */
export type BackupRead = Stored<typeof backupReadShape>;

/** What a run was found to hold. */
export interface BackupOfRun {
  readonly accepted: Accepted;
  readonly users: readonly SpooledUser[];
  readonly groups: ReadonlyMap<string, PoolGroup>;
}

type RunOf = { readonly run?: string };

/** The run of what is asked for; null stands for the sealed backup. */
export const runAsked = ({ run }: RunOf, { exportRun }: ImportOptions): string | null => run ?? exportRun ?? null;

/** The runs that have to be read, each once. */
export function runsOf({ users, groups }: SelectionRequest, options: ImportOptions): readonly (string | null)[] {
  return [...new Set([...users, ...groups].map((asked) => runAsked(asked, options)))];
}

/** Which lines of a run may be asked for; who exactly is meant is decided once all are read (see userAsked). */
export function keepsFor({ users, groups }: SelectionRequest): KeepsLine {
  const subs = new Set(users.flatMap((user) => ('sub' in user ? [user.sub] : [])));
  const names = new Set(users.flatMap((user) => ('name' in user ? [user.name.toLowerCase()] : [])));
  const groupNames = new Set(groups.map(({ name }) => name));
  return (line) => {
    if ('group' in line) return groupNames.has(line.group.name);
    const { email = '', phone_number: phone = '' } = line.attributes;
    return (
      subs.has(line.sub) ||
      [line.sub, line.username, email, phone].some((name) => names.has(name.toLowerCase())) ||
      line.groups.some((group) => groupNames.has(group))
    );
  };
}

/** What was kept of each run. */
export async function readBackups(
  objects: Pick<ObjectStore, 'read'>,
  reads: readonly BackupRead[],
): Promise<ReadonlyMap<string | null, BackupOfRun>> {
  const backups = new Map<string | null, BackupOfRun>();
  for (const { run, accepted, parts } of reads) {
    const users: SpooledUser[] = [];
    const groups = new Map<string, PoolGroup>();
    for await (const line of readSpool(objects, parts, spoolLineShape))
      if ('group' in line) groups.set(line.group.name, line.group);
      else users.push(line);
    backups.set(run ?? null, { accepted, users, groups });
  }
  return backups;
}

/** What was kept of the run; Fault BadState when it was not read. */
export function backupOf(backups: ReadonlyMap<string | null, BackupOfRun>, run: string | null): BackupOfRun {
  const backup = backups.get(run);
  if (backup === undefined)
    throw new Fault('BadState', 'A selection asks for a run that it has not read. Start again.');
  return backup;
}

/** By the name at sign-in to the pool that was backed up; of a user of an identity provider the username, which nobody else has. */
export const nameInBackup = (user: SpooledUser, { accepted }: Pick<BackupOfRun, 'accepted'>): string =>
  isFromProvider(user)
    ? user.username
    : signInNameFrom(user, { signInName: signInAttributeOf(accepted.manifest.poolSettings) }) || user.username;

/** Comes from an identity provider, and signs in through it. */
export const isFromProvider = ({ status }: Pick<SpooledUser, 'status'>): boolean => status === FEDERATED_STATUS;

/** Every name by which somebody may ask for the user: where either of two addresses is one, the other address, too. */
function namesAskedBy(user: SpooledUser, backup: Pick<BackupOfRun, 'accepted'>): readonly string[] {
  const { signsInBy: _signsInBy, ...unnamed } = user;
  const signInName = signInAttributeOf(backup.accepted.manifest.poolSettings);
  const others = signInName === 'emailOrPhone' && !isFromProvider(user) ? namesAtSignIn(unnamed, { signInName }) : [];
  return [...new Set([nameInBackup(user, backup), ...others])];
}

/**
 * Finds users of one run as they are asked for: by `sub`, or by the very name; in another spelling only where the pool that
 * was backed up did not tell names apart by case, and one user has it. A run may hold two of the very name, of whom one was
 * deleted while it was made: which one is meant, nobody but the one who asks can say. By an address that is not the name at
 * sign-in only whom nobody else has as either. A name that nobody has may be somebody's `sub`.
 */
export function userFinder(backup: BackupOfRun): (asked: SelectedUser) => SpooledUser | 'several' | undefined {
  const bySub = new Map(backup.users.map((user) => [user.sub, user]));
  const folds = !backup.accepted.manifest.poolSettings.caseSensitive;
  const keyOf = (name: string): string => (folds ? name.toLowerCase() : name);
  const byName = new Map<string, SpooledUser | 'several'>();
  const signInNames = new Map<string, SpooledUser | 'several'>();
  const allNames = new Map<string, SpooledUser | 'several'>();
  const note = (found: Map<string, SpooledUser | 'several'>, key: string, user: SpooledUser): unknown =>
    found.set(key, found.has(key) ? 'several' : user);
  for (const user of backup.users) {
    const name = nameInBackup(user, backup);
    note(byName, name, user);
    note(signInNames, keyOf(name), user);
    for (const one of namesAskedBy(user, backup)) note(allNames, keyOf(one), user);
  }
  return (asked) => {
    if ('sub' in asked) return bySub.get(asked.sub);
    const key = keyOf(asked.name);
    return byName.get(asked.name) ?? signInNames.get(key) ?? allNames.get(key) ?? bySub.get(asked.name);
  };
}
