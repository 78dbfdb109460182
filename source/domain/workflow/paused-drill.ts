import { isNamed } from '../errors.ts';
import type { Clock, ObjectStore } from '../ports.ts';
import { drillHasToWait } from '../state/drill-permit.ts';
import type { TellProgress } from '../state/work-figures.ts';
import { pausedSince } from './paused-turn.ts';
import type { PausedTurn, Turn } from './paused-turn.ts';

/** What a turn of a drill needs to know whether it may work. */
export interface DrillTurnDeps {
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly tell: TellProgress;
}

/**
 * Does the work of one function of a drill. Where it would call Cognito while somebody else of its Region does, an export, a
 * dry run or a comparison, or these come in between and take the right to call over, it answers that the drill waits.
 */
export async function pausingForOthers<R>(
  { objects, clock, tell }: DrillTurnDeps,
  { executionArn, startTime }: Turn,
  work: () => Promise<R>,
): Promise<R | PausedTurn> {
  try {
    return await work();
  } catch (error) {
    if (!isNamed(error, 'Superseded') || !(await drillHasToWait(objects, executionArn, clock.now()))) throw error;
    await tell({ phase: 'waiting while others call Cognito', secondsBeside: 'unknown' });
    return pausedSince(startTime, clock.now());
  }
}
