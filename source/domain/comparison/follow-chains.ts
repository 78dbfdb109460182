import type { ChainProgress, Chains } from '../listing/chains.ts';
import type { Appendix, Progress } from '../state/progress.ts';

/** What a listing is stored in. */
export interface Listing {
  readonly progress: Pick<Progress<object>, 'gather' | 'saveIfDue'>;
  /** The part of the progress's state that holds the chains: they are where their pages were applied, whenever it is saved. */
  readonly state: { chains: ChainProgress };
  /** What the pages gather. */
  readonly appendices?: readonly Appendix[];
  /** Counts a page. */
  readonly moved?: () => void;
  readonly stop: () => boolean;
}

/** Follows chains until all have ended or `stop`. The caller stores the progress then: see Progress.gather. */
export function followChains<T>(
  chains: Chains<T>,
  { progress, state, appendices = [], moved, stop }: Listing,
): Promise<void> {
  const place: Appendix = {
    pending: 0,
    cut: () => {
      state.chains = chains.progress;
      return [];
    },
  };
  return progress.gather([...appendices, place], () =>
    chains.run(stop, () => {
      moved?.();
      progress.saveIfDue();
    }),
  );
}
