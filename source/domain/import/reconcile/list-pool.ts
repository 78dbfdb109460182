import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import { compareGroups } from '../../comparison/compare-groups.ts';
import { followChains } from '../../comparison/follow-chains.ts';
import { membersAgainst, usersAgainst } from '../../comparison/list-against.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { Chains } from '../../listing/chains.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { orInOneChain } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import type { UserPoolReader } from '../../ports.ts';
import type { StepEnd } from '../../state/step.ts';
import type { CheckRun } from './check-run.ts';
import { noteLook } from './note-look.ts';
import { blockNamesakes, noteMember, takeBack } from './take-back.ts';
import { lookUpByName } from './named.ts';

/** Lists what the state's scope asks for and marks what was found. */
export async function listPool(check: CheckRun): Promise<StepEnd> {
  const { state, run } = check;
  while (state.step !== 'end') {
    if (run.sliceOver() || (await listStep(check)) === 'sliceOver') return 'sliceOver';
    if (state.step === 'users') blockNamesakes(check);
    if (state.step === 'members' && !run.dryRun && (await takeBack(check)) === 'sliceOver') return 'sliceOver';
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
    await listGroups(check);
    return 'moved';
  }
  if (state.step === 'members') return listMembers(check);
  if (state.usersScope === 'none') return 'moved';
  if (state.usersScope === 'named') return lookUpByName(check);
  return orInOneChain(
    state.usersScope,
    run.deps.log,
    (scope) => listUsers(check, scope),
    async () => {
      Object.assign(state, { usersScope: 'single', oneChain: true, chains: NO_CHAINS, unknownUsers: 0 });
      await run.progress.save();
    },
  );
}

async function listUsers(check: CheckRun, scope: ListingScope): Promise<StepEnd> {
  const { run, marks, state } = check;
  const chains = usersAgainst(
    marks,
    { pool: run.deps.pool, poolId: run.plan.newUserPoolId, chains: state.chains, scope },
    {
      passesOver: ({ username }) => check.prelinked.has(username),
      found: (user, compared) => noteLook(check, user, compared),
      extra: () => {
        state.unknownUsers += 1;
      },
      forgetExtra: (count) => {
        state.unknownUsers -= count;
      },
    },
  );
  return follow(check, chains);
}

/** Finds groups of the plan that are missing or differ, and counts those that are not in the plan. */
async function listGroups({ run, state }: CheckRun): Promise<void> {
  const { problems, extra } = compareGroups(run.groups, await poolGroups(run.deps, run.plan.newUserPoolId));
  state.groupProblems = problems.map(({ index }) => index);
  const problemOf = new Map(problems.map((problem) => [problem.index, problem]));
  run.groups.forEach((_, index) => {
    const problem = problemOf.get(index);
    const isThere = problem === undefined || problem.differs !== undefined;
    if (isThere) run.groupCreation.learn(index, { asPlanned: problem === undefined });
  });
  state.unknownGroups = extra.filter((name) => !isAutomaticGroup(name, run.plan.newUserPoolId)).length;
}

async function listMembers(check: CheckRun): Promise<StepEnd> {
  const { run, marks, state } = check;
  await check.owners.learnNames(marks);
  const planned = run.groups.map(({ name }) => name);
  const groups = state.memberGroups === 'all' ? planned : state.memberGroups.map((index) => planned[index] as string);
  // A second look at a few groups would count theirs twice.
  const counted = state.memberGroups === 'all' ? 1 : 0;
  const chains = membersAgainst(
    marks,
    { pool: withoutPrelinked(check), poolId: run.plan.newUserPoolId, chains: state.chains, groups },
    {
      extra: (group, account) => {
        state.unknownMemberships += counted;
        noteMember(check, group, account);
      },
      forgetExtra: (count) => {
        state.unknownMemberships -= count * counted;
      },
    },
  );
  return follow(check, chains);
}

/** Members of groups, without users of identity providers whom this restore made. */
const withoutPrelinked = ({ run, prelinked }: CheckRun): Pick<UserPoolReader, 'listUsersInGroupPage'> => ({
  listUsersInGroupPage: async (...request) => {
    const page = await run.deps.pool.listUsersInGroupPage(...request);
    return { ...page, items: page.items.filter(({ username }) => !prelinked.has(username)) };
  },
});

async function follow<T>({ run, state }: CheckRun, chains: Chains<T>): Promise<StepEnd> {
  await followChains(chains, { progress: run.progress, state, stop: run.sliceOver });
  await run.progress.save();
  return chains.done ? 'moved' : 'sliceOver';
}
