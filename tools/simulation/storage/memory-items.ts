import { keyText } from '../../../source/domain/backup/items.ts';
import type { ItemKey, TableItem } from '../../../source/domain/ports.ts';
import type { ItemStore } from './table.ts';

interface Row {
  readonly key: ItemKey;
  /** Where the item's `id` lies in the hash space, 0 to 2^32 - 1: scans go through it in this order. */
  readonly hash: number;
  readonly json: string;
}

/** Items in memory, as JSON, so that nothing is shared with who wrote them. */
export class MemoryItems implements ItemStore {
  readonly #rows = new Map<string, Row>();
  #sorted: Row[] | undefined;

  get(key: ItemKey): TableItem | undefined {
    const row = this.#rows.get(keyText(key));
    return row === undefined ? undefined : itemOf(row);
  }

  set(item: TableItem): void {
    const text = keyText(item);
    if (!this.#rows.has(text)) this.#sorted = undefined;
    const row = rowOf({ id: item.id, type: item.type }, JSON.stringify(item));
    if (this.#sorted !== undefined) this.#sorted[firstIndex(this.#sorted, (other) => compare(other, row) >= 0)] = row;
    this.#rows.set(text, row);
  }

  delete(key: ItemKey): void {
    if (this.#rows.delete(keyText(key))) this.#sorted = undefined;
  }

  *scan(segment: number, totalSegments: number, start: ItemKey | undefined): Generator<TableItem> {
    const rows = this.#inOrder();
    const bound = (part: number): number => Math.ceil((part * 2 ** 32) / totalSegments);
    const from =
      start === undefined
        ? firstIndex(rows, (row) => row.hash >= bound(segment))
        : firstIndex(rows, (row) => compare(row, rowOf(start, '')) > 0);
    for (let at = from; at < rows.length && (rows[at] as Row).hash < bound(segment + 1); at += 1)
      yield itemOf(rows[at] as Row);
  }

  #inOrder(): Row[] {
    this.#sorted ??= [...this.#rows.values()].sort(compare);
    return this.#sorted;
  }
}

const itemOf = ({ json }: Row): TableItem => JSON.parse(json) as TableItem;
const rowOf = (key: ItemKey, json: string): Row => ({ key, hash: hashOf(key.id), json });

function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const compare = (left: Row, right: Row): number =>
  left.hash - right.hash || order(left.key.id, right.key.id) || order(left.key.type, right.key.type);

/** First index for which the (monotonous) predicate holds. */
function firstIndex<T>(values: readonly T[], holds: (value: T) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
