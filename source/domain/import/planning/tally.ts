import type { PoolGroup } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import type { Exclusion, PlannedGroup, RestorePlan } from '../plan/plan-model.ts';
import { classify } from './classify.ts';
import type { Rules } from './classify.ts';
import { spoolLines } from './survey.ts';

export interface Tally {
  readonly counts: Omit<RestorePlan['counts'], 'backup'>;
  /** Smallest first, with the members that the restore brings back. */
  readonly groups: readonly PlannedGroup[];
  /** The members of so many groups from the start of `groups` go into the first chunk. */
  readonly firstGroups: number;
  /** Groups that memberships name but that have no item of their own. */
  readonly groupsWithoutItem: number;
}

/** Counts what will be restored, in which way, and how large the groups will be. */
export async function tally(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
  rules: Rules,
  known: {
    readonly groups: readonly PoolGroup[];
    readonly losers: ReadonlySet<string>;
    readonly orphans: number;
    readonly firstChunkUsers: number;
  },
): Promise<Tally> {
  const members = new Map<string, number>(known.groups.map(({ name }) => [name, 0]));
  const excludedBy: Partial<Record<Exclusion, number>> = {};
  const counts = {
    byCsv: 0,
    oneByOne: 0,
    excluded: 0,
    membershipsWithoutUser: known.orphans,
    memberships: 0,
    disabled: 0,
  };
  for await (const line of spoolLines(objects, parts)) {
    if ('group' in line) continue;
    const classified = classify(line, rules, known.losers.has(line.sub));
    if (classified.way === 'exclude') {
      counts.excluded += 1;
      counts.membershipsWithoutUser += line.groups.length;
      excludedBy[classified.excluded.reason] = (excludedBy[classified.excluded.reason] ?? 0) + 1;
      continue;
    }
    counts[classified.way === 'csv' ? 'byCsv' : 'oneByOne'] += 1;
    counts.memberships += line.groups.length;
    if (!line.enabled) counts.disabled += 1;
    for (const group of line.groups) members.set(group, (members.get(group) ?? 0) + 1);
  }
  const groups = bySize(known.groups, members);
  return {
    counts: { ...counts, excludedBy },
    groups,
    firstGroups: firstGroups(groups, known.firstChunkUsers),
    groupsWithoutItem: groups.length - known.groups.length,
  };
}

function bySize(known: readonly PoolGroup[], members: ReadonlyMap<string, number>): PlannedGroup[] {
  const items = new Map(known.map((group) => [group.name, group]));
  return [...members]
    .map(([name, count]) => ({ ...(items.get(name) ?? { name }), members: count }))
    .sort((left, right) => left.members - right.members || (left.name < right.name ? -1 : 1));
}

/** As many of the smallest groups as have, together, no more members than the first chunk takes. */
function firstGroups(groups: readonly PlannedGroup[], firstChunkUsers: number): number {
  let sum = 0;
  const end = groups.findIndex(({ members }) => (sum += members) > firstChunkUsers);
  return end < 0 ? groups.length : end;
}
