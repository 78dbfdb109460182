import type { ObjectStore } from '../../ports.ts';
import { sealedKey } from '../../state/sealed-keys.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { spoolLines } from './survey.ts';

/** With fewer groups all of them exist before any update has to wait for one (a pool takes 5 CreateGroup calls per second). */
const MANY_GROUPS = 200;
/** About so many memberships per bucket, but never more buckets than MAX_BUCKETS. */
const BUCKET_MEMBERSHIPS = 5_000;
const MAX_BUCKETS = 64;
/** Characters of a bucket that wait in memory before they are written: 32 MB in all. */
const PART_CHARS = 500_000;

/**
 * Writes the spool's users anew, roughly in the order of their smallest group, those without one last. Import jobs then
 * bring the members of the next groups while their groups are being created; in the table's order every job would need
 * members' groups from the whole list, and updates would wait for CreateGroup. Returns the parts to plan from.
 */
export async function orderByGroup(
  objects: Pick<ObjectStore, 'read' | 'put'>,
  parts: readonly string[],
  groups: readonly PlannedGroup[],
  prefix: string,
): Promise<readonly string[]> {
  if (groups.length < MANY_GROUPS) return parts;
  const { bucketOf, buckets } = bucketsOf(groups);
  const waiting = Array.from({ length: buckets }, () => ({ lines: [] as string[], chars: 0, keys: [] as string[] }));
  const flush = async (bucket: number): Promise<void> => {
    const { lines, keys } = waiting[bucket] as (typeof waiting)[number];
    if (lines.length === 0) return;
    const body = lines.join('');
    const key = sealedKey(
      `${prefix}${String(bucket).padStart(3, '0')}-${String(keys.length).padStart(6, '0')}`,
      'ndjson',
      body,
    );
    await objects.put(key, body);
    waiting[bucket] = { lines: [], chars: 0, keys: [...keys, key] };
  };
  for await (const line of spoolLines(objects, parts)) {
    if ('group' in line) continue;
    const index = line.groups.reduce(
      (smallest, name) => Math.min(smallest, bucketOf.get(name) ?? buckets - 1),
      buckets - 1,
    );
    const bucket = waiting[index] as (typeof waiting)[number];
    const text = `${JSON.stringify(line)}\n`;
    bucket.lines.push(text);
    bucket.chars += text.length;
    if (bucket.chars >= PART_CHARS) await flush(index);
  }
  for (let bucket = 0; bucket < buckets; bucket += 1) await flush(bucket);
  return waiting.flatMap(({ keys }) => keys);
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
