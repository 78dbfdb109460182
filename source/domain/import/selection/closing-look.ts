import { changedAttributes } from '../../digests/user-content.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import type { PoolGroup, PoolUser } from '../../model.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import { hasValue, wantedAttributes } from './attributes.ts';
import { earlierWrites } from './earlier-writes.ts';
import { isWork } from './decisions.ts';
import type { AttributeWanted, Decision, GroupDecision, UserDecision } from './decisions.ts';
import { findAccounts, newAccountLook } from './find-accounts.ts';
import { findMembers, newMemberLook, readMembers } from './find-members.ts';
import type { Members } from './find-members.ts';
import { lookOn } from './look-on.ts';
import { attributeEntry, flagEntry, isChangedAfter, overwriteOf, writeOver } from './overwrite.ts';
import { isChangedSince } from './made-changes.ts';
import { readAccounts } from './selection-run.ts';
import { withoutTaken } from './taken-aliases.ts';
import type { UndoEntry, UndoEntryOf } from './undo-file.ts';
import { poolSubOf } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/** The pool as it is once everything was written. */
interface Seen {
  readonly accounts: ReadonlyMap<string, PoolUser>;
  readonly members: Members;
  readonly groups: ReadonlyMap<string, PoolGroup>;
}

/** One thing that is not as it was written. */
export interface Wrong extends NotAsWritten {
  readonly index: number;
}

interface NotAsWritten {
  /** In words; empty where everything that differs was changed since. */
  readonly what: string;
  /** Names of what somebody changed after Cognito had confirmed it to us: that is theirs. */
  readonly changed: readonly string[];
}

/**
 * Looks at everything among `indexes` that was written, and at nobody else; what is not as it should be. Undefined when the
 * invocation should return before it has seen all.
 */
export async function lookAgain(run: WorkRun, indexes: readonly number[]): Promise<readonly Wrong[] | undefined> {
  // What was refused is told already.
  const told = new Set(run.state.ends.map(([index]) => index));
  const written = indexes.filter((index) => !told.has(index) && isWork(run.decisions[index] as Decision));
  const seen = written.length === 0 ? NOTHING : await look(run, written);
  if (seen === undefined) return undefined;
  return written.flatMap((index): Wrong[] => {
    const wrong = wrongWith(run, run.decisions[index] as Decision, seen);
    return wrong === undefined ? [] : [{ index, ...wrong }];
  });
}

const NOTHING: Seen = { accounts: new Map(), members: { has: () => false }, groups: new Map() };

async function look(run: WorkRun, indexes: readonly number[]): Promise<Seen | undefined> {
  const { plan, deps, state, decisions } = run;
  const { newUserPoolId } = plan;
  const prefix = `${restoreFolder(newUserPoolId, plan.restoreId)}spool/seen/${deps.claim}-${state.phase}-`;
  const some = indexes.map((index) => decisions[index] as Decision);
  const subs = new Set(some.flatMap((decision) => poolSubOf(run, decision) ?? []));
  const groups = [...new Set(some.flatMap((decision) => (decision.kind === 'membership' ? [decision.group] : [])))];
  const wanted = [...subs].map((sub) => ({ subs: [sub] }));
  const looked = await lookOn(run, state.accountLook ?? newAccountLook(), {
    round: (at) => findAccounts(at, wanted, { target: plan, prefix, stop: run.sliceOver }, deps),
    keep: (at) => {
      state.accountLook = at;
    },
  });
  if (looked === undefined) return undefined;
  const place = { prefix: `${prefix}members-`, stop: run.sliceOver };
  const listed = await lookOn(run, state.memberLook ?? newMemberLook(), {
    round: (at) => findMembers(at, { newUserPoolId, groups, subs }, place, deps),
    keep: (at) => {
      state.memberLook = at;
    },
  });
  if (listed === undefined) return undefined;
  const accounts = await readAccounts(deps.objects, looked.parts);
  return {
    accounts: new Map(accounts.map((account) => [account.sub, account])),
    members: await readMembers(deps.objects, listed),
    groups: some.some(({ kind }) => kind === 'group') ? await poolGroups(deps, newUserPoolId) : new Map(),
  };
}

function wrongWith(run: WorkRun, decision: Decision, { accounts, members, groups }: Seen): NotAsWritten | undefined {
  if (decision.kind === 'group') return wrongWithGroup(run, decision, groups.get(decision.group));
  const sub = poolSubOf(run, decision);
  const account = sub === undefined ? undefined : accounts.get(sub);
  if (account === undefined) return { what: 'the pool does not show the account', changed: [] };
  if (decision.kind === 'user') return wrongWithUser(run, decision, account);
  if (members.has(decision.group, account.sub) === (decision.op === 'add')) return undefined;
  return run.accounts.wasGiven(decision.sub, decision.group)
    ? { what: '', changed: ['membership'] }
    : { what: 'the pool does not show it so; somebody may have changed it since', changed: [] };
}

