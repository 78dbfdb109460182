import { Fault } from '../errors.ts';
import type { Manifest } from './manifest.ts';

const HOUR_MS = 3600 * 1000;

/** Hours between two scheduled exports, by the value of the parameter ExportFrequency. */
export const FREQUENCY_HOURS = {
  EVERY_HOUR: 1,
  EVERY_6_HOURS: 6,
  EVERY_DAY: 24,
  EVERY_7_DAYS: 7 * 24,
  EVERY_30_DAYS: 30 * 24,
} as const;
/** A value of the parameter ExportFrequency. */
export type ExportFrequency = keyof typeof FREQUENCY_HOURS;

/** When the last sealed run was at work. */
export type SealedTimes = Pick<Manifest, 'runId' | 'startedAt' | 'endedAt'>;

/** How old the backup is, and how old it may be. */
export interface Freshness {
  /** Milliseconds since the last sealed run began: what changed in the pool after that may be in no backup. */
  readonly ageMs: number;
  readonly allowedMs: number;
  /** Age divided by what is allowed: above 1 the backup is stale. */
  readonly ratio: number;
  /** The moment from which on the age is above what is allowed, milliseconds since the epoch. */
  readonly staleFrom: number;
}

/**
 * How old a backup may be: half a period more than the schedule promises, or time for the next run to take twice as long
 * as the last one, whichever is longer.
 *
 * @param lastDurationMs - how long the last sealed run took; 0 before there is one
 */
export function allowedAge(frequency: ExportFrequency, lastDurationMs: number): number {
  const frequencyMs = FREQUENCY_HOURS[frequency] * HOUR_MS;
  return Math.max(1.5 * frequencyMs, frequencyMs + 2 * lastDurationMs + HOUR_MS);
}

/**
 * The age of a backup, held against its schedule.
 *
 * @param launchedAt - milliseconds since the epoch; the age counts from it as long as no run was sealed
 * @throws Fault BadState when the run's manifest does not tell its times
 */
export function freshnessOf({
  frequency,
  sealed,
  launchedAt,
  now,
}: {
  readonly frequency: ExportFrequency;
  readonly sealed: SealedTimes | undefined;
  readonly launchedAt: number;
  readonly now: number;
}): Freshness {
  const { from, durationMs } = sealed === undefined ? { from: launchedAt, durationMs: 0 } : timesOf(sealed);
  const ageMs = Math.max(0, now - from);
  const allowedMs = allowedAge(frequency, durationMs);
  return { ageMs, allowedMs, ratio: ageMs / allowedMs, staleFrom: from + allowedMs };
}

function timesOf({ runId, startedAt, endedAt }: SealedTimes): { readonly from: number; readonly durationMs: number } {
  const from = Date.parse(startedAt);
  const durationMs = Math.max(0, Date.parse(endedAt) - from);
  if (Number.isFinite(durationMs)) return { from, durationMs };
  throw new Fault(
    'BadState',
    `The manifest of the export ${runId} does not tell when it began and ended, so the age of the backup is not known. Start ExportWorkflow, which seals a new run.`,
  );
}
