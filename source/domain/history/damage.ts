import type { Counts, Manifest } from '../backup/manifest.ts';

/** From a sealed run to a later one, or to one that a guard refused, a mass of the content vanished or changed. */
export interface Interval {
  /** The last run that was sealed before, and the first that shows all of it. */
  readonly earlier: Manifest;
  readonly later: Manifest;
  /** Exports within which it came about: more than one where each brought a part, and only a day's parts together are a mass. */
  readonly exports: number;
  readonly findings: readonly DamageFinding[];
  /** Of one that a guard refused: the run that was sealed with it all the same, since somebody allowed it. */
  readonly sealedBy?: Manifest;
}

/** What damage is looked for among: items by kind, and the users of identity providers, whom a run keeps apart from all items. */
export type DamagedKind = keyof Counts | 'federatedUsers';

/** What happened to one kind within an interval. */
export interface DamageFinding {
  readonly kind: DamagedKind;
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

/** The share that is a mass where nobody says another one. */
export const MASS_PERCENT = 5;
/** So many may go or change in any night, however small the pool is. */
const ORDINARY_ITEMS = 10;
const DAY_MS = 86_400_000;
/** Exports at the ends of a slow change that brought less than this share of its largest part do not belong to it. */
const SMALLEST_PART = 0.1;

/** Two runs that follow each other, of which the earlier one was sealed. */
interface Step {
  readonly earlier: Manifest;
  readonly later: Manifest;
  /** The run between the two that a guard refused last: it is held against the same earlier one. */
  readonly refused?: Manifest;
}

/**
 * The intervals in which more than `percent` of a kind, and more than ten, were deleted or changed, at once or added up over a
 * day; of groups, which people delete one by one, every deletion. By the counts that the runs themselves made: nothing is
 * read but their manifests. Of several runs one after the other that show the same, since a guard refused the first of them,
 * that one is named. The very ends of an interval find it, and no other that overlaps it.
 * @param runs sealed and refused runs of one pool, the oldest first
 */
export function damageAmong(runs: readonly Manifest[], wanted: DamageWanted): readonly Interval[] {
  const { percent, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = wanted;
  const steps = stepsOf(runs);
  const itself = intervalsOf(steps, percent).filter(
    ({ earlier, later }) => Date.parse(earlier.startedAt) === since && Date.parse(later.startedAt) === until,
  );
  if (itself.length > 0) return itself;
  return intervalsOf(
    steps.filter(
      ({ earlier, later, refused = earlier }) =>
        Date.parse(later.startedAt) > since && Date.parse(refused.startedAt) < until,
    ),
    percent,
  );
}

function intervalsOf(steps: readonly Step[], percent: number): readonly Interval[] {
  const intervals: Interval[] = [];
  for (const step of steps) {
    const { earlier, later } = step;
    const findings = findingsOf(step).filter((finding) => isMass(finding, percent));
    if (findings.some((finding) => isMass(sinceRefused(finding, step), percent)))
      intervals.push({ earlier, later, exports: 1, findings });
    else if (later.refused === undefined)
      for (const [index, known] of intervals.entries())
        if (known.earlier === earlier && known.findings.every((finding) => findings.some(isAlike(finding))))
          intervals[index] = { ...known, sealedBy: later };
  }
  for (const kind of ['users', 'memberships', 'federatedUsers'] as const)
    for (const change of ['deleted', 'changed'] as const)
      for (const slow of addedUp(steps, { kind, change, percent })) join(intervals, slow);
  return intervals.sort((one, other) => Date.parse(one.later.startedAt) - Date.parse(other.later.startedAt));
}

function stepsOf(runs: readonly Manifest[]): readonly Step[] {
  const steps: Step[] = [];
  let earlier: Manifest | undefined;
  let refused: Manifest | undefined;
  for (const later of runs) {
    if (earlier !== undefined) steps.push({ earlier, later, ...(refused === undefined ? {} : { refused }) });
    refused = later.refused === undefined ? undefined : later;
    if (later.refused === undefined) earlier = later;
  }
  return steps;
}

const isAlike =
  ({ kind, change }: Pick<DamageFinding, 'kind' | 'change'>) =>
  (other: DamageFinding): boolean =>
    other.kind === kind && other.change === change;

/** What of it the refused run before did not show yet. */
function sinceRefused(finding: DamageFinding, { earlier, refused }: Step): DamageFinding {
  if (refused === undefined) return finding;
  const shown = findingsOf({ earlier, later: refused }).find(isAlike(finding));
  return { ...finding, items: finding.items - (shown?.items ?? 0) };
}

/** More than the ordinary night of a pool. */
export const isMassOf = (items: number, of: number, percent: number): boolean =>
  items > ORDINARY_ITEMS && items * 100 > of * percent;

const isMass = ({ kind, change, items, of }: DamageFinding, percent: number): boolean =>
  kind === 'groups' && change === 'deleted' ? items > 0 : isMassOf(items, of, percent);

/** Where a run between the two is not kept, or cannot be read, the counts tell what is missing at the least. */
const findingsOf = ({ earlier, later }: Step): DamageFinding[] => [
  ...(['users', 'groups', 'memberships'] as const).flatMap((kind) => [
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
  ]),
  // What changed of them says little: every sign-in writes what the provider tells.
  {
    kind: 'federatedUsers',
    change: 'deleted',
    items: Math.max(deletedFederatedIn(later), countIn(earlier, 'federatedUsers') - countIn(later, 'federatedUsers')),
    of: countIn(earlier, 'federatedUsers'),
  },
];

/** How many of a kind a run holds. */
const countIn = ({ counts, federated, skipped }: Manifest, kind: DamagedKind): number =>
  kind === 'federatedUsers' ? (federated?.users ?? skipped.federatedUsers) : counts[kind];

const deletedFederatedIn = ({ federated, startedAt }: Manifest): number =>
  federated?.deletedLately.find((run) => run.startedAt === startedAt)?.users ?? 0;

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
    const found = findingsOf(step).find(isAlike({ kind, change }));
    return found === undefined || isMass(found, percent) ? 0 : found.items;
  });
  const sum = (from: number, to: number): number => parts.slice(from, to + 1).reduce((all, part) => all + part, 0);
  const isMassFrom = (from: number, to: number): boolean =>
    isMassOf(sum(from, to), countIn((steps[from] as Step).earlier, kind), percent);
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
    const finding: DamageFinding = { kind, change, items: sum(from, to), of: countIn(earlier, kind) };
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
