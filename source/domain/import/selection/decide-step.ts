import { counted } from '../../counted.ts';
import { Halt } from '../../errors.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { inParts } from '../plan/csv-rows.ts';
import { restorePrefix } from '../plan/plan-model.ts';
import { headKey, restoreHeadShape } from '../plan/restore-head.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import { readJsonIfWhole } from '../../state/json-object.ts';
import { folderOf, roleMapAsked } from '../planning/planning-run.ts';
import { readGroupRoles } from '../plan/group-roles.ts';
import { assertPreflight } from '../preflight/preflight.ts';
import type { PoolSettings, PoolUser } from '../../model.ts';
import { everybody } from './asked.ts';
import type { MeantUser } from './asked.ts';
import { claimedAliases, claimKey, claimsOf } from './attributes.ts';
import type { Contact } from './attributes.ts';
import { countsOf } from './counts.ts';
import { decideGroups, decideMemberships } from './decide-groups.ts';
import { decideUndo } from './decide-undo.ts';
import { EXISTS } from './account-update.ts';
import { decideUsers, NO_SUB_MAP } from './decide-users.ts';
import type { DecisionBasis } from './decide-users.ts';
import type { AttributeWanted, Decision, UserDecision } from './decisions.ts';
import { differenceLines } from './differences.ts';
import { madeEarlier } from './earlier-rows.ts';
import type { Sides } from './differences.ts';
import { readFederatedRules } from './federated-rules.ts';
import { readMembers } from './find-members.ts';
import { identities } from './identity.ts';
import { SELECTION_DIFFERENCES_HEADER } from './report.ts';
import { cutJobs, sealSelection } from './seal-selection.ts';
import { askedSubs, readAccounts, restoredPool } from './selection-run.ts';
import type { SelectionRun } from './selection-run.ts';
import { plannedKey } from './selection-state.ts';
import type { PlannedSelection, SelectionPlanning } from './selection-state.ts';
import { writeSelectionReport } from './write-selection-report.ts';

type Decide = Extract<SelectionPlanning, { readonly step: 'decide' }>;

const THROUGH_PROVIDER =
  'Whoever of them comes from an identity provider is made without an address, under another username, and signs in through the provider only: no "forgot password" leads past it.';

/** So much is decided about in one selection, all of it in memory. */
const MOST_DECISIONS = 250_000;

/**
 * Decides about everything, writes differences.csv and what is to be done. Halt SelectionRefused where `existing` is `fail`
 * and the pool has something of it, or where that is too much for one selection.
 */
export async function decideStep(state: Decide, run: SelectionRun): Promise<SelectionPlanning> {
  const { input, deps, selectionId } = run;
  const { newUserPoolId, dryRun } = input.options;
  const { decisions, chunks, sides, notes: found } = await decided(state, run);
  const notes = [...new Set([...state.target.notes, ...found])];
  const keys = selectionKeys(newUserPoolId, selectionId);
  await deps.objects.write(keys.differences, inParts(withHeader(differenceLines(decisions, sides))));
  const exportRuns = [...new Set(state.reads.map(({ accepted }) => accepted.manifest.runId))];
  const planned: PlannedSelection = { selectionId, exportRuns, ...countsOf(decisions) };
  await deps.objects.put(plannedKey(folderOf(input)), JSON.stringify(planned));
  if (dryRun)
    await writeSelectionReport(deps.objects, {
      newUserPoolId,
      request: run.request,
      dryRun,
      startedAt: input.openedAt ?? new Date(deps.clock.now()).toISOString(),
      endedAt: new Date(deps.clock.now()).toISOString(),
      planned,
      counts: planned,
      notes,
    });
  else if (decisions.some(({ what }) => what === EXISTS)) throw existing(decisions, keys.differences);
  const { reads, mayCreateUsers } = state;
  const target = { ...state.target, notes };
  await sealSelection({ input, reads, target, mayCreateUsers, decisions, chunks }, deps);
  return { step: 'done' };
}

async function decided(
  state: Decide,
  run: SelectionRun,
): Promise<
  Pick<Awaited<ReturnType<typeof cutJobs>>, 'decisions' | 'chunks'> & {
    readonly sides: Sides;
    readonly notes: readonly string[];
  }
