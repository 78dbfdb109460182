import * as v from 'valibot';
import type { Counts } from '../backup/manifest.ts';
import { throwAwayName } from '../backup/throw-away-pool.ts';
import { peekJobs } from '../import/plan/jobs-state.ts';
import { tagRestore } from '../import/plan/closed-objects.ts';
import { isNamed } from '../errors.ts';
import type { ObjectStore, TimeLeft } from '../ports.ts';
import { countShape, textsShape, timeShape } from '../state/shape.ts';
import { workflowState } from '../state/workflow-state.ts';
import { madePoolShape } from './drill-event.ts';
import type { MadePool } from './drill-event.ts';
import { readRecord } from './pool-record.ts';
import { projectedSeconds } from './projection.ts';
import { removePool, WAIT_FOR_JOB_MS } from './remove-pool.ts';
import type { RemovalDeps } from './remove-pool.ts';
import { drillReportKey, writeDrillReport } from './report.ts';
import type { DrillReport } from './report.ts';

/** The state of DrillWorkflow at its end: everything that ran has left its answer, and what failed its error. */
const stateShape = v.object({
  executionArn: v.string(),
  startTime: timeShape,
  drill: v.exactOptional(madePoolShape),
  options: v.exactOptional(v.looseObject({ cognitoTps: v.exactOptional(v.number()) })),
  restore: v.exactOptional(v.object({ restoreId: v.string() })),
  scan: v.exactOptional(
    v.object({
      byCsv: v.optional(countShape, 0),
      oneByOne: v.optional(countShape, 0),
      byCsvInSource: v.optional(countShape, 0),
    }),
  ),
  updates: v.exactOptional(
    v.object({
      outcome: v.exactOptional(v.string()),
      summary: v.exactOptional(v.string()),
      plannedAt: v.exactOptional(timeShape),
      report: v.exactOptional(v.object({ keys: textsShape })),
    }),
  ),
  comparison: v.exactOptional(
    v.object({
      done: v.boolean(),
      counts: v.exactOptional(v.object({ users: countShape, groups: countShape, memberships: countShape })),
      reportKeys: v.exactOptional(textsShape),
    }),
  ),
  failure: v.exactOptional(v.object({ Error: v.string(), Cause: v.optional(v.string(), '') })),
});
type EndState = v.InferOutput<typeof stateShape>;

/** What ending a drill needs. */
export interface EndDrillDeps extends RemovalDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'deleteAll' | 'tagAll'>;
  readonly timeLeft: TimeLeft;
  /** Of the stack. */
  readonly callsPerSecond: number;
}

/** What the state machine sees; `Error` and `Cause` where the drill was not good, as a Catch gives them. */
export interface EndedDrill extends Omit<DrillReport, 'reportKeys' | 'error'> {
  readonly reportKey: string;
  readonly reportKeys: readonly string[];
  readonly Error?: string;
  readonly Cause?: string;
}

/** Errors by which a drill ends because a restore, or another drill, took its place. */
const TAKEN_OVER: readonly string[] = ['RestoreInProgress', 'LeaseLost'];

/**
 * The end of every drill, good or not: deletes its pool, with what still imports into it, lets what was stored of its restore
 * expire, and writes drill.json. Asked again it does what is left. Needs no lease: a drill that has lost it cleans up, too.
 */
