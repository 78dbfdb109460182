const SECOND = 1_000;
/** Bounds of the wait between two looks at a running job. */
export const MIN_POLL_MS = 5 * SECOND;
export const MAX_POLL_MS = 300 * SECOND;
/** Another job of the account is active: how long until Start is tried again. */
export const BUSY_RETRY_MS = 30 * SECOND;
/** A log that is behind the job's own counts is read again after these waits. */
export const LATE_LOG_WAITS_MS: readonly number[] = [5, 10, 20, 30, 60].map((seconds) => seconds * SECOND);

const clamp = (ms: number): number => Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, ms)));

/**
 * Milliseconds until the next look. With an expected end (from the job's own progress or the speed of the last job) it
 * looks shortly before that; without one, and past it, after a quarter of the time that the job has run.
 */
export function pollDelay(job: { readonly elapsedMs: number; readonly rows: number; readonly processed: number; readonly speed?: number }): number {
  const { elapsedMs, rows, processed, speed } = job;
  const perSecond = processed > 0 && elapsedMs > 0 ? processed / (elapsedMs / SECOND) : speed;
  const remainingMs = perSecond === undefined || perSecond <= 0 ? 0 : (processed > 0 ? (rows - processed) / perSecond : rows / perSecond - elapsedMs / SECOND) * SECOND;
  return clamp(remainingMs > 0 ? remainingMs * 0.97 : elapsedMs / 4);
}
