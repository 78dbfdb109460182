import { Halt } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { readPlan } from '../plan/plan-model.ts';
import type { ImportOptions, RestorePlan } from '../plan/plan-model.ts';

interface Asked {
  readonly options: ImportOptions;
  /** Table that is restored from. */
  readonly tableName: string;
}

/**
 * A restore that has begun to write goes on with its plan: a start that asks for something else must not seem to have got
 * it. Halt InvalidInput names what differs. AcceptIncomplete is not looked at: the backup was accepted when it was planned.
 */
export async function assertAsPlanned(
  { options, tableName }: Asked,
  restoreId: string,
  objects: Pick<ObjectStore, 'get'>,
): Promise<void> {
  const { newUserPoolId, exportRun, backupTableName, snapshotPrefix, restoreUnconfirmed, groupRoleMap } = options;
  const asked = [exportRun, backupTableName, snapshotPrefix, groupRoleMap].some((key) => key !== undefined);
  if (!asked && !restoreUnconfirmed) return;
  const plan = await readPlan(objects, newUserPoolId, restoreId);
  const refuse = (key: string, found: string, wanted: string): Halt =>
    new Halt(
      'InvalidInput',
      `${found}. Start without "${key}" to continue it, or create another empty pool to ${wanted}.`,
    );
  const restore = `the restore ${restoreId} into ${newUserPoolId} has begun`;
  if (exportRun !== undefined && !isExactly(plan, exportRun)) {
    const from =
      plan.runId !== exportRun
        ? `the export ${plan.runId}`
        : `the table as it was after the export ${plan.runId}, which an interrupted export or a replica that was behind had changed`;
    throw refuse('ExportRun', `ExportRun names ${exportRun}, but ${restore} with ${from}`, `restore ${exportRun}`);
  }
  if (snapshotPrefix !== undefined && snapshotPrefix !== plan.options.snapshotPrefix) {
    throw refuse(
      'SnapshotPrefix',
      `SnapshotPrefix names ${snapshotPrefix}, but ${restore} with what it found in ${plan.options.snapshotPrefix ?? 'this Region'}`,
      'restore from the other place',
    );
  }
  if (backupTableName !== undefined && tableName !== plan.tableName) {
    throw refuse(
      'BackupTableName',
      `BackupTableName names another table, but ${restore} with the table ${plan.tableName}`,
      'restore the other table',
    );
  }
  if (groupRoleMap !== undefined && plan.options.groupRoleMap === undefined) {
    throw refuse('GroupRoleMap', `GroupRoleMap is given, but ${restore} without it`, 'give its groups roles');
  }
  if (restoreUnconfirmed && !plan.options.restoreUnconfirmed) {
    throw refuse(
      'RestoreUnconfirmed',
      `"RestoreUnconfirmed": true is given, but ${restore} without it`,
      'restore unconfirmed users too',
    );
  }
}

const isExactly = ({ runId, interrupted, incomplete }: RestorePlan, exportRun: string): boolean =>
  runId === exportRun && (interrupted === undefined || interrupted.items === 0) && incomplete === undefined;
