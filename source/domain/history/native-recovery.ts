import type { Interval } from './damage.ts';

const DAY_MS = 86_400_000;
/** Days that Cognito's own point-in-time recovery reaches back, by the pool's plan (API model of InitiatePointInTimeRecovery). */
const RECOVERY_DAYS: Readonly<Record<string, number>> = { LITE: 0, ESSENTIALS: 1, PLUS: 14 };
/** A point that is younger is refused (same source). */
const YOUNGEST_MS = 15 * 60_000;

/** Whether Cognito's own recovery can take the living pool back to before an interval. */
export type NativeRecovery =
  | { readonly reaches: true; /** ISO 8601. */ readonly restoreTimestamp: string }
  | { readonly reaches: false; readonly why: 'gone' | 'plan' | 'unknownPlan' | 'tooLongAgo' | 'tooRecent' };

/** What is known of a pool's plan: UserPoolTier; or that there is no such pool any more; undefined when it could not be asked. */
export type KnownPlan = string | { readonly gone: true } | undefined;

/** Whether there is no living pool any more into which anything could be brought back. */
export const isPoolGone = (recovery: NativeRecovery): boolean => !recovery.reaches && recovery.why === 'gone';

/** The earlier run began to list the pool at that time: what happened within the interval happened after it. */
export function nativeRecoveryBefore(
  { earlier }: Pick<Interval, 'earlier'>,
  plan: KnownPlan,
  now: number,
): NativeRecovery {
  if (typeof plan === 'object') return { reaches: false, why: 'gone' };
  const days = plan === undefined ? undefined : RECOVERY_DAYS[plan];
  if (days === undefined) return { reaches: false, why: 'unknownPlan' };
  if (days === 0) return { reaches: false, why: 'plan' };
  const age = now - Date.parse(earlier.startedAt);
  if (age > days * DAY_MS) return { reaches: false, why: 'tooLongAgo' };
  if (age < YOUNGEST_MS) return { reaches: false, why: 'tooRecent' };
  return { reaches: true, restoreTimestamp: earlier.startedAt };
}

/** What looking at an answer and typing a command may take. */
const TIME_TO_ACT_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Where Cognito's own recovery does not reach back before an interval, but into it, as a day does into one between two daily
 * exports: the oldest point that it can be given a quarter of an hour from now, ISO 8601. Undefined where it has none there.
 */
export function oldestPointWithin(
  { earlier, later }: Pick<Interval, 'earlier' | 'later'>,
  plan: KnownPlan,
  now: number,
): string | undefined {
  const days = typeof plan === 'string' ? (RECOVERY_DAYS[plan] ?? 0) : 0;
  const point = Math.ceil((now - days * DAY_MS + TIME_TO_ACT_MS) / MINUTE_MS) * MINUTE_MS;
  const isWithin = point > Date.parse(earlier.startedAt) && point < Date.parse(later.endedAt);
  return days > 0 && isWithin && nativeRecoveryBefore({ earlier }, plan, now).reaches === false
    ? new Date(point).toISOString()
    : undefined;
}
