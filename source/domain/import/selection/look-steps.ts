import { poolGroups } from '../../listing/pool-groups.ts';
import { assertPreflight, preflight } from '../preflight/preflight.ts';
import { creationIsAllowed } from '../preflight/triggers.ts';
import { OpenPlanReader } from '../../digests/open-plan.ts';
import { classify } from '../planning/classify.ts';
import { folderOf, rulesFor } from '../planning/planning-run.ts';
import type { PlanningRun } from '../planning/planning-run.ts';
import type { PlanningState, RestoreTarget } from '../planning/planning-state.ts';
import { heldAgainst, sourceOfPreflight } from '../planning/known-settings.ts';
import { newSnapshotRead, readSnapshotStep } from '../planning/read-snapshot.ts';
import { newTableRead, readsTable, readTableStep } from '../planning/read-table.ts';
import { Survey } from '../planning/survey.ts';
import { askedFor, ownGroupsOf, wantedFor } from './asked.ts';
import { keepsFor, readBackups, runsOf } from './backup-read.ts';
import { withFederated } from './read-federated.ts';
import type { BackupRead } from './backup-read.ts';
import { accountsToUndo, groupsToUndo } from './decide-undo.ts';
import { findAccounts, newAccountLook } from './find-accounts.ts';
import type { Wanted } from './find-accounts.ts';
import { findMembers, newMemberLook } from './find-members.ts';
import { askedSubs, lookPrefix, readAccounts, restoredPool } from './selection-run.ts';
import type { SelectionRun } from './selection-run.ts';
import type { SelectionPlanning } from './selection-state.ts';

type StateOf<S extends SelectionPlanning['step']> = Extract<SelectionPlanning, { readonly step: S }>;

/** Reads on in the runs that are asked for, each as a restore of it would; at the end holds the pool against them. */
export async function readStep(state: StateOf<'read'>, run: SelectionRun): Promise<StateOf<'read' | 'accounts'>> {
  const { input, deps, request } = run;
  const next = run.undo === undefined ? runsOf(request, input.options)[state.reads.length] : undefined;
  if (next === undefined) return beginLook(state.reads, run);
  const { exportRun: _asked, ...options } = input.options;
  const asked = next === null ? options : { ...options, exportRun: next };
  const planning: PlanningRun = {
    input: { ...input, options: asked },
    deps,
    folder: folderOf(input),
    plans: new OpenPlanReader(deps.table),
    stop: run.stop,
    keeps: keepsFor(request),
  };
  const reading = state.reading ?? (readsTable(asked) ? newTableRead() : newSnapshotRead());
  const read = await readOn(reading, planning);
  if (read.step !== 'classify') return { ...state, reading: read };
  const { accepted, parts } = read;
  const native = { ...(next === null ? {} : { run: next }), accepted, parts };
  return { step: 'read', reads: [...state.reads, await withFederated(native, run, planning)] };
}

async function readOn(state: PlanningState, run: PlanningRun): Promise<PlanningState> {
  if (state.step === 'readTable') return readTableStep(state, run);
  return state.step === 'readSnapshot' ? readSnapshotStep(state, run) : state;
}

/** Halt PreflightFailed where the pool cannot take what is asked for. */
async function beginLook(
  asRead: readonly BackupRead[],
  { input, deps, request, undo }: SelectionRun,
): Promise<StateOf<'accounts'>> {
  const poolId = input.options.newUserPoolId;
  const pool = await deps.pools.describe(poolId);
  const header = await deps.jobs.csvHeader(poolId);
  const reads = asRead.map((read) => ({ ...read, accepted: heldAgainst(read.accepted, pool.settings) }));
  const asked = askedFor(request, await readBackups(deps.objects, reads), input.options);
  const notes = new Set<string>();
  for (const { accepted } of reads) {
    const survey = new Survey();
    const target = { pool, header };
    const rules = rulesFor(input, accepted, target);
    for (const { user, backup } of asked.users)
      if (backup.accepted === accepted) survey.add(user, classify({ ...user, groups: [] }, rules));
    const checked = preflight({
      poolId,
      settings: pool.settings,
      header,
      source: sourceOfPreflight(accepted, pool.settings),
      users: survey.users,
      usage: survey.usage,
      allowTriggers: input.options.allowTriggers,
      importJobs: false,
    });
    assertPreflight(poolId, checked);
    for (const note of [...(accepted.remarks ?? []), ...(accepted.notes ?? []), ...checked.notes]) notes.add(note);
  }
  const target: RestoreTarget = { pool, header, notes: [...notes] };
  const mayCreateUsers = creationIsAllowed(input.options, pool.settings);
  const look = newAccountLook(undo === undefined ? 'single' : 'prefixes');
  return { step: 'accounts', reads, target, mayCreateUsers, look };
}

/** Looks on for the accounts of everybody who is asked for, or whom an undo is about. */
export async function accountsStep(
  state: StateOf<'accounts'>,
  run: SelectionRun,
): Promise<StateOf<'accounts' | 'members'>> {
  const { input, deps } = run;
  const { newUserPoolId } = input.options;
  const { wanted, groups } = await concerned(state, run);
  const { look, done } = await findAccounts(
    state.look,
    wanted,
    {
      target: restoredPool(newUserPoolId, state.target.pool.settings),
      prefix: lookPrefix(run, 'accounts'),
      stop: run.stop,
    },
    { pool: deps.pools, objects: deps.objects, clock: deps.clock, log: deps.log },
  );
  if (!done) return { ...state, look };
  const { reads, target, mayCreateUsers } = state;
  const there = await poolGroups({ pool: deps.pools, clock: deps.clock }, newUserPoolId);
  return {
    step: 'members',
    reads,
    target,
    mayCreateUsers,
    accounts: look.parts,
    groups: groups.filter((group) => there.has(group)),
    look: newMemberLook(),
  };
}

/** Whose accounts, and the members of which groups, have to be known before anything is decided. */
async function concerned(
  { reads, target }: Pick<StateOf<'accounts'>, 'reads' | 'target'>,
  run: SelectionRun,
): Promise<{ readonly wanted: readonly Wanted[]; readonly groups: readonly string[] }> {
  if (run.undo !== undefined)
    return { wanted: accountsToUndo(run.undo).map((sub) => ({ subs: [sub] })), groups: groupsToUndo(run.undo) };
  const { asked, subs } = await askedSubs(run, reads);
  const ofUsers = run.request.existing === 'update' ? asked.users.flatMap(ownGroupsOf) : [];
  return {
    wanted: wantedFor(asked, subs, target.pool.settings),
    groups: [...new Set([...asked.groups.map(({ name }) => name), ...ofUsers])],
  };
}

/** Lists on the members of the groups concerned. */
export async function membersStep(
  state: StateOf<'members'>,
  run: SelectionRun,
): Promise<StateOf<'members' | 'decide'>> {
  const { input, deps } = run;
  const subs = new Set((await readAccounts(deps.objects, state.accounts)).map(({ sub }) => sub));
  const { look, done } = await findMembers(
    state.look,
    { newUserPoolId: input.options.newUserPoolId, groups: subs.size === 0 ? [] : state.groups, subs },
    { prefix: lookPrefix(run, 'members'), stop: run.stop },
    { pool: deps.pools, objects: deps.objects, clock: deps.clock },
  );
  if (!done) return { ...state, look };
  const { reads, target, mayCreateUsers, accounts } = state;
  return { step: 'decide', reads, target, mayCreateUsers, accounts, look };
}
