import type { ObjectStore } from '../../ports.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { classifiedShape } from './classify.ts';
import { readSpool, SpoolWriter } from './spool.ts';

/** With fewer groups all of them exist before any update has to wait for one (a pool takes 5 CreateGroup calls per second). */
const MANY_GROUPS = 200;
/** About so many memberships per bucket, but never more buckets than MAX_BUCKETS. */
const BUCKET_MEMBERSHIPS = 5_000;
const MAX_BUCKETS = 64;
/** Characters of a bucket that wait in memory before they are written: 32 MB in all. */
const PART_CHARS = 500_000;

/**
 * Writes the classified users once more, roughly in the order of their smallest group, those without one last. Import
 * jobs then bring the members of the next groups while their groups are being created; in the table's order every job
 * would need members' groups from the whole list, and updates would wait for CreateGroup. Returns the parts to plan from.
 */
export async function orderByGroup(
  objects: Pick<ObjectStore, 'read' | 'put'>,
  parts: readonly string[],
  groups: readonly PlannedGroup[],
  prefix: string,
): Promise<readonly string[]> {
  if (groups.length < MANY_GROUPS) return parts;
  const { bucketOf, buckets } = bucketsOf(groups);
  const spools = Array.from(
    { length: buckets },
    (_, bucket) => new SpoolWriter(objects, `${prefix}${String(bucket).padStart(3, '0')}-`, [], PART_CHARS),
  );
  const last = buckets - 1;
  for await (const classified of readSpool(objects, parts, classifiedShape)) {
    const names = classified.way === 'exclude' ? classified.groups : classified.user.groups;
    const bucket = names.reduce((smallest, name) => Math.min(smallest, bucketOf.get(name) ?? last), last);
    const spool = spools[bucket] as SpoolWriter;
    spool.add(classified);
    if (spool.large) await spool.flush();
  }
  for (const spool of spools) await spool.flush();
  return spools.flatMap((spool) => spool.parts);
}

/** Groups, smallest first, cut into buckets of about equally many memberships; one more for users without a group. */
function bucketsOf(groups: readonly PlannedGroup[]): {
  readonly bucketOf: ReadonlyMap<string, number>;
  readonly buckets: number;
} {
  const all = groups.reduce((sum, { members }) => sum + members, 0);
  const size = Math.max(BUCKET_MEMBERSHIPS, all / MAX_BUCKETS);
  const bucketOf = new Map<string, number>();
  let before = 0;
  for (const { name, members } of groups) {
    bucketOf.set(name, Math.min(MAX_BUCKETS - 1, Math.floor(before / size)));
    before += members;
  }
  return { bucketOf, buckets: (bucketOf.get(groups.at(-1)?.name ?? '') ?? 0) + 2 };
}
