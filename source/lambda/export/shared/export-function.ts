import type { Context } from 'aws-lambda';
import type { ExportEvent } from '../../../domain/export/export-event.ts';
import type { BackupTable, ObjectStore } from '../../../domain/ports.ts';
import type { Pacer } from '../../../domain/pacing/pacer.ts';
import type { TellProgress } from '../../../domain/state/work-figures.ts';
import { pausingForSelection } from '../../../domain/workflow/paused-export.ts';
import type { PausedTurn } from '../../../domain/workflow/paused-turn.ts';
import { startTimeIn, tellingProgress } from '../../../domain/workflow/progress.ts';
import { backupTable } from '../../../adapters/backup-table.ts';
import { requiredText } from '../../../adapters/env.ts';
import type { Environment } from '../../../adapters/env.ts';
import { executionStatus } from '../../../adapters/executions.ts';
import { guarded } from '../../../adapters/guarded.ts';
import { invocationOf } from '../../../adapters/invocation.ts';
import type { Invocation } from '../../../adapters/invocation.ts';
import { toldInvocation } from '../../../adapters/told-invocation.ts';
import { objectStore } from '../../../adapters/object-store.ts';

/** Environment of every function of the export. */
export const EXPORT_ENVIRONMENT = {
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  PRIMARY_REGION: requiredText(),
  SECONDARY_REGION: requiredText(),
  USER_AGENT: requiredText(),
};

/** What a function of the export works with. */
export interface ExportParts extends Invocation {
  readonly table: BackupTable;
  readonly objects: ObjectStore;
  readonly tell: TellProgress;
  /** Halts once the execution has lost its lease, or somebody restores. */
  readonly assertMayRun: () => Promise<void>;
}

/** A function of the export: does its work only while its execution holds the lease and nobody restores; see pausingForSelection. */
export function exportFunction<E extends ExportEvent, R>(
  env: Environment<typeof EXPORT_ENVIRONMENT>,
  parse: (event: unknown) => E,
  work: (event: E, parts: ExportParts) => Promise<R>,
  pacer?: Pacer,
): (event: unknown, context: Context) => Promise<R | PausedTurn> {
  const userAgent = env.USER_AGENT;
  const table = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
  const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent });
  const leases = { table, executionStatus: executionStatus({ userAgent }) };
  const regions = [env.PRIMARY_REGION, env.SECONDARY_REGION];
  return guarded(async (event: unknown, context: Context) => {
    const invocation = invocationOf(context);
    const parsed = parse(event);
    const { executionArn } = parsed;
    const turn = { executionArn, startTime: startTimeIn(event) };
    return tellingProgress(
      { ...invocation, objects },
      toldInvocation({ workflow: 'ExportWorkflow', executionArn, event, pacer }),
      (tell) =>
        pausingForSelection({ ...invocation, ...leases, objects, regions, tell }, turn, (assertMayRun) =>
          work(parsed, { ...invocation, table, objects, assertMayRun, tell }),
        ),
    );
  });
}
