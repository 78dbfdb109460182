import { restorePrefix } from '../plan/plan-model.ts';
import type { ObjectStore } from '../../ports.ts';

const SUB_MAP = '/sub-map.csv';

/**
 * Under which subs the users may live in the pool by now: what earlier restores into it wrote into their sub maps, followed
 * from map to map, since a restored user may have been backed up and restored again. The first is the user's own.
 */
export async function followSubMaps(
  objects: Pick<ObjectStore, 'list' | 'read'>,
  poolId: string,
  subs: Iterable<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = new Map<string, string[]>([...subs].map((sub) => [sub, [sub]]));
  const keys: string[] = [];
  for await (const key of objects.list(restorePrefix(poolId))) if (key.endsWith(SUB_MAP)) keys.push(key);
  /** Whose users they are, by the subs that the last pass found. */
  let fresh = new Map<string, string[]>([...known.keys()].map((sub) => [sub, [sub]]));
  while (fresh.size > 0 && keys.length > 0) {
    const next = new Map<string, string[]>();
    for (const key of keys)
      for await (const [oldSub, newSub] of pairsOf(objects, key))
        for (const user of fresh.get(oldSub) ?? []) {
          const own = known.get(user) as string[];
          if (own.includes(newSub)) continue;
          own.push(newSub);
          next.set(newSub, [...(next.get(newSub) ?? []), user]);
        }
    fresh = next;
  }
  return known;
}

/** Subs are digits, letters and dashes: no cell is quoted. */
async function* pairsOf(
  objects: Pick<ObjectStore, 'read'>,
  key: string,
): AsyncGenerator<readonly [string, string], void, undefined> {
  let rest = '';
  for await (const part of objects.read(key)) {
    const lines = (rest + Buffer.from(part).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [oldSub, newSub] = line.split(',');
      if (oldSub !== undefined && newSub !== undefined && newSub !== '') yield [oldSub, newSub];
    }
  }
}
