import { poolGroups } from '../../listing/pool-groups.ts';
import type { CheckRun } from './check-run.ts';

/** Finds groups of the plan that are missing or have another description or precedence, and groups that are not in the plan. */
export async function compareGroups(check: CheckRun): Promise<void> {
  const { run, state } = check;
  const inPool = await poolGroups(run.deps, run.plan.newUserPoolId);
  const problems: number[] = [];
  let known = 0;
  run.groups.forEach((planned, index) => {
    const found = inPool.get(planned.name);
    if (found !== undefined) known += 1;
    if (
      found === undefined ||
      (found.description ?? '') !== (planned.description ?? '') ||
      found.precedence !== planned.precedence
    )
      problems.push(index);
  });
  state.groupProblems = problems;
  state.unknownGroups = inPool.size - known;
}
