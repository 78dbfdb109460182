import { snapshotPlaceIn } from '../../domain/backup/snapshot/place.ts';
import { groupRoleMapKey } from '../../domain/import/plan/group-roles.ts';
import { CliError } from '../cli-error.ts';
import type { CommandAction } from '../context.ts';
import { acceptedKeys, typedPool } from '../given.ts';
import { runAt } from '../history/run-at.ts';
import { openSession } from '../session.ts';
import { machineIn, runExecution } from './run-execution.ts';

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

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
  assertRunId(given);
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

function assertRunId({ run }: ImportGiven): void {
  if (run !== undefined && !RUN_ID.test(run))
    throw new CliError('usage', {
      thing: '--run',
      found: `"${run}" is no id of an export run`,
      next: 'Give an id such as 20260301T000000Z-0a1b2c3d, or a time by --at.',
    });
}

/** Whether the launch may read it, only its workflow knows. */
function assertSnapshotUrl(url: string | undefined): void {
  if (url === undefined || snapshotPlaceIn(url) !== undefined) return;
  throw new CliError('usage', {
    thing: '--snapshot',
    found: 'that is no prefix of a bucket',
    next: 'Give s3://bucket/ or s3://bucket/prefix/, with the slash at its end.',
  });
}
