import { madePoolIn, parseDrillComparison } from '../../domain/drill/drill-event.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { comparePool } from '../../domain/verify/pool/compare-pool.ts';
import type { ComparePoolResult } from '../../domain/verify/pool/state.ts';
import { parseCompareEvent } from '../../domain/verify/verify-event.ts';
import { assertDrillMayRun, assertVerifyMayRun } from '../../domain/workflow/lease.ts';
import { pausingForOthers } from '../../domain/workflow/paused-drill.ts';
import type { PausedTurn } from '../../domain/workflow/paused-turn.ts';
import { startTimeIn, tellingProgress } from '../../domain/workflow/progress.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { int, readEnv, requiredText } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { metrics } from '../../adapters/metrics.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { toldInvocation } from '../../adapters/told-invocation.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  COGNITO_TPS: int(1, 25),
  MAIN_STACK_NAME: requiredText(),
  USER_AGENT: requiredText(),
});
const tableName = env.BACKUP_TABLE_NAME;
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const table = backupTable({ tableName, userAgent });
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent });
const measure = metrics(env.MAIN_STACK_NAME);
const pool = userPoolReader({ pacer, userAgent });

/** Holds a user pool against the backup; reads only. In a drill it waits for everybody else. */
export const handler = guarded(async (event: unknown, context): Promise<ComparePoolResult | PausedTurn> => {
  const invocation = invocationOf(context);
  const drill = madePoolIn(event);
  const isDrill = drill !== undefined;
  const workflow = isDrill ? ('DrillWorkflow' as const) : ('VerifyWorkflow' as const);
  const input = isDrill ? parseDrillComparison(event) : parseCompareEvent(event);
  const { executionArn, options } = input;
  const assertLease = (): Promise<void> =>
    drill === undefined ? assertVerifyMayRun(table, executionArn) : assertDrillMayRun(table, executionArn, drill);
  await assertLease();
  const callsPerSecond = options.cognitoTps ?? env.COGNITO_TPS;
  const calling = {
    ...invocation,
    measure,
    workflow,
    executionArn,
    callsPerSecond,
    objects,
    assertLease,
  };
  const result = await tellingProgress(
    { ...invocation, objects },
    toldInvocation({ workflow, executionArn, event, pacer }),
    (tell) => {
      const comparing = (): Promise<ComparePoolResult> =>
        permitted(pacer, calling, () =>
          comparePool({ ...input, tableName, bucket: env.STATE_BUCKET }, { ...invocation, table, objects, pool, tell }),
        );
      const turn = { executionArn, startTime: startTimeIn(event) };
      return isDrill ? pausingForOthers({ ...invocation, objects, tell }, turn, comparing) : comparing();
    },
  );
  log.info('Compared so far', { ...result });
  return result;
});
