import type { Ledger } from '../../export/ledger.ts';
import type { Chains } from '../../import/reconcile/chains.ts';
import type { Gathering } from '../progress.ts';
import type { Comparison } from './state.ts';

/** Digests that may wait in memory. */
const MAX_PENDING = 100_000;

/** A ledger of what is in the pool and not in the backup. */
export const gatheringOf = (ledger: Ledger): Gathering => ({
  get pending() { return ledger.pending / MAX_PENDING; },
  cut: (newKey) => ledger.cut(newKey),
});

/** Follows the chains until all have ended or the slice is over, and stores the progress, also when throttling ended it early. */
export function followChains<T>({ progress, sliceOver }: Pick<Comparison, 'progress' | 'sliceOver'>, chains: Chains<T>): Promise<void> {
  return progress.workThenSave(() => progress.state.pages, () => chains.run(sliceOver, () => progress.saveIfDue()));
}
