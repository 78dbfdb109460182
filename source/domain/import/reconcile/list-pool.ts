import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { Chains } from '../../listing/chains.ts';
import type { PageUse } from '../../listing/chains.ts';
import type { CheckRun } from './check-run.ts';
import { compareGroups } from './compare-groups.ts';
import { NO_CHAINS } from '../plan/check-state.ts';
import { lookUpByName } from './named.ts';
import { userChains } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import type { Appendix } from '../../state/progress.ts';
import type { StepEnd } from '../../state/step.ts';

/** Lists what the state's scope asks for and marks what was found. */
export async function listPool(check: CheckRun): Promise<StepEnd> {
  const { state, run } = check;
  while (state.step !== 'end') {
    if (run.over() || (await listStep(check)) === 'sliceOver') return 'sliceOver';
    Object.assign(state, {
      chains: NO_CHAINS,
      walk: { source: 0, item: 0 },
      step: state.step === 'users' ? 'groups' : state.step === 'groups' ? 'members' : 'end',
    });
    await run.progress.save();
  }
  return 'moved';
}

async function listStep(check: CheckRun): Promise<StepEnd> {
  const { state, run } = check;
  if (state.step === 'groups') {
    await compareGroups(check);
    return 'moved';
  }
  if (state.step === 'members') return listMembers(check);
  if (state.usersScope === 'none') return 'moved';
  if (state.usersScope === 'named') return lookUpByName(check);
  try {
    return await listUsers(check, state.usersScope);
  } catch (error) {
    if (!isNamed(error, 'FilterRefused') || state.usersScope === 'single') throw error;
    run.deps.log.warn('Cognito refuses filters on sub; the users are listed in one chain', {});
    Object.assign(state, { usersScope: 'single', chains: NO_CHAINS, unknownUsers: 0 });
    return listUsers(check, 'single');
  }
}

async function listUsers(check: CheckRun, scope: ListingScope): Promise<StepEnd> {
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

async function listMembers(check: CheckRun): Promise<StepEnd> {
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
    run.deps.pool.listUsersInGroupPage(
      run.plan.newUserPoolId,
      (groups[id] as PlannedGroup).name,
      token === undefined ? {} : { token },
    );
  return follow(check, new Chains(groups.length, state.chains, fetch, use));
}

/** Whenever the state is saved, its chains are where their pages were applied. */
async function follow<T>({ run, state }: CheckRun, chains: Chains<T>): Promise<StepEnd> {
  const place: Appendix = {
    pending: 0,
    cut: () => {
      state.chains = chains.progress;
      return [];
    },
  };
  await run.progress.gather([place], () => chains.run(run.over, () => run.progress.saveIfDue()));
  await run.progress.save();
  return chains.done ? 'moved' : 'sliceOver';
}
