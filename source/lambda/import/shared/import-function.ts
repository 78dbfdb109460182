import type { Context } from 'aws-lambda';
import { assertOwnPool } from '../../../domain/drill/assert-own-pool.ts';
import { madePoolIn } from '../../../domain/drill/drill-event.ts';
import type { StartedImport } from '../../../domain/import/import-event.ts';
import type { ImportOptions } from '../../../domain/import/plan/plan-model.ts';
import { snapshotPlaceIn } from '../../../domain/backup/snapshot/place.ts';
import type { SnapshotObjects } from '../../../domain/backup/snapshot/place.ts';
import { waitingForWrites } from '../../../domain/import/plan/paused.ts';
import type { Pacer } from '../../../domain/pacing/pacer.ts';
import type { BackupTable, ObjectStore } from '../../../domain/ports.ts';
import type { TellProgress } from '../../../domain/state/work-figures.ts';
import { assertDrillMayRun, assertImportMayRun } from '../../../domain/workflow/lease.ts';
import { pausingForOthers } from '../../../domain/workflow/paused-drill.ts';
import type { PausedTurn } from '../../../domain/workflow/paused-turn.ts';
import { startTimeIn, tellingProgress } from '../../../domain/workflow/progress.ts';
import { backupTable } from '../../../adapters/backup-table.ts';
import { permitted } from '../../../adapters/cognito/permitted.ts';
import { poolIdentities } from '../../../adapters/cognito/throw-away-pools.ts';
import { int, requiredText } from '../../../adapters/env.ts';
import type { Environment } from '../../../adapters/env.ts';
import { guarded } from '../../../adapters/guarded.ts';
import { invocationOf } from '../../../adapters/invocation.ts';
import type { Invocation } from '../../../adapters/invocation.ts';
import { metrics } from '../../../adapters/metrics.ts';
import { toldInvocation } from '../../../adapters/told-invocation.ts';
import { objectStore } from '../../../adapters/object-store.ts';
import { snapshotStore } from '../../../adapters/snapshot-store.ts';

/** Environment of every function of the import. */
export const IMPORT_ENVIRONMENT = {
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  COGNITO_TPS: int(1, 25),
  MAIN_STACK_NAME: requiredText(),
  INSTANCE_ID: requiredText(),
  USER_AGENT: requiredText(),
};

/** What a function of the import works with. */
export interface ImportParts extends Invocation {
  readonly objects: ObjectStore;
  readonly tell: TellProgress;
  /** What the execution's SnapshotPrefix names; absent without one. */
  readonly snapshots?: SnapshotObjects;
  /** The pool is the drill's own. */
  readonly inDrill: boolean;
  /** The table that is restored from: the stack's, or the one that the execution names. */
  readonly tableNamed: (options: ImportOptions) => { readonly tableName: string; readonly table: BackupTable };
}

/**
 * A function of the import, and of a drill, where it writes to the drill's own pool only, and waits for everybody else: works
 * only while its execution holds the lease, and calls Cognito by `pacer` within the calls per second that the execution or else
 * the stack allows.
 */
export function importFunction<E extends StartedImport, R>(
  env: Environment<typeof IMPORT_ENVIRONMENT>,
  pacer: Pacer,
  parse: (event: unknown) => E,
  work: (event: E, parts: ImportParts) => Promise<R>,
): (event: unknown, context: Context) => Promise<R | PausedTurn> {
  const userAgent = env.USER_AGENT;
  const leases = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
  const measure = metrics(env.MAIN_STACK_NAME);
  const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent });
  const owners = { identity: poolIdentities({ pacer, userAgent }), instanceId: env.INSTANCE_ID };
  const tableNamed: ImportParts['tableNamed'] = ({ backupTableName: tableName = env.BACKUP_TABLE_NAME }) => ({
    tableName,
    table: tableName === env.BACKUP_TABLE_NAME ? leases : backupTable({ tableName, userAgent }),
  });
  return guarded(async (event: unknown, context: Context) => {
    const invocation = invocationOf(context);
    const parsed = parse(event);
    const { executionArn, options } = parsed;
    const drill = madePoolIn(event);
    const workflow = drill === undefined ? 'ImportWorkflow' : 'DrillWorkflow';
    const assertLease = (): Promise<void> =>
      drill === undefined ? assertImportMayRun(leases, executionArn) : assertDrillMayRun(leases, executionArn, drill);
    await assertLease();
    const callsPerSecond = options.cognitoTps ?? env.COGNITO_TPS;
    const calling = { ...invocation, measure, workflow, executionArn, callsPerSecond, objects, assertLease } as const;
    const inDrill = drill !== undefined;
    const working = (tell: TellProgress): Promise<R> =>
      permitted(pacer, calling, async () => {
        if (drill !== undefined) await assertOwnPool({ executionArn, options, drill }, owners);
        return waitingForWrites({ ...invocation, objects }, options.newUserPoolId, () =>
          work(parsed, { ...invocation, ...placed(options, userAgent), objects, tableNamed, tell, inDrill }),
        );
      });
    return tellingProgress(
      { ...invocation, objects },
      toldInvocation({ workflow, executionArn, event, pacer }),
      (tell) => {
        const turn = { executionArn, startTime: startTimeIn(event) };
        return inDrill ? pausingForOthers({ ...invocation, objects, tell }, turn, () => working(tell)) : working(tell);
      },
    );
  });
}

function placed({ snapshotPrefix }: ImportOptions, userAgent: string): Pick<ImportParts, 'snapshots'> {
  const place = snapshotPrefix === undefined ? undefined : snapshotPlaceIn(snapshotPrefix);
  return place === undefined ? {} : { snapshots: snapshotStore(place, { userAgent }) };
}
