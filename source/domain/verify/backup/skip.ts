import type { Skipped, Verification } from './state.ts';

/** Ends the execution without a message: a scheduled look found nothing to do. */
export async function skip({ deps, progress }: Verification, why: Skipped, runId?: string): Promise<void> {
  deps.log.info('Nothing to verify now', { why });
  const { state } = progress;
  state.phase = 'done';
  state.result = {
    done: true,
    again: false,
    differences: state.differences,
    skipped: true,
    comparePool: false,
    why,
    ...(runId === undefined ? {} : { runId }),
  };
  await progress.save();
}
