import { keyText } from '../../../source/domain/backup/items.ts';
import type { BackupTable, ItemKey, ScanPage, TableItem } from '../../../source/domain/ports.ts';
import type { Calls } from './calls.ts';

interface Row {
  readonly key: ItemKey;
  /** Where the item's `id` lies in the hash space, 0 to 2^32 - 1: scans go through it in this order. */
  readonly hash: number;
  readonly json: string;
}

/** A table in memory; calls are named `table.getItem`, `table.putItems`, ... Items are stored as JSON, so nothing is shared. */
export class MemoryTable implements BackupTable {
  /** Items per page of a scan; DynamoDB's megabyte holds about a thousand. */
  pageItems = 1000;
  /** Items written and deleted so far. */
  written = 0;
  deleted = 0;
  readonly rows = new Map<string, Row>();
  #sorted: Row[] | undefined;

  constructor(private readonly calls: Calls) {}

  contentHashes = (keys: readonly ItemKey[]): Promise<ReadonlyMap<string, string>> =>
    this.calls.run('table.contentHashes', () => {
      distinct(keys);
      const found = keys.flatMap((key) => {
        const item = this.peek(key);
        return item === undefined ? [] : [[keyText(key), item.contentHash as string] as const];
      });
      return new Map(found);
    });

  putItems = (items: readonly TableItem[]): Promise<void> =>
    this.calls.run('table.putItems', () => {
      distinct(items);
      for (const item of items) this.seed(item);
    });

  deleteItems = (keys: readonly ItemKey[]): Promise<void> =>
    this.calls.run('table.deleteItems', () => {
      distinct(keys);
      for (const key of keys) this.#remove(key);
    });

  getItem = (key: ItemKey): Promise<TableItem | undefined> => this.calls.run('table.getItem', () => this.peek(key));

  putItemIf = (
    item: TableItem,
    condition: 'absent' | { readonly attribute: string; readonly value: string },
  ): Promise<boolean> =>
    this.calls.run('table.putItemIf', () => {
      const stored = this.peek(item);
      const holds = condition === 'absent' ? stored === undefined : stored?.[condition.attribute] === condition.value;
      if (holds) this.seed(item);
      return holds;
    });

  transact = (puts: readonly TableItem[], deletes: readonly ItemKey[]): Promise<void> =>
    this.calls.run('table.transact', () => {
      distinct([...puts, ...deletes]);
      for (const item of puts) this.seed(item);
      for (const key of deletes) this.#remove(key);
    });

  scanPage = ({
    segment,
    totalSegments,
    start,
  }: {
    readonly segment: number;
    readonly totalSegments: number;
    readonly start?: ItemKey;
    readonly consistent: boolean;
  }): Promise<ScanPage> =>
    this.calls.run('table.scanPage', () => {
      const rows = this.#inOrder();
      const bound = (part: number): number => Math.ceil((part * 2 ** 32) / totalSegments);
      let at =
        start === undefined
          ? firstIndex(rows, (row) => row.hash >= bound(segment))
          : firstIndex(rows, (row) => compare(row, rowOf(start, '')) > 0);
      const items: TableItem[] = [];
      for (; at < rows.length && (rows[at] as Row).hash < bound(segment + 1); at += 1) {
        if (items.length === this.pageItems) return { items, next: (rows[at - 1] as Row).key };
        items.push(JSON.parse((rows[at] as Row).json) as TableItem);
      }
      return { items };
    });

  /** Reads without a call, for set-up and assertions. */
  peek(key: ItemKey): TableItem | undefined {
    const row = this.rows.get(keyText(key));
    return row === undefined ? undefined : (JSON.parse(row.json) as TableItem);
  }

  /** All items, for assertions. */
  all(): TableItem[] {
    return this.#inOrder().map((row) => JSON.parse(row.json) as TableItem);
  }

  /** Writes without a call. */
  seed(item: TableItem): void {
    const text = keyText(item);
    if (!this.rows.has(text)) this.#sorted = undefined;
    const row = rowOf({ id: item.id, type: item.type }, JSON.stringify(item));
    if (this.#sorted !== undefined) {
      const index = firstIndex(this.#sorted, (other) => compare(other, row) >= 0);
      this.#sorted[index] = row;
    }
    this.rows.set(text, row);
    this.written += 1;
  }

  /** Empties the table without a call. */
  clear(): void {
    this.rows.clear();
    this.#sorted = undefined;
  }

  #remove(key: ItemKey): void {
    if (this.rows.delete(keyText(key))) this.#sorted = undefined;
    this.deleted += 1;
  }

  #inOrder(): Row[] {
    this.#sorted ??= [...this.rows.values()].sort(compare);
    return this.#sorted;
  }
}

function distinct(keys: readonly ItemKey[]): void {
  if (new Set(keys.map(keyText)).size !== keys.length)
    throw new Error('ValidationException: Provided list of item keys contains duplicates');
}

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
