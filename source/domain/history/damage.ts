import type { Counts, Manifest } from '../backup/manifest.ts';

/** From a sealed run to the next one, or to one that a guard refused, a mass of the content vanished or changed. */
export interface Interval {
  /** The last run that was sealed before, and the first that shows it. */
  readonly earlier: Manifest;
  readonly later: Manifest;
  readonly findings: readonly DamageFinding[];
}

/** What happened to one kind of item within an interval. */
export interface DamageFinding {
  readonly kind: keyof Counts;
  readonly change: 'deleted' | 'changed';
  readonly items: number;
  /** That the earlier run had. */
  readonly of: number;
}

/** So many may go or change in any night, however small the pool is. */
const ORDINARY_ITEMS = 10;

/**
 * The intervals in which more than `percent` of a kind, and more than ten, were deleted or changed; of groups, which people
 * delete one by one, every deletion. By the counts that the runs themselves made: nothing is read but their manifests. Of
 * several refused runs one after the other, which all show the same, the first is named.
 * @param runs sealed and refused runs of one pool, the oldest first
 */
export function damageAmong(runs: readonly Manifest[], percent: number): readonly Interval[] {
  const intervals: Interval[] = [];
  let earlier: Manifest | undefined;
  for (const later of runs) {
    if (earlier !== undefined) {
      const findings = findingsOf(earlier, later).filter((finding) => isMass(finding, percent));
      const isKnown = later.refused !== undefined && intervals.at(-1)?.earlier === earlier;
      if (findings.length > 0 && !isKnown) intervals.push({ earlier, later, findings });
    }
    if (later.refused === undefined) earlier = later;
  }
  return intervals;
}

const isMass = ({ kind, change, items, of }: DamageFinding, percent: number): boolean =>
  kind === 'groups' && change === 'deleted' ? items > 0 : items > ORDINARY_ITEMS && items * 100 > of * percent;

const findingsOf = (earlier: Manifest, later: Manifest): DamageFinding[] =>
  (['users', 'groups', 'memberships'] as const).flatMap((kind) => [
    { kind, change: 'deleted', items: later.deleted[kind], of: earlier.counts[kind] } as const,
    { kind, change: 'changed', items: later.changed[kind], of: earlier.counts[kind] } as const,
  ]);

/** Days that Cognito's own point-in-time recovery reaches back, by the pool's plan (API model of InitiatePointInTimeRecovery). */
const RECOVERY_DAYS: Readonly<Record<string, number>> = { LITE: 0, ESSENTIALS: 1, PLUS: 14 };
const DAY_MS = 86_400_000;
/** A point that is younger is refused (same source). */
const YOUNGEST_MS = 15 * 60_000;

/** Whether Cognito's own recovery can take the living pool back to before an interval. */
export type NativeRecovery =
  | { readonly reaches: true; /** ISO 8601. */ readonly restoreTimestamp: string }
  | { readonly reaches: false; readonly why: 'plan' | 'unknownPlan' | 'tooLongAgo' | 'tooRecent' };

/**
 * The earlier run began to list the pool at that time: what happened within the interval happened after it.
 * @param plan of the pool (UserPoolTier); undefined when it could not be asked
 */
export function nativeRecoveryBefore({ earlier }: Interval, plan: string | undefined, now: number): NativeRecovery {
  const days = plan === undefined ? undefined : RECOVERY_DAYS[plan];
  if (days === undefined) return { reaches: false, why: 'unknownPlan' };
  if (days === 0) return { reaches: false, why: 'plan' };
  const age = now - Date.parse(earlier.startedAt);
  if (age > days * DAY_MS) return { reaches: false, why: 'tooLongAgo' };
  if (age < YOUNGEST_MS) return { reaches: false, why: 'tooRecent' };
  return { reaches: true, restoreTimestamp: earlier.startedAt };
}
