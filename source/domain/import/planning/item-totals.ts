import { noCounts, totalOf } from '../../backup/counts.ts';
import type { Counts } from '../../backup/manifest.ts';
import { ItemTally } from '../../backup/tally.ts';
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

/** Totals that a round of planning adds to. */
export interface RunningTotals {
  readonly add: (items: readonly TableItem[]) => void;
  readonly stored: () => StoredTotals;
}

/** Goes on from `before`, which is not changed: a round that fails counts nothing. */
export function totalsFrom(before: StoredTotals, openRunId?: string): RunningTotals {
  const content = {
    counts: { ...before.counts },
    checksums: [...before.checksums],
    written: noCounts(),
    damaged: before.damagedItems,
  };
  const tally = new ItemTally(content, openRunId);
  return {
    add: (items) => {
      for (const item of items) tally.add(item);
    },
    stored: () => {
      tally.settle();
      return {
        counts: { ...content.counts },
        checksums: content.checksums,
        interruptedItems: before.interruptedItems + totalOf(content.written),
        damagedItems: content.damaged,
      };
    },
  };
}
