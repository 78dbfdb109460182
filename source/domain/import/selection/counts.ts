import type { Decision } from './decisions.ts';
import { MISSING_RESULTS, SELECTION_RESULTS } from './report.ts';
import type { SelectionReport } from './report.ts';

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

/** How many of them are missing. */
export const missing = ({ users, groups, memberships }: SelectionCounts): number =>
  [users, groups, memberships]
    .flatMap((counts) => MISSING_RESULTS.map((result) => counts[result] ?? 0))
    .reduce((sum, count) => sum + count, 0);

/** `partial` where something that was asked for is missing. */
export const outcomeOfSelection = (counts: SelectionCounts): SelectionReport['outcome'] =>
  missing(counts) === 0 ? 'complete' : 'partial';
