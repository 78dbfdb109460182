import { keyText } from '../backup/items.ts';
import type { GroupItem, MembershipItem, UserItem } from '../backup/items.ts';
import type { BackupTable, ItemKey } from '../ports.ts';

/** An item of the content, as a run writes it. */
export type BackupItem = UserItem | MembershipItem | GroupItem;

/** What writing a page did, by `keyText`. */
export interface Written {
  readonly added: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
}

/** Compares items with the table by their content hashes and writes only those that are new or differ. */
export async function writeChanged(
  table: Pick<BackupTable, 'contentHashes' | 'putItems'>,
  items: readonly BackupItem[],
): Promise<Written> {
  const distinct = [...new Map(items.map((item) => [keyText(item), item])).values()];
  const added = new Set<string>();
  const changed = new Set<string>();
  if (distinct.length === 0) return { added, changed };
  const stored = await table.contentHashes(distinct.map(({ id, type }): ItemKey => ({ id, type })));
  const wanted = distinct.filter((item) => stored.get(keyText(item)) !== item.contentHash);
  if (wanted.length > 0) await table.putItems(wanted);
  for (const item of wanted) (stored.has(keyText(item)) ? changed : added).add(keyText(item));
  return { added, changed };
}
