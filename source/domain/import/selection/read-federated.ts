import { counted } from '../../counted.ts';
import { FEDERATED_STATUS } from '../../model.ts';
import { federatedInBackup } from '../planning/federated-in-backup.ts';
import { spoolPrefix } from '../planning/planning-run.ts';
import type { PlanningRun } from '../planning/planning-run.ts';
import { SpoolWriter } from '../planning/spool.ts';
import { backupOf, readBackups, runAsked, userFinder } from './backup-read.ts';
import type { BackupRead } from './backup-read.ts';
import type { SelectionRun } from './selection-run.ts';

/**
 * Adds the users of identity providers who are asked for, or are members of the groups that are. They are read only where
 * somebody of them can be meant: all native users and no group are asked for most of the time.
 */
export async function withFederated(
  read: BackupRead,
  { request, deps, input }: SelectionRun,
  planning: PlanningRun,
): Promise<BackupRead> {
  const { accepted, run = null } = read;
  if ((accepted.manifest.federated?.users ?? 0) === 0) return read;
  const isOfRun = (asked: { readonly run?: string }): boolean => runAsked(asked, input.options) === run;
  const find = userFinder(backupOf(await readBackups(deps.objects, [read]), run));
  const mayBeMeant =
    request.groups.some(isOfRun) || request.users.some((asked) => isOfRun(asked) && find(asked) === undefined);
  if (!mayBeMeant) return read;
  const spool = new SpoolWriter(deps.objects, `${spoolPrefix(planning, 'read')}federated-`, read.parts);
  let missing = 0;
  for await (const users of federatedInBackup(accepted, planning)) {
    if ('missing' in users) {
      missing += users.missing;
      continue;
    }
    for (const { sub, username, attributes, enabled, created, groups } of users) {
      const line = { sub, username, attributes, enabled, status: FEDERATED_STATUS, created, groups: [...groups] };
      if (planning.keeps?.(line) !== false) spool.add(line);
    }
    if (spool.large) await spool.flush();
  }
  await spool.flush();
  const notes =
    missing === 0
      ? []
      : [
          `${counted(missing, 'user')} of identity providers could not be read: none of them is part of this selection.`,
        ];
  return { ...read, accepted: { ...accepted, notes: [...(accepted.notes ?? []), ...notes] }, parts: spool.parts };
}
