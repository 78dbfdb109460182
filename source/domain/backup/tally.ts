import type { Appendix } from '../state/progress.ts';
import type { TableItem } from '../ports.ts';
import { Checksums } from './checksums.ts';
import { countItem } from './counts.ts';
import type { MutableCounts } from './counts.ts';
import { contentDigest } from './hashing.ts';
import { itemKind } from './items.ts';
import type { ItemKind } from './items.ts';

/** What a set of items adds up to; part of checkpoints. */
export interface Content {
  readonly counts: MutableCounts;
  checksums: string[];
  /** Of the items, those that the tally's run wrote last. */
  readonly written?: MutableCounts;
  /** Of the items, those that are damaged (see isDamaged). */
  damaged?: number;
}

/** What no items add up to. */
export const noContent = (): { counts: MutableCounts; checksums: string[] } => ({
  counts: { users: 0, groups: 0, memberships: 0 },
  checksums: new Checksums().toHex(),
});

/** True when the item does not hold what its own hash vouches for: something else than an export changed it. `digest`: its contentDigest. */
export const isDamaged = ({ contentHash }: TableItem, digest: Buffer): boolean =>
  contentHash !== digest.toString('hex');

/**
 * Adds up the users, groups and memberships among items: counts, checksums, and, where `content` has room for them, items
 * that one run wrote and damaged ones. `content` is changed in place; its checksums are brought up to date by `settle`
 * and before every save.
 */
export class ItemTally implements Appendix {
  readonly pending = 0;
  readonly #checksums: Checksums;

  /** `runId`: the run whose items are counted as `written`. */
  constructor(
    private readonly content: Content,
    private readonly runId?: string,
  ) {
    this.#checksums = new Checksums(content.checksums);
  }

  /** What the item counts as; undefined for a run's own records, which are no content. `digest`: where it is known already. */
  add(item: TableItem, digest = contentDigest(item)): ItemKind | undefined {
    const kind = itemKind(item);
    if (kind === undefined) return undefined;
    const { content } = this;
    countItem(content.counts, kind);
    this.#checksums.add(item, digest);
    if (content.written !== undefined && this.runId !== undefined && item.changedIn === this.runId)
      countItem(content.written, kind);
    if (content.damaged !== undefined && isDamaged(item, digest)) content.damaged += 1;
    return kind;
  }

  cut(): [] {
    this.settle();
    return [];
  }

  settle(): void {
    this.content.checksums = this.#checksums.toHex();
  }
}
