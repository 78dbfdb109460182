import { followChains } from '../../comparison/follow-chains.ts';
import type { Marks } from '../../comparison/marks.ts';
import type { Chains } from '../../listing/chains.ts';
import type { Appendix } from '../../state/progress.ts';
import { workThenSave } from '../../state/step.ts';
import type { StepEnd } from '../../state/step.ts';
import type { CompareState, ComparisonRun } from './state.ts';

/** Keeps the state's marks up to what was applied, whenever it is saved. */
const marksIn = (state: CompareState, marks: Marks): Appendix => ({
  pending: 0,
  cut: (newKey) => {
    state.marksKey = newKey('marks');
    return [{ key: state.marksKey, body: marks.snapshot() }];
  },
});

/** Follows the chains to their end and stores what they gather; `sliceOver` also when throttling ended them early. */
export async function follow<T>(
  { progress, sliceOver }: ComparisonRun,
  marks: Marks,
  chains: Chains<T>,
  gathered: readonly Appendix[],
): Promise<StepEnd> {
  const { state } = progress;
  let pages = 0;
  const moved = (): void => {
    pages += 1;
  };
  const appendices = [marksIn(state, marks), ...gathered];
  await workThenSave(
    progress,
    () => pages,
    () => followChains(chains, { progress, state, appendices, moved, stop: sliceOver }),
  );
  return chains.done ? 'moved' : 'sliceOver';
}
