import { workThenSave } from '../../state/step.ts';
import type { Appendix } from '../../state/progress.ts';
import type { Chains } from '../../listing/chains.ts';
import type { CompareState, Comparison } from './state.ts';

/** Keeps the state's chains up to what was applied, whenever it is saved. */
export const chainsIn = <T>(state: CompareState, chains: Chains<T>): Appendix => ({
  pending: 0,
  cut: () => {
    state.chains = chains.progress;
    return [];
  },
});

/** Follows the chains until all have ended or the slice is over, and stores the progress, also when throttling ended it early. */
export function followChains<T>(
  { progress, sliceOver }: Pick<Comparison, 'progress' | 'sliceOver'>,
  chains: Chains<T>,
): Promise<void> {
  let pages = 0;
  return workThenSave(
    progress,
    () => pages,
    () =>
      chains.run(sliceOver, () => {
        pages += 1;
        progress.saveIfDue();
      }),
  );
}
