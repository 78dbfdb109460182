import { itemKind } from '../../backup/items.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { groupLine, SpoolWriter } from './spool.ts';
import { assemble } from './spooled-user.ts';
import type { PendingMemberships } from './spooled-user.ts';

/** What a segment left behind: memberships whose user may be on the next page, and the objects that hold the rest. */
interface SpoolState {
  readonly pending?: PendingMemberships;
  readonly parts: readonly string[];
}

/** Spools the users, with their memberships, and the groups of one segment, page by page in its order. */
export class SegmentSpool {
  readonly #writer: SpoolWriter;
  #pending: PendingMemberships | undefined;
  #orphans = 0;

  /** `before`: what an earlier round left. */
  constructor(objects: Pick<ObjectStore, 'put'>, prefix: string, before: SpoolState) {
    this.#writer = new SpoolWriter(objects, prefix, before.parts);
    this.#pending = before.pending;
  }

  /** Memberships since the beginning of this round whose user is not in the backup. */
  get orphans(): number {
    return this.#orphans;
  }

  /** Valid after `flush`. */
  get state(): SpoolState {
    return {
      parts: this.#writer.parts,
      ...(this.#pending === undefined ? {} : { pending: this.#pending }),
    };
  }

  add(items: readonly TableItem[]): void {
    const { users, orphans, pending } = assemble(items, this.#pending);
    this.#pending = pending;
    this.#orphans += orphans;
    for (const user of users) this.#writer.add(user);
    for (const item of items) if (itemKind(item) === 'group') this.#writer.add(groupLine(item));
  }

  /** Writes what waits where it has become much. */
  async makeRoom(): Promise<void> {
    if (this.#writer.large) await this.#writer.flush();
  }

  /** The segment has ended: memberships that still wait have no user. */
  async end(): Promise<void> {
    this.#orphans += this.#pending?.groups.length ?? 0;
    this.#pending = undefined;
    await this.flush();
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }
}
