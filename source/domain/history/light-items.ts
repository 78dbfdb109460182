import { SnapshotIndexReader } from '../backup/snapshot/read-index.ts';
import { isNamed } from '../errors.ts';
import type { ItemKey, TableItem } from '../ports.ts';
import { itemsInRun, itemsOfRun } from './run-items.ts';
import type { RunItems } from './run-items.ts';

/** An item of which key and content hash are known, and the rest when it is asked for. */
export interface LightItem extends ItemKey {
  readonly contentHash: unknown;
  readonly whole: () => TableItem;
}

/** Items that can be read, in batches and in no order, and about how many they are. */
export interface LightItems {
  readonly about: number;
  readonly read: (take: (items: readonly LightItem[]) => void) => Promise<void>;
}

/** The same of items that are there as a whole. */
export const lightItem = (item: TableItem): LightItem => ({
  id: item.id,
  type: item.type,
  contentHash: item.contentHash,
  whole: () => item,
});

/**
 * What two runs can differ in: members of their snapshots that are the same bytes in both are left out, where both have an
 * index, and of the others a line is taken apart only as far as it must be. Without one, or with a damaged one, all of both.
 */
export async function differingItems(earlier: RunItems, later: RunItems): Promise<readonly [LightItems, LightItems]> {
  const readers = [await openIndex(earlier), await openIndex(later)] as const;
  const [one, other] = readers;
  if (one === undefined || other === undefined) return [wholeItems(earlier), wholeItems(later)];
  const [own, others] = [one.memberDigests, other.memberDigests];
  return [indexedItems(earlier, one, new Set(others)), indexedItems(later, other, new Set(own))];
}

/** All items of a run. */
export const wholeItems = (run: RunItems): LightItems => ({
  about: itemsInRun(run),
  read: async (take) => {
    for await (const batch of itemsOfRun(run)) take(batch.map(lightItem));
  },
});

async function openIndex({ manifest, objects }: RunItems): Promise<SnapshotIndexReader | undefined> {
  try {
    return await SnapshotIndexReader.open(objects, manifest);
  } catch (error) {
    if (isNamed(error, 'SnapshotDamaged')) return undefined;
    throw error;
  }
}

function indexedItems(run: RunItems, index: SnapshotIndexReader, same: ReadonlySet<string>): LightItems {
  const members = new Set(
    [...index.memberDigests.keys()].filter((member) => !same.has(index.memberDigests[member] as string)),
  );
  return {
    about: Math.round(itemsInRun(run) * index.shareOf(members)),
    read: (take) => index.readLines(members, (lines, parse) => take(lines.map((line) => lineItem(line, parse)))),
  };
}

/** A line as JSON.stringify wrote it: no attribute of a user is called as these, and a quote within a text is escaped. */
function lineItem(line: string, parse: (line: string) => TableItem): LightItem {
  const id = textOf(line, '"id":"');
  const type = textOf(line, '"type":"');
  const contentHash = textOf(line, '"contentHash":"');
  if (id === undefined || type === undefined || contentHash === undefined) return lightItem(parse(line));
  return { id, type, contentHash, whole: () => parse(line) };
}

function textOf(line: string, before: string): string | undefined {
  const at = line.indexOf(before);
  if (at < 0) return undefined;
  const text = line.slice(at + before.length, line.indexOf('"', at + before.length));
  return text.includes('\\') ? undefined : text;
}
