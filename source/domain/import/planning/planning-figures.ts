import type { WorkFigures } from '../../state/work-figures.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { PlanningState } from './planning-state.ts';

/** How many there are to be restored is known once all users are classified; until then nobody can tell. */
export function planningFigures(state: PlanningState): WorkFigures {
  const phase = 'planning';
  if (state.step !== 'order' && state.step !== 'chunks' && state.step !== 'seal')
    return { phase, callsLeft: 'unknown' };
  return { phase, ...planned(state.tally.counts), callsLeft: 'unknown' };
}

/** The plan stands: nothing of it is done. */
export const plannedFigures = ({ counts }: { readonly counts: PlanCounts }): WorkFigures => ({
  phase: 'planning',
  ...planned(counts),
  callsLeft: 'unknown',
});

type PlanCounts = Pick<RestorePlan['counts'], 'byCsv' | 'oneByOne' | 'memberships'>;

const planned = ({ byCsv, oneByOne, memberships }: PlanCounts): Pick<WorkFigures, 'users' | 'memberships'> => ({
  users: { done: 0, of: byCsv + oneByOne },
  memberships: { done: 0, of: memberships },
});
