import { isTooLarge, itemBytes } from '../../../source/domain/backup/item-size.ts';
import { keyText } from '../../../source/domain/backup/items.ts';
import { Fault } from '../../../source/domain/errors.ts';
import type { BackupTable, ItemKey, ScanPage, TableItem } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../service-calls.ts';

/** Where the items of a table lie. */
export interface ItemStore {
  get(key: ItemKey): TableItem | undefined;
  set(item: TableItem): void;
  delete(key: ItemKey): void;
  /** Items of one segment behind `start`, in the order of scans: those of one `id` follow each other in order of `type`. */
  scan(segment: number, totalSegments: number, start: ItemKey | undefined): Iterable<TableItem>;
}

/** Counts what a table's calls read and write. */
export interface TableUsage {
  wrote(item: TableItem, transaction: boolean): void;
  removed(transaction: boolean): void;
  /** Whole items, by key. */
  read(items: number, consistent: boolean): void;
  scanned(bytes: number, consistent: boolean): void;
}

const UNCOUNTED: TableUsage = {
  wrote: () => undefined,
  removed: () => undefined,
  read: () => undefined,
  scanned: () => undefined,
};

/** A page of a scan ends behind the item that reaches this. */
const PAGE_BYTES = 1_000_000;

/** DynamoDB's rules for the backup table; calls are named `table.getItem`, `table.putItems`, ... */
export class SimulatedTable implements BackupTable {
  /** Items per page of a scan at most. */
  pageItems = Infinity;
  /** Items written and deleted so far. */
  written = 0;
  deleted = 0;

  constructor(
    private readonly calls: ServiceCalls,
    private readonly items: ItemStore,
    private readonly usage: TableUsage = UNCOUNTED,
  ) {}

  contentHashes = (keys: readonly ItemKey[]): Promise<ReadonlyMap<string, string>> =>
    this.#call('contentHashes', keys, () => {
      this.usage.read(keys.length, false);
      const found = keys.flatMap((key) => {
        const item = this.peek(key);
        return item === undefined ? [] : [[keyText(key), item.contentHash as string] as const];
      });
      return new Map(found);
    });

  itemsOf = (keys: readonly ItemKey[]): Promise<ReadonlyMap<string, TableItem>> =>
    this.#call('itemsOf', keys, () => {
      this.usage.read(keys.length, false);
      return new Map(
        keys.flatMap((key) => {
          const item = this.peek(key);
          return item === undefined ? [] : [[keyText(key), item] as const];
        }),
      );
    });

  putItems = (items: readonly TableItem[]): Promise<void> =>
    this.#call('putItems', items, () => {
      if (items.some(isTooLarge))
        throw new Fault('ServiceError', 'DynamoDB refused BatchWriteItem (ValidationException).');
      for (const item of items) this.seed(item);
    });

  deleteItems = (keys: readonly ItemKey[]): Promise<void> =>
    this.#call('deleteItems', keys, () => {
      for (const key of keys) this.#remove(key);
    });

  getItem = (key: ItemKey): Promise<TableItem | undefined> =>
    this.#call('getItem', [key], () => {
      this.usage.read(1, true);
      return this.peek(key);
    });

  putItemIf = (
    item: TableItem,
    condition: 'absent' | { readonly attribute: string; readonly value: string },
  ): Promise<boolean> =>
    this.#call('putItemIf', [item], () => {
      const stored = this.peek(item);
      const holds = condition === 'absent' ? stored === undefined : stored?.[condition.attribute] === condition.value;
      if (holds) this.seed(item);
      return holds;
    });

  transact = (puts: readonly TableItem[], deletes: readonly ItemKey[]): Promise<void> =>
    this.#call('transact', [...puts, ...deletes], () => {
      for (const item of puts) this.seed(item, true);
      for (const key of deletes) this.#remove(key, true);
    });

  scanPage = ({
    segment,
    totalSegments,
    start,
    consistent,
  }: {
    readonly segment: number;
    readonly totalSegments: number;
    readonly start?: ItemKey;
    readonly consistent: boolean;
  }): Promise<ScanPage> =>
    this.#call('scanPage', [], () => {
      const page: TableItem[] = [];
      let bytes = 0;
      let more = false;
      for (const item of this.items.scan(segment, totalSegments, start)) {
        more = page.length === this.pageItems || bytes >= PAGE_BYTES;
        if (more) break;
        page.push(item);
        bytes += itemBytes(item);
      }
      this.usage.scanned(bytes, consistent);
      const last = page.at(-1);
      return more && last !== undefined ? { items: page, next: { id: last.id, type: last.type } } : { items: page };
    });

  /** Reads without a call, for set-up and assertions. */
  peek(key: ItemKey): TableItem | undefined {
    return this.items.get(key);
  }

  /** All items, for assertions. */
  all(): TableItem[] {
    return [...this.items.scan(0, 1, undefined)];
  }

  /** Writes without a call. */
  seed(item: TableItem, transaction = false): void {
    this.items.set(item);
    this.written += 1;
    this.usage.wrote(item, transaction);
  }

  /** Takes an item out without a call. */
  take(key: ItemKey): void {
    this.items.delete(key);
  }

  /** Empties the table without a call. */
  clear(): void {
    for (const item of this.all()) this.items.delete(item);
  }

  #remove(key: ItemKey, transaction = false): void {
    this.items.delete(key);
    this.deleted += 1;
    this.usage.removed(transaction);
  }

  #call<T>(method: string, keys: readonly ItemKey[], effect: () => T): Promise<T> {
    return this.calls.run(
      `table.${method}`,
      () => {
        if (new Set(keys.map(keyText)).size !== keys.length)
          throw new Error('ValidationException: Provided list of item keys contains duplicates');
        return effect();
      },
      { entries: keys.length },
    );
  }
}
