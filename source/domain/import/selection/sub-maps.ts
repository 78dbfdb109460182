import { pairsMade } from '../accounts/creation-journal.ts';
import { restorePrefix } from '../plan/plan-model.ts';
import { selectionsPrefix } from '../plan/selection-keys.ts';
import type { ObjectStore } from '../../ports.ts';

const SUB_MAP = '/sub-map.csv';
const JOURNAL = '/created/';

/** Where users live in the pool by now, as far as earlier restores into it tell. */
export interface KnownSubs {
  /** By the sub in the backup: the subs under which the user may live. The first is the user's own. */
  readonly subs: ReadonlyMap<string, readonly string[]>;
  /** Of these, those of accounts that a selection made which has not come to its end: they may have no password yet. */
  readonly unfinished: ReadonlySet<string>;
}

type Pair = readonly [oldSub: string, newSub: string];

/**
 * Under which subs the users may live in the pool by now: what earlier restores into it wrote into their sub maps, and
 * selections that were cut off into their journals, followed from one to the other, since a restored user may have been
 * backed up and restored again. Both ways: a user may have been restored twice from one run, or AWS's own recovery may have
 * brought an earlier account back.
 */
export async function followSubMaps(
  objects: Pick<ObjectStore, 'get' | 'list' | 'read'>,
  poolId: string,
  subs: Iterable<string>,
): Promise<KnownSubs> {
  const known = new Map<string, string[]>([...subs].map((sub) => [sub, [sub]]));
  const { maps, journals } = await keysOf(objects, poolId);
  const cutOff: Pair[] = [];
  for (const key of journals) cutOff.push(...(await pairsMade(objects, key)));
  /** Whose users they are, by the subs that the last pass found. */
  let fresh = new Map<string, string[]>([...known.keys()].map((sub) => [sub, [sub]]));
  while (fresh.size > 0 && maps.length + cutOff.length > 0) {
    const next = new Map<string, string[]>();
    const follow = (from: string, to: string): void => {
      for (const user of fresh.get(from) ?? []) {
        const own = known.get(user) as string[];
        if (own.includes(to)) continue;
        own.push(to);
        next.set(to, [...(next.get(to) ?? []), user]);
      }
    };
    const followPair = ([oldSub, newSub]: Pair): void => {
      follow(oldSub, newSub);
      follow(newSub, oldSub);
    };
    for (const key of maps) for await (const pair of pairsOf(objects, key)) followPair(pair);
    cutOff.forEach(followPair);
    fresh = next;
  }
  return { subs: known, unfinished: new Set(cutOff.map(([, newSub]) => newSub)) };
}

/** The sub maps of restores into the pool, and the journals of selections that have none yet. */
async function keysOf(
  objects: Pick<ObjectStore, 'list'>,
  poolId: string,
): Promise<{ readonly maps: readonly string[]; readonly journals: readonly string[] }> {
  const maps: string[] = [];
  const journals: string[] = [];
  const selections = selectionsPrefix(poolId);
  for await (const key of objects.list(restorePrefix(poolId)))
    if (key.endsWith(SUB_MAP)) maps.push(key);
    else if (key.startsWith(selections) && key.includes(JOURNAL)) journals.push(key);
  const ended = new Set(maps.map((key) => key.slice(0, -SUB_MAP.length)));
  return { maps, journals: journals.filter((key) => !ended.has(key.slice(0, key.indexOf(JOURNAL)))) };
}

/** Subs are digits, letters and dashes: no cell is quoted. */
async function* pairsOf(objects: Pick<ObjectStore, 'read'>, key: string): AsyncGenerator<Pair, void, undefined> {
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
