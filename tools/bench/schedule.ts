import { FREQUENCY_HOURS } from '../../source/domain/backup/freshness.ts';
import type { ExportFrequency } from '../../source/domain/backup/freshness.ts';

/** Of the month that is computed. */
export const HOURS_PER_MONTH = 24 * 30;
/** Default of SnapshotRetentionDays. */
const RETENTION_DAYS = 35;
/** All runs of so many days are kept; of the days before, the last one. */
const KEEP_ALL_DAYS = 2;
/** Until the bucket's lifecycle has removed the version that lay below a delete marker for a day. */
const REMOVAL_DAYS = 2;

/** What a month of exports at one frequency is. */
export interface Schedule {
  /** Fewer than the frequency asks for where an export takes longer: a start that finds one at work leaves it to the next. */
  readonly exports: number;
  /** Exports of a day beyond the one that stays. */
  readonly thinned: number;
  /** Snapshots that lie in a Region, those on their way out included. */
  readonly snapshots: number;
}

/** @param seconds - how long one export takes */
export function scheduleOf(frequency: ExportFrequency, seconds: number): Schedule {
  const hours = FREQUENCY_HOURS[frequency];
  const exports = HOURS_PER_MONTH / (hours * Math.max(1, Math.ceil(seconds / 3600 / hours)));
  const days = HOURS_PER_MONTH / 24;
  const perDay = exports / days;
  return {
    exports,
    thinned: Math.max(0, exports - days),
    snapshots: Math.ceil(
      perDay > 1
        ? perDay * (KEEP_ALL_DAYS + REMOVAL_DAYS) + RETENTION_DAYS - KEEP_ALL_DAYS
        : perDay * (RETENTION_DAYS + REMOVAL_DAYS),
    ),
  };
}
