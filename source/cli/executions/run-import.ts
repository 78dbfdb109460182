import { groupRoleMapKey } from '../../domain/import/plan/group-roles.ts';
import type { CommandAction } from '../context.ts';
import { acceptedKeys, assertRunId, assertSnapshotUrl, typedPool } from '../given.ts';
import { runAt } from '../history/run-at.ts';
import { openSession } from '../session.ts';
import { machineIn, runExecution } from './run-execution.ts';

interface ImportGiven {
  readonly to: string;
  readonly run?: string;
  readonly at?: number;
  readonly dryRun?: true;
  readonly tps?: number;
  readonly table?: string;
  readonly snapshot?: string;
  readonly groupRoles?: true;
  readonly accept?: unknown;
}

/** Starts a restore and follows it. */
export const runImport: CommandAction = async (context, { options }) => {
  const given = options as unknown as ImportGiven;
  assertRunId(given.run);
  assertSnapshotUrl(given.snapshot);
  const { poolId, region } = await typedPool(context, '--to', given.to);
  const { installation } = await openSession(context, options, { settled: true, otherRegion: region });
  machineIn(installation, 'ImportWorkflow', region);
  const exportRun =
    given.at === undefined ? given.run : await runAt(context, installation, { region, moment: given.at });
  const input = {
    NewUserPoolId: poolId,
    ...(exportRun === undefined ? {} : { ExportRun: exportRun }),
    ...(given.dryRun === true ? { DryRun: true } : {}),
    ...(given.tps === undefined ? {} : { CognitoTPS: given.tps }),
    ...(given.table === undefined ? {} : { BackupTableName: given.table }),
    ...(given.snapshot === undefined ? {} : { SnapshotPrefix: given.snapshot }),
    ...(given.groupRoles === true ? { GroupRoleMap: groupRoleMapKey(poolId) } : {}),
    ...acceptedKeys(given.accept),
  };
  return runExecution(context, { installation, place: options }, { workflow: 'ImportWorkflow', region, input });
};
