import { compareGroups } from '../../comparison/compare-groups.ts';
import { membersAgainst, usersAgainst } from '../../comparison/list-against.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { Chains } from '../../listing/chains.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { inOneChainIfRefused } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import type { CheckRun } from './check-run.ts';
import { lookUpByName } from './named.ts';

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
    await listGroups(check);
    return true;
  }
  if (state.step === 'members') return listMembers(check);
  if (state.usersScope === 'none') return true;
  if (state.usersScope === 'named') return lookUpByName(check);
  return inOneChainIfRefused(
    state.usersScope,
    (scope) => listUsers(check, scope),
    () => {
      run.deps.log.warn('Cognito refuses filters on sub; the users are listed in one chain', {});
      check.flux = () => ({});
      Object.assign(state, { usersScope: 'single', chains: NO_CHAINS, unknownUsers: 0 });
    },
  );
}

async function listUsers(check: CheckRun, scope: ListingScope): Promise<boolean> {
  const { run, marks, state } = check;
  const chains = usersAgainst(
    marks,
    { pool: run.deps.pool, poolId: run.plan.newUserPoolId, chains: state.chains, scope },
    {
      found: (user, { ordinal }, first) => {
        if (first) check.addToSubMap(ordinal, user.sub);
      },
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
  state.unknownGroups = extra.length;
}

async function listMembers(check: CheckRun): Promise<boolean> {
  const { run, marks, state } = check;
  const planned = run.groups.map(({ name }) => name);
  const groups = state.memberGroups === 'all' ? planned : state.memberGroups.map((index) => planned[index] as string);
  // A second look at a few groups would count theirs twice.
  const counted = state.memberGroups === 'all' ? 1 : 0;
  const chains = membersAgainst(
    marks,
    { pool: run.deps.pool, poolId: run.plan.newUserPoolId, chains: state.chains, groups },
    {
      extra: () => {
        state.unknownMemberships += counted;
      },
      forgetExtra: (count) => {
        state.unknownMemberships -= count * counted;
      },
    },
  );
  return follow(check, chains);
}

async function follow<T>(check: CheckRun, chains: Chains<T>): Promise<boolean> {
  check.flux = () => ({ chains: chains.progress });
  await chains.run(check.run.over, () => check.run.saveIfDue());
  await check.run.save();
  return chains.done;
}
