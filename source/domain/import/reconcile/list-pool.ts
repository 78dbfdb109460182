import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { Chains, NO_CHAINS } from '../../listing/chains.ts';
import type { PageUse } from '../../listing/chains.ts';
import type { CheckRun } from './check-run.ts';
import { compareGroups } from './compare-groups.ts';
import { lookUpByName } from './named.ts';
import { withToken } from '../../listing/page-chain.ts';
import { userChains } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';

/** Lists what the state's scope asks for and marks what was found. True at the end, false when the slice ended before. */
export async function listPool(check: CheckRun): Promise<boolean> {
  const { state, run } = check;
  while (state.step !== 'end') {
    if (run.over()) return false;
    if (!(await listStep(check))) return false;
    check.flux = () => ({});
    Object.assign(state, {
      chains: NO_CHAINS,
      walk: { source: 0, item: 0 },
      step: state.step === 'users' ? 'groups' : state.step === 'groups' ? 'members' : 'end',
    });
    await run.save();
  }
  return true;
}

async function listStep(check: CheckRun): Promise<boolean> {
  const { state, run } = check;
  if (state.step === 'groups') {
    await compareGroups(check);
    return true;
  }
  if (state.step === 'members') return listMembers(check);
  if (state.usersScope === 'none') return true;
  if (state.usersScope === 'named') return lookUpByName(check);
  try {
    return await listUsers(check, state.usersScope);
  } catch (error) {
    if (!isNamed(error, 'FilterRefused') || state.usersScope === 'single') throw error;
    run.deps.log.warn('Cognito refuses filters on sub; the users are listed in one chain', {});
    check.flux = () => ({});
    Object.assign(state, { usersScope: 'single', chains: NO_CHAINS, unknownUsers: 0 });
    return listUsers(check, 'single');
  }
}

async function listUsers(check: CheckRun, scope: ListingScope): Promise<boolean> {
  const { run, marks, state } = check;
  const use: PageUse<PoolUser> = {
    apply: (_id, users) => {
      let unknown = 0;
      for (const user of users) {
        const found = marks.applyUser(user);
        if (found === undefined) unknown += 1;
        else if (found.first) check.addToSubMap(found.oldSub, user.sub);
      }
      state.unknownUsers += unknown;
      return unknown;
    },
    forget: (unknown) => {
      state.unknownUsers -= unknown;
    },
  };
  return follow(check, userChains(run.deps.pool, run.plan.newUserPoolId, scope, state.chains, use));
}

async function listMembers(check: CheckRun): Promise<boolean> {
  const { run, marks, state } = check;
  const groups =
    state.memberGroups === 'all' ? run.groups : state.memberGroups.map((index) => run.groups[index] as PlannedGroup);
  const use: PageUse<PoolUser> = {
    apply: (id, users) => {
      const unplanned = users.filter((user) => !marks.applyMember((groups[id] as PlannedGroup).name, user)).length;
      // A second look at a few groups would count theirs twice.
      const unknown = state.memberGroups === 'all' ? unplanned : 0;
      state.unknownMemberships += unknown;
      return unknown;
    },
    forget: (unknown) => {
      state.unknownMemberships -= unknown;
    },
  };
  const fetch = (id: number, token: string | undefined): ReturnType<typeof run.deps.pool.listUsersInGroupPage> =>
    run.deps.pool.listUsersInGroupPage(run.plan.newUserPoolId, (groups[id] as PlannedGroup).name, withToken(token));
  return follow(check, new Chains(groups.length, state.chains, fetch, use));
}

async function follow<T>(check: CheckRun, chains: Chains<T>): Promise<boolean> {
  check.flux = () => ({ chains: chains.progress });
  await chains.run(check.run.over, () => check.run.saveIfDue());
  await check.run.save();
  return chains.done;
}
