import {
  groupOf,
  itemKind,
  keyText,
  membershipItem,
  subOf as subOfKey,
  userItem,
} from '../../../source/domain/backup/items.ts';
import type { UserItem } from '../../../source/domain/backup/items.ts';
import type { BackupTable, ItemKey, ScanPage, TableItem } from '../../../source/domain/ports.ts';
import { indexOfSub, userOf } from '../population.ts';
import { itemBytes, readUnits, writeUnits } from './item-units.ts';
import type { Latencies, Meter } from './meter.ts';
import type { SourcePool } from './source-pool.ts';

const PAGE_BYTES = 1_000_000;
const READ_BATCH = 100;
const WRITE_BATCH = 25;
const PARALLEL = 4;

/**
 * The backup table of one source pool. Users and memberships take a few bytes each (which run wrote them, and which
 * version); their items are made anew when they are read. Groups and the runs' records are kept as they are.
 */
export class VirtualTable implements BackupTable {
  readonly #runs: string[] = [''];
  readonly #userRun: Uint8Array;
  readonly #userVersion: Uint8Array;
  readonly #memberRun: Uint8Array;
  readonly #other = new Map<string, TableItem>();

  constructor(
    private readonly pool: SourcePool,
    private readonly meter: Meter,
    private readonly latencies: Latencies,
  ) {
    this.#userRun = new Uint8Array(pool.capacity);
    this.#userVersion = new Uint8Array(pool.capacity);
    this.#memberRun = new Uint8Array(pool.capacity * pool.memberships.ordinalsPerUser);
  }

