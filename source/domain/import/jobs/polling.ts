const SECOND = 1_000;
/** Bounds of the wait between two looks at a running job. */
export const MIN_POLL_MS = 5 * SECOND;
export const MAX_POLL_MS = 300 * SECOND;
/** A job that has run long is looked at seldom, however near its end seems: one may hang before its last row for hours. */
const MIN_SHARE = 1 / 120;
/** Another job of the account is active: bounds of the wait until it is tried again, and the end of patience. */
const MIN_BUSY_RETRY_MS = 30 * SECOND;
export const BUSY_PATIENCE_MS = 48 * 3_600 * SECOND;
/** A log that is behind the job's own counts is read again after these waits. */
export const LATE_LOG_WAITS_MS: readonly number[] = [5, 10, 20, 30, 60].map((seconds) => seconds * SECOND);

const clamp = (ms: number): number => Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, ms)));

/** Milliseconds until the next try after so many of waiting: a job of hours must not fill the execution's history. */
export const busyDelay = (waitedMs: number): number =>
  Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_BUSY_RETRY_MS, waitedMs / 4)));

/**
 * Milliseconds until the next look: shortly before the expected end, which follows from the job's own progress or, while
 * it shows none, from the speed of the last job. Progress is trusted for as long again as the job has run, since a job
 * begins slowly. Without any expectation, and past it, after a quarter of the time that the job has run. A job costs at most
 * 1,100 looks in two days, each of which is about 14 of the 25,000 events of the execution's history.
 */
export function pollDelay({
  elapsedMs,
  rows,
  processed,
  speed,
}: {
  readonly elapsedMs: number;
  readonly rows: number;
  readonly processed: number;
  readonly speed?: number;
}): number {
  const least = elapsedMs * MIN_SHARE;
  if (processed > 0 && processed < rows && elapsedMs > 0)
    return clamp(Math.max(least, Math.min(elapsedMs, (((rows - processed) * elapsedMs) / processed) * 0.97)));
  const remainingMs = speed === undefined || speed <= 0 ? 0 : (rows / speed) * SECOND - elapsedMs;
  return clamp(Math.max(least, remainingMs > 0 ? remainingMs * 0.97 : elapsedMs / 4));
}
