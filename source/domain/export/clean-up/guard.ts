import { keyDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { Counts } from '../../backup/manifest.ts';
import type { ItemKey } from '../../ports.ts';
import type { DigestSet } from '../../digests/digest-set.ts';
import { countItem, noCounts } from '../../backup/counts.ts';

/** So few items may always be deleted. */
const ALWAYS_ALLOWED = 10;
const KINDS = ['users', 'groups', 'memberships'] as const;

/** What a delete plan is held against. */
export interface GuardInput {
  /** What this run would delete, and what unsealed runs since the last sealed one deleted already. */
  readonly wouldDelete: Counts;
  readonly earlier: Counts;
  /** Counts of the last sealed run, or without one of the table. */
  readonly baseline: Counts;
  readonly maxDeletePercent: number;
}

/** Why the run must not delete so much, one clause per kind of item; empty when it may. */
export function refusals({ wouldDelete, earlier, baseline, maxDeletePercent }: GuardInput): string[] {
  return KINDS.flatMap((kind) => {
    const all = wouldDelete[kind] + earlier[kind];
    if (all <= ALWAYS_ALLOWED || all * 100 <= maxDeletePercent * baseline[kind]) return [];
    const percent = baseline[kind] === 0 ? '' : ` (${((all * 100) / baseline[kind]).toFixed(1)} %)`;
    const before = earlier[kind] === 0 ? '' : `, ${earlier[kind]} of them by runs that were interrupted`;
    return [`${all} of ${baseline[kind]} ${kind}${percent}${before}`];
  });
}

/** What earlier delete plans hold that is neither in the pool nor in this run's plan: it was deleted from the backup. */
export async function deletedEarlier(
  earlierPlans: AsyncIterable<ItemKey>,
  inPool: DigestSet,
  planned: DigestSet,
): Promise<Counts> {
  const counts = noCounts();
  for await (const key of earlierPlans) {
    const digest = keyDigest(key);
    const kind = itemKind(key);
    if (kind !== undefined && !inPool.has(digest) && planned.add(digest)) countItem(counts, kind);
  }
  return counts;
}
