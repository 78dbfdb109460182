import type { Skipped, Verification } from './state.ts';

/** Ends the execution without a message: a scheduled look found nothing to do. */
export async function skip({ deps, progress }: Verification, why: Skipped, runId?: string): Promise<void> {
  deps.log.info('Nothing to verify now', { why });
  progress.state.phase = 'done';
  progress.state.result = { done: true, again: false, skipped: true, comparePool: false, why, ...(runId === undefined ? {} : { runId }) };
  await progress.save();
}
