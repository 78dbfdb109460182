import type { ChunkPlan, RestorePlan } from '../plan/plan-model.ts';

/** Users of a chunk that is looked at before its updates. */
const MOST_LOOKED_AT = 1_000;

/**
 * The accounts of the first chunk are looked at before anything is done to them, where it is the small one with the few
 * privileged users. Those of the others show at the comparison at the end: to look at every chunk would take too long.
 */
export const isLookedAt = ({ batches }: Pick<RestorePlan, 'batches'>, { index, users }: ChunkPlan): boolean =>
  index === 0 && users <= MOST_LOOKED_AT && batches.some(({ chunk }) => chunk === 0);
