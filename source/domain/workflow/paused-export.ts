import { isNamed } from '../errors.ts';
import { keepResumable } from '../export/run.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import type { TellProgress } from '../state/work-figures.ts';
import { assertExportMayRun, leasedRestores } from './lease.ts';
import type { RestoreDeps } from './lease.ts';

/**
 * What a function of the export answers while a selection is restored: it did nothing, and nothing went wrong. The state
 * machine waits for so long and calls it again.
 */
export interface PausedTurn {
  readonly paused: true;
  readonly done: false;
  readonly waitSeconds: number;
}

/** What a turn of the export needs to know whether it may work. */
export interface ExportTurnDeps extends RestoreDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Clock;
  /** Where a restore may run. */
  readonly regions: readonly string[];
  readonly tell: TellProgress;
}

/** The execution whose turn it is. */
export interface ExportTurn {
  readonly executionArn: string;
  readonly startTime: string | undefined;
}

/** An execution that a version without pauses began goes on at once: its loop is slowed down by the answer itself. */
const BEFORE_ANSWER_MS = 5_000;
const LEAST_WAIT_S = 15;
const LONGEST_WAIT_S = 600;
/** Of the time that the execution has taken so far. */
const WAITED_SHARE = 0.01;

/**
 * Does the work of one function of the export if the execution holds its lease and nobody restores. While a selection is
 * restored it answers that the export waits, also when that has come in between and taken the right to call Cognito over.
 */
export async function pausingForSelection<R>(
  deps: ExportTurnDeps,
  turn: ExportTurn,
  work: (assertMayRun: () => Promise<void>) => Promise<R>,
): Promise<R | PausedTurn> {
  const began = deps.clock.now();
  const assertMayRun = (): Promise<void> => assertExportMayRun(deps, turn.executionArn, deps.regions);
  try {
    await assertMayRun();
    return await work(assertMayRun);
  } catch (error) {
    if (!isNamed(error, 'SelectionRunning') && !(isNamed(error, 'Superseded') && (await selectedSince(deps, began))))
      throw error;
    return pausedTurn(deps, turn);
  }
}

/** Whether a selection was begun since; it may have ended again. `poolId`: one that restores into this pool. */
export async function selectedSince(
  { table, regions }: Pick<ExportTurnDeps, 'table' | 'regions'>,
  since: number,
  poolId?: string,
): Promise<boolean> {
  const restores = await leasedRestores(table, regions);
  return restores.some(
    ({ selectionFor, takenAt }) =>
      selectionFor !== undefined && selectionFor === (poolId ?? selectionFor) && Date.parse(takenAt) >= since,
  );
}

async function pausedTurn(deps: ExportTurnDeps, { startTime }: ExportTurn): Promise<PausedTurn> {
  await deps.clock.sleep(BEFORE_ANSWER_MS);
  await keepResumable(deps);
  await deps.tell({ phase: 'waiting while a selection is restored', secondsBeside: 'unknown' });
  return { paused: true, done: false, waitSeconds: secondsToWait(startTime, deps.clock.now()) };
}

/**
 * The longer an execution lasts, the longer it waits: however many selections follow each other, its history stays far
 * below 25,000 events (1,400 waits of 9 events in seven days).
 */
function secondsToWait(startTime: string | undefined, now: number): number {
  const age = startTime === undefined ? 0 : (now - Date.parse(startTime)) / 1000;
  return Math.round(Math.min(LONGEST_WAIT_S, Math.max(LEAST_WAIT_S, age * WAITED_SHARE)));
}
