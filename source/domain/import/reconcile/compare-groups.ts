import { isNamed } from '../../errors.ts';
import type { PoolGroup } from '../../model.ts';
import type { CheckRun } from './check-run.ts';

/** ListGroups takes at most 5 calls per second and pool (Cognito quotas, "UserPoolResourceRead"). */
const PAGE_INTERVAL_MS = 220;
const MAX_TOKEN_RESTARTS = 5;

/** Finds groups of the plan that are missing or have another description or precedence, and groups that are not in the plan. */
export async function compareGroups(check: CheckRun): Promise<void> {
  const { run, state } = check;
  const inPool = await allGroups(check);
  const problems: number[] = [];
  let known = 0;
  run.groups.forEach((planned, index) => {
    const found = inPool.get(planned.name);
    if (found !== undefined) known += 1;
    if (found === undefined || (found.description ?? '') !== (planned.description ?? '') || found.precedence !== planned.precedence) problems.push(index);
  });
  state.groupProblems = problems;
  state.unknownGroups = inPool.size - known;
}

async function allGroups({ run }: CheckRun): Promise<Map<string, PoolGroup>> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listGroups(run);
    } catch (error) {
      if (!isNamed(error, 'InvalidPaginationToken') || restarts >= MAX_TOKEN_RESTARTS) throw error;
    }
  }
}

async function listGroups({ plan, deps }: CheckRun['run']): Promise<Map<string, PoolGroup>> {
  const groups = new Map<string, PoolGroup>();
  for (let token: string | undefined; ; await deps.clock.sleep(PAGE_INTERVAL_MS)) {
    const page = await deps.pool.listGroupsPage(plan.newUserPoolId, token === undefined ? {} : { token });
    for (const group of page.items) groups.set(group.name, group);
    if (page.next === undefined) return groups;
    token = page.next;
  }
}
