import type { Context } from 'aws-lambda';
import { drillStart, startedDrill } from '../../domain/drill/drill-event.ts';
import { isDryRun, parseDrillPoolEvent } from '../../domain/drill/drill-pool-event.ts';
import { endDrill } from '../../domain/drill/end-drill.ts';
import type { EndedDrill } from '../../domain/drill/end-drill.ts';
import { giveWayToRestore } from '../../domain/drill/give-way.ts';
import type { GaveWay } from '../../domain/drill/give-way.ts';
import { makeThrowAwayPool } from '../../domain/drill/make-pool.ts';
import type { MadeDrill } from '../../domain/drill/make-pool.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertDrillMayRun, assertImportMayRun, takeDrillLease } from '../../domain/workflow/lease.ts';
import { pausingForOthers } from '../../domain/workflow/paused-drill.ts';
import type { PausedTurn } from '../../domain/workflow/paused-turn.ts';
import { startTimeIn, tellingProgress } from '../../domain/workflow/progress.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { throwAwayPools } from '../../adapters/cognito/throw-away-pools.ts';
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
  INSTANCE_ID: requiredText(),
  MAIN_STACK_NAME: requiredText(),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const measure = metrics(env.MAIN_STACK_NAME);
const deps = {
  pools: throwAwayPools({ pacer, userAgent }),
  table: backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent }),
  tableName: env.BACKUP_TABLE_NAME,
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent }),
  instanceId: env.INSTANCE_ID,
  callsPerSecond: env.COGNITO_TPS,
};

/** Makes the throw-away pool of a drill and takes it away again: the only function that may. Waits for everybody but drills. */
export const handler = guarded(
  async (event: unknown, context: Context): Promise<MadeDrill | EndedDrill | GaveWay | PausedTurn> => {
    const invocation = invocationOf(context);
    const { step, state } = parseDrillPoolEvent(event);
    const { executionArn } = state;
    const parts = { ...invocation, ...deps };
    if (step === 'give way') {
      if (isDryRun(state)) return { ended: 0, left: 0 };
      const workflow = 'ImportWorkflow';
      const assertLease = (): Promise<void> => assertImportMayRun(deps.table, executionArn);
      await assertLease();
      const takeLeaseAway = (): Promise<void> => takeDrillLease({ ...deps, ...invocation }, executionArn);
      const gave = await permitted(pacer, { ...parts, measure, workflow, executionArn, assertLease }, () =>
        giveWayToRestore({ ...parts, takeLeaseAway }),
      );
      log.info('Drills gave way to this restore', { ...gave });
      return gave;
    }
    const workflow = 'DrillWorkflow';
    // A drill that has lost its lease cleans up all the same.
    const assertLease = (): Promise<void> =>
      step === 'end' ? Promise.resolve() : assertDrillMayRun(deps.table, executionArn, drillStart(state));
    await assertLease();
    const turn = { executionArn, startTime: startTimeIn(state) };
    const waiting = <T>(work: () => Promise<T>): Promise<T | PausedTurn> =>
      tellingProgress(parts, toldInvocation({ workflow, executionArn, event: state, pacer }), (tell) =>
        pausingForOthers({ ...parts, tell }, turn, () =>
          permitted(pacer, { ...parts, measure, workflow, executionArn, assertLease }, work),
        ),
      );
    if (step === 'make') {
      const made = await waiting(() => makeThrowAwayPool(startedDrill(state), parts));
      return 'paused' in made ? { ...state, ...made } : made;
    }
    const ended = await waiting(() => endDrill(state, parts));
    if ('paused' in ended) return ended;
    if (ended.projectedSeconds !== undefined) measure({ DrillProjectedTime: ended.projectedSeconds });
    log.info('Drill ended', { outcome: ended.outcome });
    return ended;
  },
);
