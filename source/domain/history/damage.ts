import type { Counts, Manifest } from '../backup/manifest.ts';

/** From a sealed run to a later one, or to one that a guard refused, a mass of the content vanished or changed. */
export interface Interval {
  /** The last run that was sealed before, and the first that shows all of it. */
  readonly earlier: Manifest;
  readonly later: Manifest;
  /** Exports within which it came about: more than one where each brought a part, and only a day's parts together are a mass. */
  readonly exports: number;
  readonly findings: readonly DamageFinding[];
}

/** What happened to one kind of item within an interval. */
export interface DamageFinding {
  readonly kind: keyof Counts;
  readonly change: 'deleted' | 'changed';
  /** Of several exports their sum: what changed in two of them counts twice. */
  readonly items: number;
  /** That the earlier run had. */
  readonly of: number;
}

/** What is looked for. */
export interface DamageWanted {
  readonly percent: number;
  /** Milliseconds since the epoch: only what can have happened between the two. */
  readonly since?: number;
  readonly until?: number;
}

/** So many may go or change in any night, however small the pool is. */
const ORDINARY_ITEMS = 10;
const DAY_MS = 86_400_000;
/** Exports at the ends of a slow change that brought less than this share of its largest part do not belong to it. */
const SMALLEST_PART = 0.1;

/** Two runs that follow each other, of which the earlier one was sealed. */
interface Step {
  readonly earlier: Manifest;
  readonly later: Manifest;
}

/**
 * The intervals in which more than `percent` of a kind, and more than ten, were deleted or changed, at once or added up over a
 * day; of groups, which people delete one by one, every deletion. By the counts that the runs themselves made: nothing is
 * read but their manifests. Of several refused runs one after the other, which all show the same, the first is named.
 * @param runs sealed and refused runs of one pool, the oldest first
 */
export function damageAmong(runs: readonly Manifest[], wanted: DamageWanted): readonly Interval[] {
  const { percent, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = wanted;
  const steps = stepsOf(runs).filter(
    ({ earlier, later }) => Date.parse(later.startedAt) > since && Date.parse(earlier.startedAt) < until,
  );
  const intervals: Interval[] = [];
  for (const step of steps) {
    const findings = findingsOf(step).filter((finding) => isMass(finding, percent));
    const isKnown = step.later.refused !== undefined && intervals.at(-1)?.earlier === step.earlier;
    if (findings.length > 0 && !isKnown) intervals.push({ ...step, exports: 1, findings });
  }
  for (const kind of ['users', 'memberships'] as const)
    for (const change of ['deleted', 'changed'] as const)
      for (const slow of addedUp(steps, { kind, change, percent })) join(intervals, slow);
  return intervals.sort((one, other) => Date.parse(one.later.startedAt) - Date.parse(other.later.startedAt));
}

function stepsOf(runs: readonly Manifest[]): readonly Step[] {
  const steps: Step[] = [];
  let earlier: Manifest | undefined;
  for (const later of runs) {
    if (earlier !== undefined) steps.push({ earlier, later });
    if (later.refused === undefined) earlier = later;
  }
  return steps;
}

/** More than the ordinary night of a pool. */
export const isMassOf = (items: number, of: number, percent: number): boolean =>
  items > ORDINARY_ITEMS && items * 100 > of * percent;

const isMass = ({ kind, change, items, of }: DamageFinding, percent: number): boolean =>
  kind === 'groups' && change === 'deleted' ? items > 0 : isMassOf(items, of, percent);

/** Where a run between the two is not kept, or cannot be read, the counts tell what is missing at the least. */
const findingsOf = ({ earlier, later }: Step): DamageFinding[] =>
  (['users', 'groups', 'memberships'] as const).flatMap((kind) => [
    {
      kind,
      change: 'deleted',
      items: Math.max(later.deleted[kind], earlier.counts[kind] - later.counts[kind]),
      of: earlier.counts[kind],
    } as const,
    {
      kind,
      change: 'changed',
      items: later.changed[kind] - uncountedIn(later, kind),
      of: earlier.counts[kind],
    } as const,
  ]);

/** What UncountedAttributes names changes all the time. */
const uncountedIn = ({ uncounted }: Manifest, kind: keyof Counts): number =>
  kind === 'users' ? (uncounted?.users ?? 0) : 0;

interface Slowly {
  readonly kind: DamageFinding['kind'];
  readonly change: DamageFinding['change'];
  readonly percent: number;
}

/** Intervals of several exports whose parts, none of them a mass, are one within 24 hours. */
function addedUp(all: readonly Step[], { kind, change, percent }: Slowly): readonly Interval[] {
  // What a guard refused is in no backup, and in the next run again.
  const steps = all.filter(({ later }) => later.refused === undefined);
  const parts = steps.map((step) => {
    const found = findingsOf(step).find((one) => one.kind === kind && one.change === change);
    return found === undefined || isMass(found, percent) ? 0 : found.items;
  });
  const sum = (from: number, to: number): number => parts.slice(from, to + 1).reduce((all, part) => all + part, 0);
  const isMassFrom = (from: number, to: number): boolean =>
    isMassOf(sum(from, to), (steps[from] as Step).earlier.counts[kind], percent);
  const windows: [from: number, to: number][] = [];
  for (const [to, { later }] of steps.entries()) {
    if (parts[to] === 0) continue;
    for (let from = to - 1; from >= 0 && isWithinDay(steps[from] as Step, later); from -= 1)
      if (isMassFrom(from, to)) {
        const last = windows.at(-1);
        if (last !== undefined && from <= last[1]) last[1] = to;
        else windows.push([from, to]);
        break;
      }
  }
  return windows.map((window) => {
    const [from, to] = withoutSmallEnds(parts, window, isMassFrom);
    const { earlier } = steps[from] as Step;
    const { later } = steps[to] as Step;
    const finding: DamageFinding = { kind, change, items: sum(from, to), of: earlier.counts[kind] };
    return { earlier, later, exports: to - from + 1, findings: [finding] };
  });
}

const isWithinDay = ({ earlier }: Step, later: Manifest): boolean =>
  Date.parse(later.startedAt) - Date.parse(earlier.startedAt) <= DAY_MS;

/** Ordinary exports before and after the slow change are left out. */
function withoutSmallEnds(
  parts: readonly number[],
  [first, last]: readonly [number, number],
  isMassFrom: (from: number, to: number) => boolean,
): readonly [from: number, to: number] {
  const least = SMALLEST_PART * Math.max(...parts.slice(first, last + 1));
  let [from, to] = [first, last];
  while ((parts[from] as number) < least) from += 1;
  while ((parts[to] as number) < least) to -= 1;
  return isMassFrom(from, to) ? [from, to] : [first, last];
}

/** Two findings of one and the same time stand together. */
function join(intervals: Interval[], slow: Interval): void {
  const same = intervals.findIndex(({ earlier, later }) => earlier === slow.earlier && later === slow.later);
  const known = intervals[same];
  if (known === undefined) intervals.push(slow);
  else intervals[same] = { ...known, findings: [...known.findings, ...slow.findings] };
}

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
