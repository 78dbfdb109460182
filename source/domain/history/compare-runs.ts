import type { Counts } from '../backup/manifest.ts';
import { countItem, noCounts } from '../backup/counts.ts';
import { contentHash, KEY_DIGEST_BYTES, keyDigest } from '../backup/hashing.ts';
import { itemKind } from '../backup/items.ts';
import type { ItemKind } from '../backup/items.ts';
import { Bitmap, DigestTable } from '../digests/digest-table.ts';
import type { TableItem } from '../ports.ts';
import { FieldDigests } from './field-digests.ts';
import type { FieldChange } from './field-digests.ts';
import { differingItems, lightItem, wholeItems } from './light-items.ts';
import type { LightItem, LightItems } from './light-items.ts';
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
}

/** Bytes of a content hash that are held per item: of items with one key, equal ones are the same. */
const CONTENT_BYTES = 8;
const RECORD_BYTES = KEY_DIGEST_BYTES + CONTENT_BYTES;

/**
 * Compares two runs by their snapshots, or a run with what is listed elsewhere, all of it streamed: the earlier one, the later
 * one, and where something was removed or changed the earlier one once more. Holds 24 bytes per item of the earlier run, 8 to 16 to find them, and about 100 per
 * changed item; the order of what `visit` gets is none. Halt SnapshotDamaged: then nothing that was visited is certain.
 */
export async function compareRuns(
  earlier: RunItems,
  later: RunItems | ListedItems,
  visit: (difference: RunDifference) => void,
  progress: (at: ReadingProgress) => void = () => undefined,
): Promise<RunDifferences> {
  const differences = { added: noCounts(), removed: noCounts(), changed: noCounts() };
  const [before, after] =
    'list' in later ? [asListed(wholeItems(earlier)), listedItems(later)] : await differingItems(earlier, later);
  const about = before.about * 2 + after.about;
  let items = 0;
  const read = async (source: LightItems, take: (item: LightItem, kind: ItemKind) => void): Promise<void> => {
    await source.read((batch) => {
      for (const item of batch) {
        const kind = itemKind(item);
        if (kind !== undefined) take(item, kind);
      }
      items += batch.length;
      progress({ items, of: Math.max(items, about) });
    });
  };

  const records = await recordsOf(before, itemsInRun(earlier), read);
  const table = new DigestTable(records, RECORD_BYTES);
  const found = new Bitmap(table.size);
  const digests = new FieldDigests();
  const changed = new Map<number, Buffer>();
  await read(after, (item, kind) => {
    const ordinal = table.find(keyDigest(item));
    if (ordinal === undefined) {
      countItem(differences.added, kind);
      visit({ kind, change: 'added', later: item.whole() });
      return;
    }
    found.set(ordinal);
    const at = ordinal * RECORD_BYTES + KEY_DIGEST_BYTES;
    if (contentOf(item).equals(records.subarray(at, at + CONTENT_BYTES))) return;
    countItem(differences.changed, kind);
    changed.set(ordinal, digests.of(item.whole()));
  });
  const ended = (): RunDifferences => {
    progress({ items, of: Math.max(1, items) });
    return differences;
  };
  if (changed.size === 0 && countSet(found, table.size) === table.size) return ended();

  await read(before, (item, kind) => {
    const ordinal = table.find(keyDigest(item)) as number;
    const fields = changed.get(ordinal);
    if (fields !== undefined) {
      const whole = item.whole();
      visit({ kind, change: 'changed', earlier: whole, fields: digests.changes(whole, fields) });
    }
    if (found.has(ordinal)) return;
    countItem(differences.removed, kind);
    visit({ kind, change: 'removed', earlier: item.whole() });
  });
  return ended();
}

const listedItems = ({ list, about }: ListedItems): LightItems => ({
  about,
  read: (take) => list((items) => take(items.map(lightItem))),
});

/** Items of a backup as a listing of the same pool would show them: it does not tell by which address a user signs in. */
const asListed = ({ about, read }: LightItems): LightItems => ({
  about,
  read: (take) =>
    read((items) =>
      take(
        items.map((item) => {
          const { signsInBy, ...listed } = item.whole();
          return signsInBy === undefined ? item : lightItem({ ...listed, contentHash: contentHash(listed) });
        }),
      ),
    ),
});

async function recordsOf(
  source: LightItems,
  most: number,
  read: (source: LightItems, take: (item: LightItem) => void) => Promise<void>,
): Promise<Buffer> {
  const records = Buffer.alloc(most * RECORD_BYTES);
  let length = 0;
  await read(source, (item) => {
    length += keyDigest(item).copy(records, length);
    length += contentOf(item).copy(records, length);
  });
  return records.subarray(0, length);
}

/** The item's own hash: the run's checksums vouch for it. */
const contentOf = ({ contentHash }: LightItem): Buffer =>
  Buffer.from(
    String(contentHash)
      .slice(0, CONTENT_BYTES * 2)
      .padEnd(CONTENT_BYTES * 2, '0'),
    'hex',
  );

function countSet(bits: Bitmap, size: number): number {
  let count = 0;
  for (let index = 0; index < size; index += 1) if (bits.has(index)) count += 1;
  return count;
}