function wrongWithUser(run: WorkRun, decision: UserDecision, account: PoolUser): NotAsWritten | undefined {
  const { make, prelink, set } = decision;
  const made = make?.user ?? prelink;
  const attributes =
    made === undefined
      ? (set?.attributes ?? []).filter(({ name, value }) => !hasValue(account, name, value)).map(({ name }) => name)
      : changedAttributes(made.attributes, account.attributes);
  const enabled = made?.enabled ?? set?.enabled;
  const wrong = [...attributes, ...(enabled === undefined || enabled === account.enabled ? [] : ['enabled'])];
  if (wrong.length === 0) return undefined;
  const changed = wrong.filter((name) => isTheirs(run, decision, account, name));
  const other = wrong.filter((name) => !changed.includes(name));
  return {
    what: other.length === 0 ? '' : `${other.join(', ')} not as in the backup; somebody may have changed that since`,
    changed,
  };
}

/** Whether an attribute, or `enabled`, is otherwise since somebody changed it after Cognito had confirmed it to us. */
function isTheirs(run: WorkRun, decision: UserDecision, account: PoolUser, name: string): boolean {
  const earlier = earlierWrites(run);
  const { make, prelink, set } = decision;
  const made = make?.user ?? prelink;
  if (name === 'enabled') {
    if (made !== undefined) return made.enabled || run.accounts.wasDisabled(decision.sub);
    return earlier.confirmedAt(flagEntry(decision, account, set?.enabled === true)) !== undefined;
  }
  // What Cognito did not take at once is no change.
  if (made !== undefined) return isChangedSince(run, decision, account) && !hasValue(account, name, null);
  return isChangedAfter(attributeEntry(decision, account, { name, value: null }), account, earlier);
}

function wrongWithGroup(run: WorkRun, decision: GroupDecision, there: PoolGroup | undefined): NotAsWritten | undefined {
  if (there === undefined) return { what: 'the pool does not show the group', changed: [] };
  const { group, make, set = [] } = decision;
  const wanted = make === undefined ? set.map(({ field, after }) => [field, after] as const) : Object.entries(make);
  const wrong = wanted
    .filter(([field, value]) => (there[field as 'description' | 'precedence'] ?? '') !== (value ?? ''))
    .map(([field]) => field);
  if (wrong.length === 0) return undefined;
  const entryOf = (field: string): UndoEntry =>
    make === undefined
      ? { kind: 'group', group, field: field as UndoEntryOf<'group'>['field'], before: null, after: null }
      : { kind: 'createdGroup', group };
  const { confirmedAt } = earlierWrites(run);
  const changed = wrong.filter((field) => confirmedAt(entryOf(field)) !== undefined);
  const other = wrong.filter((field) => !changed.includes(field));
  return { what: other.length === 0 ? '' : `${other.join(', ')} not as in the backup`, changed };
}

/**
 * Whoever was created without an attribute that Cognito did not take at once gets it now, where it takes it, and sends
 * nothing; never an address by which somebody else signs in, for which Cognito may have refused it. What the user, or
 * somebody else, has changed since is theirs.
 */
export async function completeCreated(run: WorkRun, wrong: readonly Wrong[]): Promise<void> {
  const seen = await readAccounts(run.deps.objects, run.state.accountLook?.parts ?? []);
  const bySub = new Map(seen.map((account) => [account.sub, account]));
  const settings = { schema: run.plan.schema, autoVerifiedAttributes: (['email', 'phone_number'] as const).slice() };
  for (const { index } of wrong) {
    const decision = run.decisions[index] as Decision;
    if (decision.kind !== 'user' || decision.make === undefined) continue;
    const account = bySub.get(poolSubOf(run, decision) ?? '');
    if (account === undefined) continue;
    const wanted = wantedAttributes(decision.make.user.attributes, account, settings).set;
    const set = isChangedSince(run, decision, account) ? withoutValue(wanted, account) : wanted;
    if (set.length === 0) continue;
    const lacking: UserDecision = { ...decision, set: { attributes: set } };
    await writeOver(run, index, lacking, {
      ...(await withoutTaken(run, account, overwriteOf(lacking, account, earlierWrites(run)))),
      entries: [],
    });
  }
}

/** What the account has no value of at all; the flag of an address goes with it. */
function withoutValue(wanted: readonly AttributeWanted[], account: PoolUser): AttributeWanted[] {
  const names = new Set(wanted.map(({ name }) => name));
  const decisive = (name: string): string => {
    const address = name.replace(/_verified$/, '');
    return names.has(address) ? address : name;
  };
  return wanted.filter(({ name }) => hasValue(account, decisive(name), null));
}
