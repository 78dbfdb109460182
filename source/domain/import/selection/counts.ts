import type { Decision } from './decisions.ts';
import { MISSING_RESULTS, SELECTION_RESULTS } from './report.ts';
import type { ResultCounts, SelectionReport } from './report.ts';

/** How many users, groups and memberships have which result. */
export type SelectionCounts = Pick<SelectionReport, 'users' | 'groups' | 'memberships'>;

const none = (): Record<(typeof SELECTION_RESULTS)[number], number> =>
  Object.fromEntries(SELECTION_RESULTS.map((result) => [result, 0])) as ReturnType<typeof none>;

/** Counts decisions by their result. */
export function countsOf(decisions: Iterable<Pick<Decision, 'kind' | 'result'>>): SelectionCounts {
  const counts = { user: none(), group: none(), membership: none() };
  for (const { kind, result } of decisions) counts[kind][result] += 1;
  return { users: counts.user, groups: counts.group, memberships: counts.membership };
}

/** `partial` where something that was asked for is missing. */
export const outcomeOfSelection = ({ users, groups, memberships }: SelectionCounts): SelectionReport['outcome'] =>
  [users, groups, memberships].every((counts) => missing(counts) === 0) ? 'complete' : 'partial';

/** How many of them are missing. */
export const missing = (counts: ResultCounts): number =>
  MISSING_RESULTS.reduce((sum, result) => sum + (counts[result] ?? 0), 0);
