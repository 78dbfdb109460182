import { isNamed } from '../errors.ts';
import type { BackupTable, Clock, Log, ObjectStore, TimeLeft } from '../ports.ts';
import type { TellProgress } from './work-figures.ts';

/** What every looped function of the export needs. */
export interface StepDeps {
  readonly table: Pick<BackupTable, 'contentHashes' | 'itemsOf' | 'putItems'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'read'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Unique per invocation (the request id). */
  readonly claim: string;
  readonly timeLeft: TimeLeft;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
}

/**
 * How a step of one invocation ended. moved: there is nothing left of it, the state is where the next one begins;
 * sliceOver: the invocation should return, and another one goes on with the same step.
 */
export type StepEnd = 'moved' | 'sliceOver';

/**
 * Runs the work of one invocation and stores its progress, also when it ended early. Throttling is no failure as long as
 * something was done meanwhile: the state machine then simply calls again.
 */
export async function workThenSave(
  progress: { save(): Promise<void> },
  doneSoFar: () => number,
  work: () => Promise<void>,
): Promise<void> {
  const before = doneSoFar();
  try {
    await work();
  } catch (error) {
    if (!isNamed(error, 'Throttled') || doneSoFar() === before) throw error;
  }
  await progress.save();
}
