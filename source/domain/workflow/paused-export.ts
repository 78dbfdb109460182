import { isNamed } from '../errors.ts';
import { keepResumable } from '../export/run.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import type { TellProgress } from '../state/work-figures.ts';
import { assertExportMayRun, leasedRestores } from './lease.ts';
import type { RestoreDeps } from './lease.ts';
import { pausedSince } from './paused-turn.ts';
import type { PausedTurn, Turn } from './paused-turn.ts';

/** What a turn of the export needs to know whether it may work. */
export interface ExportTurnDeps extends RestoreDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Clock;
  /** Where a restore may run. */
  readonly regions: readonly string[];
  readonly tell: TellProgress;
}

/** An execution that a version without pauses began goes on at once: its loop is slowed down by the answer itself. */
const BEFORE_ANSWER_MS = 5_000;

/**
 * Does the work of one function of the export if the execution holds its lease and nobody restores. While a selection is
 * restored it answers that the export waits, also when that has come in between and taken the right to call Cognito over.
 */
export async function pausingForSelection<R>(
  deps: ExportTurnDeps,
  turn: Turn,
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

async function pausedTurn(deps: ExportTurnDeps, { startTime }: Turn): Promise<PausedTurn> {
  await deps.clock.sleep(BEFORE_ANSWER_MS);
  await keepResumable(deps);
  await deps.tell({ phase: 'waiting while a selection is restored', secondsBeside: 'unknown' });
  return pausedSince(startTime, deps.clock.now());
}