export async function endDrill(event: unknown, deps: EndDrillDeps): Promise<EndedDrill> {
  const state = workflowState(stateShape, event);
  const { executionArn, drill, restore } = state;
  const record = await readRecord(deps.objects, throwAwayName(deps.instanceId, executionArn));
  if (record !== undefined)
    try {
      await removePool(record, { ...deps, patienceMs: WAIT_FOR_JOB_MS });
    } catch (error) {
      if (!isNamed(error, 'Superseded')) await writeDrillReport(deps.objects, failedReport(state, deps));
      throw error;
    }
  if (drill !== undefined && restore !== undefined)
    await tagRestore(deps, { newUserPoolId: drill.poolId, restoreId: restore.restoreId });
  const { error, cause } = verdictOf(state);
  const report: DrillReport = {
    outcome: outcomeOf(error),
    executionArn,
    startedAt: state.startTime,
    endedAt: new Date(deps.clock.now()).toISOString(),
    ...(error === undefined ? {} : { error }),
    ...(drill === undefined ? {} : aboutPool(drill, state.comparison?.counts)),
    ...(drill === undefined ? {} : await projection(drill, state, deps)),
    reportKeys: [...(state.updates?.report?.keys ?? []), ...(state.comparison?.reportKeys ?? [])],
  };
  await writeDrillReport(deps.objects, report);
  const { error: Error, ...shown } = report;
  return {
    ...shown,
    reportKey: drillReportKey(executionArn),
    ...(Error === undefined ? {} : { Error, Cause: cause }),
  };
}

/** Of a drill whose pool is still there. Where a later try deletes it, the result takes the place of this. */
const failedReport = ({ executionArn, startTime }: EndState, { clock }: EndDrillDeps): DrillReport => ({
  outcome: 'failed',
  executionArn,
  startedAt: startTime,
  endedAt: new Date(clock.now()).toISOString(),
  error: 'ServiceError',
  reportKeys: [],
});

/** What went wrong; nothing where the restore brought everything that no rule leaves out, and the comparison found the same. */
function verdictOf({ failure, updates, comparison }: EndState): { readonly error?: string; readonly cause: string } {
  if (failure !== undefined) return { error: failure.Error, cause: failure.Cause };
  if (updates?.outcome === 'partial') return { error: 'RestoreIncomplete', cause: updates.summary ?? '' };
  if (comparison?.done === true) return { cause: '' };
  return { error: 'BadState', cause: 'The drill ended before its pool was compared with the backup.' };
}

function outcomeOf(error: string | undefined): DrillReport['outcome'] {
  if (error === undefined) return 'good';
  if (TAKEN_OVER.includes(error)) return 'ended';
  return error === 'PoolDiffers' || error === 'RestoreIncomplete' ? 'different' : 'failed';
}

/** Everybody who was restored may count as active: memberships and calls of administrators do, rows of an import job do not. */
const aboutPool = (
  { poolId, runId, backup, sample, settingsDiffer, leftOut }: MadePool,
  rehearsed: Counts | undefined,
): Partial<DrillReport> => ({
  poolId,
  exportRun: runId,
  everybody: sample === undefined,
  backup,
  settingsDiffer,
  leftOut,
  ...(rehearsed === undefined ? {} : { rehearsed, mostActiveUsers: rehearsed.users }),
});

/** What a restore of everybody would take; of a drill that was good up to its comparison only. */
async function projection(
  { poolId, backup, madeAt }: MadePool,
  { restore, scan, updates, comparison, options }: EndState,
  { objects, callsPerSecond }: EndDrillDeps,
): Promise<Pick<DrillReport, 'projectedSeconds'>> {
  const rehearsed = comparison?.counts;
  if (restore === undefined || scan === undefined || rehearsed === undefined || updates?.plannedAt === undefined)
    return {};
  const { speed } = await peekJobs(objects, poolId, restore.restoreId);
  const seconds = projectedSeconds({
    backup,
    rehearsed,
    byCsv: scan.byCsv,
    oneByOne: scan.oneByOne,
    byCsvInSource: scan.byCsvInSource,
    ...(speed === undefined ? {} : { rowsPerSecond: speed }),
    planningSeconds: Math.max(0, Date.parse(updates.plannedAt) - Date.parse(madeAt)) / 1000,
    callsPerSecond: options?.cognitoTps ?? callsPerSecond,
  });
  return seconds === undefined ? {} : { projectedSeconds: seconds };
}
