import { keyText } from '../backup/items.ts';
import type { BackupTable, ItemKey, TableItem } from '../ports.ts';
import { stagedOver } from './staging.ts';
import type { BackupItem, StagedItem, Staging } from './staging.ts';

/** What became of a page, by `keyText`. */
export interface Written {
  readonly added: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
  /** For `Staging.add`, in the same step in which the page is noted as seen. */
  readonly toStage: readonly StagedItem[];
}

/**
 * Compares items with the table by their content hashes. Those that are new or differ are written at once, or, with
 * `staging`, left to be staged: the table then stays as it is. What was staged before is staged again even if it is equal
 * to the table now, since the last sight counts. `known`: content hashes of what the table holds, where that was asked before.
 */
export async function writeChanged(
  table: Pick<BackupTable, 'contentHashes' | 'itemsOf' | 'putItems'>,
  items: readonly BackupItem[],
  staging: Pick<Staging, 'has'> | undefined,
  known?: ReadonlyMap<string, string>,
): Promise<Written> {
  const distinct = [...new Map(items.map((item) => [keyText(item), item])).values()];
  if (distinct.length === 0) return { added: new Set(), changed: new Set(), toStage: [] };
  const stored = known ?? (await table.contentHashes(distinct.map(toKey)));
  const differing = distinct.filter((item) => stored.get(keyText(item)) !== item.contentHash);
  const changed = differing.filter((item) => stored.has(keyText(item)));
  const texts = { added: textsOf(differing.filter((item) => !stored.has(keyText(item)))), changed: textsOf(changed) };
  if (staging === undefined) {
    if (differing.length > 0) await table.putItems(differing);
    return { ...texts, toStage: [] };
  }
  const before = changed.length === 0 ? NOTHING : await table.itemsOf(changed.map(toKey));
  const toStage = distinct
    .filter((item) => differing.includes(item) || staging.has(item))
    .map((item) => stagedOver(before.get(keyText(item)), item));
  return { ...texts, toStage };
}

const NOTHING: ReadonlyMap<string, TableItem> = new Map();
const toKey = ({ id, type }: BackupItem): ItemKey => ({ id, type });
const textsOf = (items: readonly BackupItem[]): ReadonlySet<string> => new Set(items.map(keyText));
