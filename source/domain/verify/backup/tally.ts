import { Checksums } from '../../backup/checksums.ts';
import { contentDigest } from '../../backup/hashing.ts';
import { itemKind } from '../../backup/items.ts';
import type { ItemKind } from '../../backup/items.ts';
import type { Counts } from '../../backup/manifest.ts';
import type { Appendix } from '../../state/progress.ts';
import type { TableItem } from '../../ports.ts';
import type { Content } from './state.ts';

const COUNT_OF: Readonly<Record<ItemKind, keyof Counts>> = {
  user: 'users',
  group: 'groups',
  membership: 'memberships',
};

/** Adds items up: counts, checksums, and how many do not hold what their own hash says. `content` is brought up to date by `settle`. */
export class ContentTally implements Appendix {
  readonly pending = 0;
  readonly #checksums: Checksums;

  constructor(private readonly content: Content) {
    this.#checksums = new Checksums(content.checksums);
  }

  /** What the item counts as; undefined for the run's own records, which are no content. */
  add(item: TableItem): keyof Counts | undefined {
    const kind = itemKind(item);
    if (kind === undefined) return undefined;
    const digest = contentDigest(item);
    this.#checksums.add(item, digest);
    this.content.counts[COUNT_OF[kind]] += 1;
    if (item.contentHash !== digest.toString('hex')) this.content.damaged += 1;
    return COUNT_OF[kind];
  }

  cut(): readonly [] {
    this.settle();
    return [];
  }

  settle(): void {
    this.content.checksums = this.#checksums.toHex();
  }
}
