import type { Counts } from '../backup/manifest.ts';
import { countItem, noCounts } from '../backup/counts.ts';
import { itemKind, keyText } from '../backup/items.ts';
import type { ItemKind } from '../backup/items.ts';
import { Bitmap } from '../digests/digest-table.ts';
import type { ItemKey, TableItem } from '../ports.ts';
import { FieldDigests } from './field-digests.ts';
import type { FieldChange } from './field-digests.ts';
import { ItemTable } from './item-table.ts';
import { differingItems, itemsAsListed, listedItems } from './light-items.ts';
import { itemsInRun } from './run-items.ts';
import type { ReadingProgress, RunItems } from './run-items.ts';

/** One item that is not in the later run as it is in the earlier one. */
export type RunDifference = { readonly kind: ItemKind } & (
  | { readonly change: 'added'; readonly later: TableItem }
  | { readonly change: 'removed'; readonly earlier: TableItem }
  | { readonly change: 'changed'; readonly earlier: TableItem; readonly fields: readonly FieldChange[] }
);

/** Items of each kind. */
export interface RunDifferences {
  readonly added: Counts;
  readonly removed: Counts;
  readonly changed: Counts;
}

/** Items that are in no snapshot, such as those of a living pool. */
export interface ListedItems {
  /** Gives each item once, in no order. */
  readonly list: (take: (items: readonly TableItem[]) => void) => Promise<void>;
  /** About how many they are. */
  readonly about: number;
  /** Of a few items that `list` did not give, those that are there all the same. */
  readonly lookUp?: (keys: readonly ItemKey[]) => Promise<readonly TableItem[]>;
}

/** So many items of a kind are looked up that seem removed; where more are, all of them count as removed. */
const MOST_LOOKED_UP = 1_000;

/**
 * Compares two runs by their snapshots, or a run with what is listed elsewhere, all of it streamed: the earlier one, the later
 * one, and of the earlier one once more what was removed or changed. Holds 24 to 32 bytes per item of the earlier run, and about
 * 100 per changed item; the order of what `visit` gets is none. Halt SnapshotDamaged: then nothing that was visited
 * is certain.
 */
export async function compareRuns(
  earlier: RunItems,
  later: RunItems | ListedItems,
  visit: (difference: RunDifference) => void,
  progress: (at: ReadingProgress) => void = () => undefined,
): Promise<RunDifferences> {
  const differences = { added: noCounts(), removed: noCounts(), changed: noCounts() };
  const [before, after] =
    'list' in later
      ? [itemsAsListed(earlier), listedItems(later.list, later.about)]
      : await differingItems(earlier, later);
  const about = before.about * 2 + after.about;
  let items = 0;
  const moved = (read: number): void => {
    items += read;
    progress({ items, of: Math.max(items, about) });
  };

  const table = new ItemTable(itemsInRun(earlier));
  // The place of an item among those that are read is its ordinal.
  await before.read((item) => table.add(item), moved);
  const { size } = table;
  const found = new Bitmap(size);
  const digests = new FieldDigests();
  /** By ordinal: where the fields of the later item are; 0: it did not change. */
  const changed = new Uint32Array(size);
  let [foundItems, changedItems] = [0, 0];
  await after.read((item) => {
    const { kind } = item;
    const ordinal = table.find(item);
    if (ordinal === undefined) {
      countItem(differences.added, kind);
      visit({ kind, change: 'added', later: item.whole() });
      return;
    }
    if (!found.has(ordinal)) foundItems += 1;
    found.set(ordinal);
    if (table.isSame(ordinal, item)) return;
    countItem(differences.changed, kind);
    changedItems += 1;
    changed[ordinal] = digests.add(item.whole());
  }, moved);
  const ended = (): RunDifferences => {
    progress({ items, of: Math.max(1, items) });
    return differences;
  };
  if (changedItems === 0 && foundItems === size) return ended();

  table.forget();
  const differs = (ordinal: number): boolean => (changed[ordinal] as number) > 0 || !found.has(ordinal);
  const changedItem = (earlier: TableItem, fields: number): void =>
    visit({
      kind: itemKind(earlier) as ItemKind,
      change: 'changed',
      earlier,
      fields: digests.changes(earlier, fields),
    });
  const removed = (earlier: TableItem): void => {
    const kind = itemKind(earlier) as ItemKind;
    countItem(differences.removed, kind);
    visit({ kind, change: 'removed', earlier });
  };
  const lookUp = 'list' in later ? later.lookUp : undefined;
  const doubted = new FewOfEachKind(removed);
  const again = (earlier: TableItem, ordinal: number): void => {
    const fields = changed[ordinal] as number;
    if (fields > 0) changedItem(earlier, fields);
    if (found.has(ordinal)) return;
    if (lookUp === undefined) removed(earlier);
    else doubted.add(earlier);
  };
  await before.readAgain({ differs, take: again }, moved);
  const doubts = doubted.items;
  if (lookUp === undefined || doubts.length === 0) return ended();
  const there = new Map((await lookUp(doubts)).map((item) => [keyText(item), item]));
  for (const earlier of doubts) {
    const now = there.get(keyText(earlier));
    if (now === undefined) removed(earlier);
    else if (now.contentHash !== earlier.contentHash) {
      countItem(differences.changed, itemKind(earlier) as ItemKind);
      changedItem(earlier, digests.add(now));
    }
  }
  return ended();
}

/** Keeps items of each kind as long as they are few, and gives back all of a kind that are more. */
class FewOfEachKind {
  readonly #few = new Map<ItemKind | undefined, TableItem[] | 'many'>();

  constructor(private readonly many: (item: TableItem) => void) {}

  get items(): readonly TableItem[] {
    return [...this.#few.values()].flatMap((few) => (few === 'many' ? [] : few));
  }

  add(item: TableItem): void {
    const kind = itemKind(item);
    const few = this.#few.get(kind) ?? [];
    if (few === 'many') return this.many(item);
    few.push(item);
    this.#few.set(kind, few);
    if (few.length <= MOST_LOOKED_UP) return;
    this.#few.set(kind, 'many');
    few.forEach(this.many);
  }
}
