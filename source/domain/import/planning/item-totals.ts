import { Checksums } from '../../backup/checksums.ts';
import { contentDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { Counts } from '../../backup/manifest.ts';
import type { TableItem } from '../../ports.ts';

/** What a scan counts, as it is stored between two rounds. */
export interface StoredTotals {
  readonly counts: Counts;
  readonly checksums: readonly string[];
  /** Items that the run with the OPEN marker wrote last. */
  readonly interruptedItems: number;
  /** Items that do not hold what their hash vouches for: something else than an export changed them. */
  readonly damagedItems: number;
}

/** Counts and checksums of users, groups and memberships; other items are passed over. */
export class ItemTotals {
  readonly #counts: { users: number; groups: number; memberships: number };
  readonly #checksums: Checksums;
  #interruptedItems: number;
  #damagedItems: number;

  constructor(
    before: StoredTotals,
    private readonly openRunId?: string,
  ) {
    this.#counts = { ...before.counts };
    this.#checksums = new Checksums(before.checksums);
    this.#interruptedItems = before.interruptedItems;
    this.#damagedItems = before.damagedItems;
  }

  add(items: readonly TableItem[]): void {
    for (const item of items) {
      const kind = itemKind(item);
      if (kind === undefined) continue;
      const digest = contentDigest(item);
      this.#checksums.add(item, digest);
      this.#counts[`${kind}s`] += 1;
      if (item.contentHash !== digest.toString('hex')) this.#damagedItems += 1;
      if (this.openRunId !== undefined && item.changedIn === this.openRunId) this.#interruptedItems += 1;
    }
  }

  stored(): StoredTotals {
    return {
      counts: { ...this.#counts },
      checksums: this.#checksums.toHex(),
      interruptedItems: this.#interruptedItems,
      damagedItems: this.#damagedItems,
    };
  }
}
