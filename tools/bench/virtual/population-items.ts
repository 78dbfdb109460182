import { signInAttributeOf } from '../../../source/domain/model.ts';
import { groupOf, itemKind, keyText, membershipItem, subOfKey, userItem } from '../../../source/domain/backup/items.ts';
import type { UserItem } from '../../../source/domain/backup/items.ts';
import type { ItemKey, TableItem } from '../../../source/domain/ports.ts';
import type { ItemStore } from '../../simulation/storage/table.ts';
import { indexOfSub, signsInBy, userOf } from '../population.ts';
import type { SourcePool } from './source-pool.ts';

/**
 * The items of one source pool's backup. Users and memberships take a few bytes each (which run wrote them, and which
 * version); their items are computed when they are read. Groups and the runs' records are kept as they are.
 */
export class PopulationItems implements ItemStore {
  readonly #runs: string[] = [''];
  readonly #userRun: Uint8Array;
  readonly #userVersion: Uint8Array;
  readonly #memberRun: Uint8Array;
  readonly #other = new Map<string, TableItem>();

  constructor(private readonly pool: SourcePool) {
    this.#userRun = new Uint8Array(pool.capacity);
    this.#userVersion = new Uint8Array(pool.capacity);
    this.#memberRun = new Uint8Array(pool.capacity * pool.memberships.ordinalsPerUser);
  }

  get(key: ItemKey): TableItem | undefined {
    const kind = itemKind(key);
    if (kind !== 'user' && kind !== 'membership') return this.#other.get(keyText(key));
    const index = indexOfSub(subOfKey(key));
    if (index === undefined) return undefined;
    if (kind === 'user') return this.#userRun[index] === 0 ? undefined : this.#user(index);
    const group = groupOf(key);
    return this.#memberRun[this.#ordinal(index, group)] === 0 ? undefined : this.#membership(index, group);
  }

  set(item: TableItem): void {
    const kind = itemKind(item);
    if (kind !== 'user' && kind !== 'membership') {
      this.#other.set(keyText(item), item);
      return;
    }
    const index = indexOfSub(subOfKey(item)) as number;
    if (kind === 'membership') {
      this.#memberRun[this.#ordinal(index, groupOf(item))] = this.#runIndex(item);
      return;
    }
    this.#userRun[index] = this.#runIndex(item);
    this.#userVersion[index] = Number(/\d+$/.exec((item as UserItem).attributes.nickname ?? '')?.[0] ?? 0);
  }

  delete(key: ItemKey): void {
    const kind = itemKind(key);
    if (kind !== 'user' && kind !== 'membership') {
      this.#other.delete(keyText(key));
      return;
    }
    const index = indexOfSub(subOfKey(key)) as number;
    if (kind === 'user') this.#userRun[index] = 0;
    else this.#memberRun[this.#ordinal(index, groupOf(key))] = 0;
  }

  /** Groups and records of runs lie behind the users of the last segment. */
  *scan(segment: number, totalSegments: number, start: ItemKey | undefined): Generator<TableItem> {
    const bound = (part: number): number => Math.ceil((part * this.pool.capacity) / totalSegments);
    const behindUsers = start !== undefined && !start.id.startsWith('USER#');
    const resumed = start === undefined || behindUsers ? undefined : (indexOfSub(subOfKey(start)) as number);
    const end = behindUsers ? 0 : bound(segment + 1);
    for (let index = resumed ?? bound(segment); index < end; index += 1)
      for (const item of this.#itemsOf(index)) if (index !== resumed || item.type > (start as ItemKey).type) yield item;
    if (segment !== totalSegments - 1) return;
    const after = behindUsers ? keyText(start) : '';
    for (const text of [...this.#other.keys()].filter((key) => key > after).sort())
      yield this.#other.get(text) as TableItem;
  }

  /** A user's memberships come before the user: in order of `type`. */
  *#itemsOf(index: number): Generator<TableItem> {
    const { memberships } = this.pool;
    const names = memberships
      .groupsOf(index)
      .filter((group) => this.#memberRun[memberships.ordinal(index, group)] !== 0)
      .map((group) => memberships.nameOf(group))
      .sort();
    for (const name of names) yield this.#membership(index, name);
    if (this.#userRun[index] !== 0) yield this.#user(index);
  }

  #user(index: number): UserItem {
    const { shape, settings } = this.pool;
    return userItem(
      this.pool.userAt(index, this.#userVersion[index]),
      signInAttributeOf(settings),
      this.#runs[this.#userRun[index] as number] as string,
      shape.twoAddresses === undefined ? undefined : signsInBy(index, shape.twoAddresses),
    );
  }

  #membership(index: number, group: string): TableItem {
    const run = this.#runs[this.#memberRun[this.#ordinal(index, group)] as number] as string;
    return membershipItem(userOf(index).sub, group, run);
  }

  #ordinal(index: number, group: string): number {
    return this.pool.memberships.ordinal(index, this.pool.memberships.indexOf(group));
  }

  #runIndex(item: TableItem): number {
    const run = item.changedIn as string;
    const known = this.#runs.lastIndexOf(run);
    return known > 0 ? known : this.#runs.push(run) - 1;
  }
}