  contentHashes = async (keys: readonly ItemKey[]): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (const key of keys) {
      const item = this.#peek(key);
      if (item !== undefined) found.set(keyText(key), item.contentHash as string);
      this.meter.add('units.read', 0.5);
    }
    await this.#batches('BatchGetItem', keys.length, READ_BATCH);
    return found;
  };

  putItems = async (items: readonly TableItem[]): Promise<void> => {
    for (const item of items) this.#write(item);
    await this.#batches('BatchWriteItem', items.length, WRITE_BATCH);
  };

  deleteItems = async (keys: readonly ItemKey[]): Promise<void> => {
    for (const key of keys) this.#remove(key);
    await this.#batches('BatchWriteItem', keys.length, WRITE_BATCH);
  };

  getItem = (key: ItemKey): Promise<TableItem | undefined> => {
    this.meter.add('units.read');
    return this.#call('GetItem', () => this.#peek(key));
  };

  putItemIf = (
    item: TableItem,
    condition: 'absent' | { readonly attribute: string; readonly value: string },
  ): Promise<boolean> =>
    this.#call('PutItem', () => {
      const stored = this.#peek(item);
      const holds = condition === 'absent' ? stored === undefined : stored?.[condition.attribute] === condition.value;
      if (holds) this.#write(item);
      return holds;
    });

  transact = (puts: readonly TableItem[], deletes: readonly ItemKey[]): Promise<void> =>
    this.#call('TransactWriteItems', () => {
      // A transaction costs twice.
      for (const item of puts) this.#write(item, 2);
      for (const key of deletes) this.#remove(key, 2);
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
    this.meter.call('dynamodb.Scan', this.latencies.scan, () => {
      const bound = (part: number): number => Math.ceil((part * this.pool.capacity) / totalSegments);
      let index =
        start === undefined
          ? bound(segment)
          : start.id.startsWith('USER#')
            ? (indexOfSub(subOfKey(start)) as number) + 1
            : -1;
      const items: TableItem[] = [];
      let bytes = 0;
      for (; index >= 0 && index < bound(segment + 1) && bytes < PAGE_BYTES; index += 1) {
        for (const item of this.#itemsOf(index)) {
          items.push(item);
          bytes += itemBytes(item);
        }
      }
      const more = index >= 0 && index < bound(segment + 1);
      // Groups and records of runs lie behind the users of the last segment.
      if (!more && segment === totalSegments - 1) {
        items.push(...this.#other.values());
        for (const item of this.#other.values()) bytes += itemBytes(item);
      }
      this.meter.add('units.read', readUnits(bytes) * (consistent ? 1 : 0.5));
      const last = items.at(-1);
      return more && last !== undefined ? { items, next: { id: last.id, type: last.type } } : { items };
    });

  get written(): number {
    return this.meter.count('items.written');
  }

  /** A user's memberships come before the user: in order of `type`. */
  *#itemsOf(index: number): Generator<TableItem> {
    const { memberships } = this.pool;
    const names = memberships
      .groupsOf(index)
      .filter((group) => this.#memberRun[this.#ordinal(index, group)] !== 0)
      .map((group) => memberships.nameOf(group))
      .sort();
    for (const name of names) yield this.#membership(index, name);
    if (this.#userRun[index] !== 0) yield this.#user(index);
  }

  #peek(key: ItemKey): TableItem | undefined {
    const kind = itemKind(key);
    if (kind !== 'user' && kind !== 'membership') return this.#other.get(keyText(key));
    const index = indexOfSub(subOfKey(key));
    if (index === undefined) return undefined;
    if (kind === 'user') return this.#userRun[index] === 0 ? undefined : this.#user(index);
    const group = groupOf(key);
    return this.#memberRun[this.#ordinal(index, this.pool.memberships.indexOf(group))] === 0
      ? undefined
      : this.#membership(index, group);
  }

  #user(index: number): UserItem {
    return userItem(
      userOf(index, this.#userVersion[index]),
      'username',
      this.#runs[this.#userRun[index] as number] as string,
    );
  }

  #membership(index: number, group: string): TableItem {
    const run = this.#runs[
      this.#memberRun[this.#ordinal(index, this.pool.memberships.indexOf(group))] as number
    ] as string;
    return membershipItem(userOf(index).sub, group, run);
  }

  #write(item: TableItem, factor = 1): void {
    this.meter.add('items.written');
    this.meter.add('units.write', writeUnits(itemBytes(item)) * factor);
    const kind = itemKind(item);
    if (kind !== 'user' && kind !== 'membership') {
      this.#other.set(keyText(item), item);
      return;
    }
    const index = indexOfSub(subOfKey(item)) as number;
    if (kind === 'membership') {
      this.#memberRun[this.#ordinal(index, this.pool.memberships.indexOf(groupOf(item)))] = this.#runIndex(item);
      return;
    }
    this.#userRun[index] = this.#runIndex(item);
    this.#userVersion[index] = Number(/\d+$/.exec((item as UserItem).attributes.nickname ?? '')?.[0] ?? 0);
  }

  #remove(key: ItemKey, factor = 1): void {
    this.meter.add('items.deleted');
    this.meter.add('units.write', factor);
    const kind = itemKind(key);
    if (kind !== 'user' && kind !== 'membership') {
      this.#other.delete(keyText(key));
      return;
    }
    const index = indexOfSub(subOfKey(key)) as number;
    if (kind === 'user') this.#userRun[index] = 0;
    else this.#memberRun[this.#ordinal(index, this.pool.memberships.indexOf(groupOf(key)))] = 0;
  }

  #ordinal(index: number, group: number): number {
    return this.pool.memberships.ordinal(index, group);
  }

  #runIndex(item: TableItem): number {
    const run = item.changedIn as string;
    const known = this.#runs.lastIndexOf(run);
    return known > 0 ? known : this.#runs.push(run) - 1;
  }

  #call<T>(action: string, effect: () => T): Promise<T> {
    return this.meter.call(`dynamodb.${action}`, this.latencies.dynamodb, effect);
  }

  /** Batches go out as the adapter sends them: a few at a time. */
  async #batches(action: string, keys: number, size: number): Promise<void> {
    const batches = Math.ceil(keys / size);
    this.meter.add(`dynamodb.${action}`, batches - 1);
    await this.meter.call(
      `dynamodb.${action}`,
      this.latencies.dynamodb * Math.ceil(batches / PARALLEL),
      () => undefined,
    );
  }
}