> {
  const { input, deps, request } = run;
  const { newUserPoolId } = input.options;
  const accounts = await readAccounts(deps.objects, state.accounts);
  const bySub = new Map(accounts.map((account) => [account.sub, account]));
  const members = await readMembers(deps.objects, state.look);
  const groups = await poolGroups({ pool: deps.pools, clock: deps.clock }, newUserPoolId);
  const { settings } = state.target.pool;
  // The map may name more groups than the selection: those are not looked at.
  const mapped = await readGroupRoles(roleMapAsked(input), deps.objects);
  assertPreflight(newUserPoolId, { ...mapped, notes: [] });
  const { roles } = mapped;
  if (run.undo !== undefined)
    return {
      decisions: decideUndo({ entries: run.undo, settings, accounts, poolGroups: groups, members, roles }),
      chunks: [],
      sides: { backup: new Map<string, MeantUser>(), accounts: bySub, taken: new Map() },
      notes: [],
    };
  const { asked, subs, unfinished } = await askedSubs(run, state.reads);
  const basis: DecisionBasis = {
    input,
    request,
    asked,
    target: state.target,
    poolGroups: groups,
    roles,
    members,
    subs,
    federated: await readFederatedRules(asked, { input, settings }, deps),
    identityOf: identities({
      target: restoredPool(newUserPoolId, settings),
      accounts,
      subs,
      unfinished,
      confirmed: new Set(request.confirmed),
      madeEarlier: await madeEarlier(deps.objects, newUserPoolId, new Set(subs.keys())),
    }),
  };
  const users = decideUsers(basis);
  const decidedGroups = decideGroups(basis);
  const decisions: Decision[] = [...decidedGroups, ...users, ...decideMemberships(basis, users, decidedGroups)];
  if (decisions.length > MOST_DECISIONS) throw tooMuch(decisions.length);
  const backup = new Map(everybody(asked).map((found) => [found.user.sub, found]));
  const prelinks = users.filter(({ prelink }) => prelink !== undefined).length;
  const taken = takenAddresses(users, accounts, settings);
  const notes = [
    ...basis.federated.notes,
    ...(prelinks === 0 ? [] : [THROUGH_PROVIDER]),
    ...(taken.size === 0 ? [] : [takenNote(taken.size)]),
    ...(await unmappedNotes(users, newUserPoolId, deps)),
  ];
  return { ...(await cutJobs(decisions, basis, taken, deps)), sides: { backup, accounts: bySub, taken }, notes };
}

/** By `sub` in the backup: addresses that are to be set, and by which somebody else in the pool signs in. */
function takenAddresses(
  users: readonly UserDecision[],
  accounts: readonly PoolUser[],
  { aliasAttributes: aliases, caseSensitive }: Pick<PoolSettings, 'aliasAttributes' | 'caseSensitive'>,
): ReadonlyMap<string, readonly Contact[]> {
  const holders = new Map<string, Set<string>>();
  for (const account of accounts)
    for (const key of claimedAliases(account, { aliases, caseSensitive }))
      holders.set(key, (holders.get(key) ?? new Set()).add(account.sub));
  return new Map(
    users.flatMap(({ sub, poolSub, make, set }) => {
      const attributes = make?.user.attributes ?? valuesOf(set?.attributes ?? []);
      const taken = claimsOf({ attributes }, aliases).filter((claim) =>
        [...(holders.get(claimKey(claim, caseSensitive)) ?? [])].some((holder) => holder !== poolSub),
      );
      return taken.length === 0 ? [] : [[sub, taken.map(({ contact }) => contact)] as const];
    }),
  );
}

const valuesOf = (wanted: readonly AttributeWanted[]): Record<string, string> =>
  Object.fromEntries(wanted.map(({ name, value }) => [name, value ?? '']));

/** What to do where accounts may be the users' own, and nothing tells. */
async function unmappedNotes(
  users: readonly UserDecision[],
  poolId: string,
  { objects }: Pick<SelectionRun['deps'], 'objects'>,
): Promise<readonly string[]> {
  const unmapped = users.filter(({ what }) => what === NO_SUB_MAP).length;
  if (unmapped === 0) return [];
  const head = await readJsonIfWhole(objects, headKey(poolId), restoreHeadShape);
  const how =
    head?.phase === 'writing'
      ? `A restore of the whole pool has begun and not ended, and tells at its end whom it has made: start that again first`
      : `If another launch has restored the pool, copy the sub-map.csv of that restore to ${restorePrefix(poolId)}<its folder there>/report/sub-map.csv`;
  return [
    `Of ${counted(unmapped, 'user')} another account has the sign-in name, and no sub-map.csv below ${restorePrefix(poolId)} in the mapping-file bucket says that it is the user's. ${how}, then ask for them by another request.`,
  ];
}

const takenNote = (users: number): string =>
  `${counted(users, 'user')} of the selection ${users === 1 ? 'has' : 'have'} an address by which another user of the pool signs in by now, and who keeps it: that address is not set as long as that is so, and the selection ends incomplete. differences.csv names ${users === 1 ? 'the user' : 'them'}.`;

function existing(decisions: readonly Decision[], differencesKey: string): Halt {
  const of = (kind: Decision['kind']): number =>
    decisions.filter((decision) => decision.kind === kind && decision.what === EXISTS).length;
  return new Halt(
    'SelectionRefused',
    `The pool has ${counted(of('user'), 'user')} and ${counted(of('group'), 'group')} of those that the selection names, and its request says "existing": "fail". Nothing was written to the pool. ${differencesKey} in the mapping-file bucket lists them: take them out of the request, or ask for "skip" or "update", under another id.`,
  );
}

const tooMuch = (found: number): Halt =>
  new Halt(
    'SelectionRefused',
    `The selection comes to ${counted(found, 'user')}, groups and memberships together; one may have ${counted(MOST_DECISIONS, 'user')}. Nothing was written to the pool. Ask for less at once, or restore the whole backup into an empty pool.`,
  );

async function* withHeader(lines: Iterable<string>): AsyncGenerator<string, void, undefined> {
  yield await Promise.resolve(SELECTION_DIFFERENCES_HEADER);
  yield* lines;
}
