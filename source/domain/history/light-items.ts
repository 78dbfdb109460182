import { SnapshotIndexReader } from '../backup/snapshot/read-index.ts';
import { contentHash } from '../backup/hashing.ts';
import { itemKind } from '../backup/items.ts';
import type { ItemKind } from '../backup/items.ts';
import { QuickDigest } from '../digests/quick-digest.ts';
import { isNamed } from '../errors.ts';
import type { TableItem } from '../ports.ts';
import { ItemLine } from './item-line.ts';
import type { LightItem } from './light-item.ts';
import { itemsInRun, itemsOfRun } from './run-items.ts';
import type { RunItems } from './run-items.ts';

/** Items that can be read, in no order, and about how many they are. */
export interface LightItems {
  readonly about: number;
  /** `moved`: that many more were read. */
  readonly read: (take: (item: LightItem) => void, moved: (items: number) => void) => Promise<void>;
}

/** Those of a run: they can be read once more. */
export interface LightItemsOfRun extends LightItems {
  /** Reads what `differs`, by its place among the items that `read` gave. To be called once, and after `read` has ended. */
  readonly readAgain: (wanted: WantedAgain, moved: (items: number) => void) => Promise<void>;
}

/** What is read once more, and who gets it. */
export interface WantedAgain {
  readonly differs: (place: number) => boolean;
  readonly take: (item: TableItem, place: number) => void;
}

/**
 * What two runs can differ in: members of their snapshots that are the same bytes in both are left out, where both have an
 * index, and of the others a line is taken apart only as far as it must be. Without one, or with a damaged one, all of both.
 */
export async function differingItems(
  earlier: RunItems,
  later: RunItems,
): Promise<readonly [LightItemsOfRun, LightItems]> {
  const readers = [await openIndex(earlier), await openIndex(later)] as const;
  const [one, other] = readers;
  if (one === undefined || other === undefined) return [wholeItems(earlier), wholeItems(later)];
  const [own, others] = [one.memberDigests, other.memberDigests];
  return [indexedItems(earlier, one, new Set(others)), indexedItems(later, other, new Set(own))];
}

/** All items of a run. */
const wholeItems = (run: RunItems, as = (item: TableItem): TableItem => item): LightItemsOfRun => ({
  about: itemsInRun(run),
  read: async (take, moved) => {
    const light = new WholeItem();
    for await (const batch of itemsOfRun(run)) light.takeAll(batch.map(as), take, moved);
  },
  readAgain: async ({ differs, take }, moved) => {
    let place = -1;
    for await (const batch of itemsOfRun(run)) {
      for (const item of batch) {
        if (itemKind(item) === undefined) continue;
        place += 1;
        if (differs(place)) take(as(item), place);
      }
      moved(batch.length);
    }
  },
});

/** The same as a listing of the pool would show them: it does not tell by which address a user signs in. */
export const itemsAsListed = (run: RunItems): LightItemsOfRun => wholeItems(run, asListed);

function asListed(item: TableItem): TableItem {
  if (item.signsInBy === undefined) return item;
  const { signsInBy: _signsInBy, ...listed } = item;
  return { ...listed, contentHash: contentHash(listed) };
}

/** Items that are listed elsewhere, about so many. */
export const listedItems = (
  list: (take: (items: readonly TableItem[]) => void) => Promise<void>,
  about: number,
): LightItems => ({
  about,
  read: (take, moved) => {
    const light = new WholeItem();
    return list((items) => light.takeAll(items, take, moved));
  },
});

async function openIndex({ manifest, objects, unpack }: RunItems): Promise<SnapshotIndexReader | undefined> {
  try {
    return await SnapshotIndexReader.open(objects, manifest, unpack);
  } catch (error) {
    if (isNamed(error, 'SnapshotDamaged')) return undefined;
    throw error;
  }
}

function indexedItems(run: RunItems, index: SnapshotIndexReader, same: ReadonlySet<string>): LightItemsOfRun {
  const members = new Set(
    [...index.memberDigests.keys()].filter((member) => !same.has(index.memberDigests[member] as string)),
  );
  const read = new Map<number, ReadMember>();
  let places = 0;
  return {
    about: Math.round(itemsInRun(run) * index.shareOf(members)),
    read: (take, moved) => {
      const light = new WholeItem();
      const counted = (item: LightItem): void => {
        places += 1;
        take(item);
      };
      return index.readBytes(members, (member, bytes, itemAt) => {
        const line = new ItemLine(bytes, itemAt);
        const from = places;
        let items = 0;
        for (; line.next(); items += 1)
          if (line.isLight) counted(line);
          else light.take(line.whole(), counted);
        read.set(member, { from, to: places, isAll: places - from === items });
        moved(items);
      });
    },
    readAgain: ({ differs, take }, moved) => {
      const wanted = [...read].filter(([, { from, to }]) => isAny(differs, from, to)).map(([member]) => member);
      return index.readBytes(wanted, (member, bytes, itemAt) => {
        const { from, isAll } = read.get(member) as ReadMember;
        const line = new ItemLine(bytes, itemAt);
        let items = 0;
        for (let place = from; line.step(); items += 1) {
          if (!isAll && itemKind(line.whole()) === undefined) continue;
          if (differs(place)) take(line.whole(), place);
          place += 1;
        }
        moved(items);
      });
    },
  };
}

/** Places of a member's items among all that were read, and whether each of its lines is an item of a backup. */
interface ReadMember {
  readonly from: number;
  readonly to: number;
  readonly isAll: boolean;
}

function isAny(differs: (place: number) => boolean, from: number, to: number): boolean {
  for (let place = from; place < to; place += 1) if (differs(place)) return true;
  return false;
}

/** An item that is there as a whole. */
class WholeItem implements LightItem {
  kind: ItemKind = 'user';
  keyHigh = 0;
  keyLow = 0;
  contentHigh = 0;
  contentLow = 0;
  readonly whole = (): TableItem => this.#item as TableItem;
  #item: TableItem | undefined;
  readonly #digest = new QuickDigest();

  takeAll(items: readonly TableItem[], take: (item: LightItem) => void, moved: (items: number) => void): void {
    for (const item of items) this.take(item, take);
    moved(items.length);
  }

  /** Nothing is taken of what is no content of a backup. */
  take(item: TableItem, take: (item: LightItem) => void): void {
    const kind = itemKind(item);
    if (kind === undefined) return;
    this.kind = kind;
    this.#item = item;
    const key = this.#digest.begin().add(bytesOf(item.id)).add(bytesOf(item.type));
    this.keyHigh = key.high >>> 0;
    this.keyLow = key.low >>> 0;
    const hash = String(item.contentHash);
    const isHash = /^[0-9a-f]{16}/.test(hash);
    const content = this.#digest.begin().add(bytesOf(hash));
    this.contentHigh = isHash ? Number.parseInt(hash.slice(0, 8), 16) : content.high >>> 0;
    this.contentLow = isHash ? Number.parseInt(hash.slice(8, 16), 16) : content.low >>> 0;
    take(this);
  }
}

/** A character per byte of UTF-8, as lines are read. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
