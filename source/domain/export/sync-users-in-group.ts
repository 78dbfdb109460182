import * as v from 'valibot';
import { isAutomaticGroup } from '../backup/automatic-groups.ts';
import { listedFederated } from '../backup/federated/federated-users.ts';
import { keyText, membershipItem, membershipKey, userKey } from '../backup/items.ts';
import { FEDERATED_STATUS, groupShape, signInAttributeOf } from '../model.ts';
import type { PoolGroup, PoolUser } from '../model.ts';
import type { Page, UserPoolReader } from '../ports.ts';
import { Ledger } from '../digests/ledger.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { chainShape, followChain, newChain, withToken } from '../listing/page-chain.ts';
import type { Progress } from '../state/progress.ts';
import { FederatedSpool, federatedSpoolShape } from './federated-spool.ts';
import { listingMembers } from './figures.ts';
import { lacksSignIn, PageItems } from './page-items.ts';
import { claimExportProgress, exportLedgerShape, listingCountsShape, stateAfter } from './progress.ts';
import { isStaged, runGroupsKey, Run } from './run.ts';
import { stagedShape, Staging } from './staging.ts';
import { readList } from '../state/stored-list.ts';
import { countShape } from '../state/shape.ts';
import { workSlice } from '../state/slice.ts';
import { workThenSave } from '../state/step.ts';
import type { StepDeps } from '../state/step.ts';
import { SYNC_USERS_CHECKPOINT, usersStateShape } from './sync-users.ts';
import { bySize, noteTooLarge, tooLargeShape } from './too-large.ts';
import { writeChanged } from './write-changed.ts';

/** Name of its checkpoint. */
export const SYNC_USERS_IN_GROUP_CHECKPOINT = 'memberships';
/** Chains of pages at a time: one group's pages are serial, so that several groups together reach the pace. */
const GROUPS_AT_A_TIME = 12;

const groupChainShape = v.object({
  ...chainShape.entries,
  /** Index in the run's list of groups. */
  group: countShape,
});
type GroupChain = v.InferOutput<typeof groupChainShape>;

export const membersStateShape = v.object({
  /** Groups from here on have not begun; those before are done, unless they are in `open`. */
  next: countShape,
  open: v.array(groupChainShape),
  memberships: exportLedgerShape,
  federatedMemberships: exportLedgerShape,
  /** Federated users whom the listing of users did not show; absent, as the next, in what versions before 2.1 stored. */
  lateFederated: v.exactOptional(exportLedgerShape),
  /** What is kept of federated users: these, and all memberships. */
  federatedSpool: v.exactOptional(federatedSpoolShape),
  /** Members whom the listing of users did not show. */
  lateUsers: exportLedgerShape,
  /** Late users whom the table cannot hold; absent in what versions before 2.1 stored. */
  tooLarge: v.exactOptional(tooLargeShape),
  /** Memberships and late users; absent while the run writes to the table as it lists. */
  staged: v.exactOptional(stagedShape),
  counts: listingCountsShape,
  late: v.object({ added: countShape, changed: countShape }),
  /** Of the late users; see UsersState. */
  signInUnknown: v.exactOptional(countShape),
  done: v.boolean(),
});
/** Checkpoint of SyncUsersInGroup. */
export type MembersState = v.InferOutput<typeof membersStateShape>;

/** What SyncUsersInGroup needs. */
export interface SyncUsersInGroupDeps extends StepDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersInGroupPage' | 'signsIn'>;
}

/** What the state machine sees. */
export interface SyncUsersInGroupResult {
  readonly done: boolean;
  readonly groups: number;
  /** Distinct memberships so far, without those of federated users. */
  readonly listed: number;
  readonly added: number;
  /** Memberships of federated users. */
  readonly skipped: number;
}

/**
 * SyncUsersInGroup: lists the members of all groups, many groups per invocation, and stages (or, in the first run,
 * writes) the memberships that are new. A member whom the listing of users did not show (created meanwhile) becomes a
 * user of the backup too.
 */
export async function syncUsersInGroup(deps: SyncUsersInGroupDeps, runId: string): Promise<SyncUsersInGroupResult> {
  const run = await Run.join(deps, runId);
  const groups = await readList(deps.objects, runGroupsKey(runId), groupShape);
  const progress = await claimExportProgress<MembersState>(deps, run, SYNC_USERS_IN_GROUP_CHECKPOINT, {
    shape: membersStateShape,
    initial: () => ({
      next: 0,
      open: [],
      memberships: [],
      federatedMemberships: [],
      lateFederated: [],
      federatedSpool: [],
      lateUsers: [],
      counts: { listed: 0, added: 0, changed: 0, skipped: 0, pages: 0 },
      late: { added: 0, changed: 0 },
      done: false,
    }),
    figures: (listed) => listingMembers(run.facts, listed, groups.length - listed.next + listed.open.length),
  });
  const { state } = progress;
  if (!state.done) await new MemberListing(deps, run, progress, groups, await loadLedgers(deps, run, state)).work();
  const { listed, added, skipped } = state.counts;
  return { done: state.done, groups: groups.length, listed, added, skipped };
}

interface Ledgers {
  readonly users: Ledger;
  readonly memberships: Ledger;
  readonly federatedMemberships: Ledger;
  /** Absent in a listing that a version before 2.1 began. */
  readonly federated: { readonly users: Ledger; readonly late: Ledger; readonly spool: FederatedSpool } | undefined;
  readonly lateUsers: Ledger;
  readonly staging: Staging | undefined;
  /** Subs of users whom the listing of users found too large for the table. */
  readonly tooLarge: ReadonlySet<string>;
}

async function loadLedgers({ objects }: SyncUsersInGroupDeps, run: Run, state: MembersState): Promise<Ledgers> {
  const listing = await stateAfter(objects, run.id, SYNC_USERS_CHECKPOINT, usersStateShape);
  return {
    users: await Ledger.load(objects, 'users', listing?.users ?? []),
    memberships: await Ledger.load(objects, 'memberships', state.memberships),
    federatedMemberships: await Ledger.load(objects, 'federated-memberships', state.federatedMemberships),
    federated:
      state.lateFederated === undefined || state.federatedSpool === undefined
        ? undefined
        : {
            users: await Ledger.load(objects, 'federated', [...(listing?.federated ?? [])]),
            late: await Ledger.load(objects, 'late-federated', state.lateFederated),
            spool: new FederatedSpool(state.federatedSpool),
          },
    lateUsers: await Ledger.load(objects, 'late-users', state.lateUsers),
    staging: isStaged(run.facts) ? await Staging.load(objects, (state.staged ??= [])) : undefined,
    tooLarge: new Set((listing?.tooLarge ?? []).map(({ sub }) => sub)),
  };
}

class MemberListing {
  readonly #listed: PageItems;
  readonly #sliceOver: () => boolean;

  constructor(
    private readonly deps: SyncUsersInGroupDeps,
    private readonly run: Run,
    private readonly progress: Progress<MembersState>,
    private readonly groups: readonly PoolGroup[],
    private readonly ledgers: Ledgers,
  ) {
    this.#listed = new PageItems(deps, run);
    this.#sliceOver = workSlice(deps.clock, deps.timeLeft);
  }

  async work(): Promise<void> {
    const { state } = this.progress;
    const { memberships, federatedMemberships, federated, lateUsers, staging } = this.ledgers;
    const appendices = [
      memberships,
      federatedMemberships,
      federated?.late,
      federated?.spool,
      lateUsers,
      staging,
    ].filter((appendix) => appendix !== undefined);
    await workThenSave(
      this.progress,
      () => state.counts.pages,
      () =>
        this.progress.gather(appendices, async () => {
          await forEachAtOnce(this.#chains(), GROUPS_AT_A_TIME, (chain, failed) => this.#follow(chain, failed));
          state.done = state.next >= this.groups.length && state.open.length === 0;
        }),
    );
  }

  /** Those that an earlier slice left open first; each of the others is opened when its turn comes. */
  *#chains(): Generator<GroupChain, void, undefined> {
    const { state } = this.progress;
    yield* [...state.open];
    while (state.next < this.groups.length && !this.#sliceOver()) {
      const chain: GroupChain = { ...newChain(), group: state.next };
      state.next += 1;
      state.open.push(chain);
      yield chain;
    }
  }

  async #follow(chain: GroupChain, failed: () => boolean): Promise<void> {
    const { state } = this.progress;
    const { name } = this.groups[chain.group] as PoolGroup;
    const fetch = (token: string | undefined): Promise<Page<PoolUser>> =>
      this.deps.pool.listUsersInGroupPage(this.run.facts.userPoolId, name, withToken(token));
    await followChain<PoolUser>(chain, {
      fetch,
      apply: (page) => this.#store(page, name, async () => (await fetch(chain.token)).items),
      moved: () => this.progress.saveIfDue(),
      stop: () => failed() || this.#sliceOver(),
      prefetch: true,
    });
    if (chain.done) state.open = state.open.filter((open) => open !== chain);
  }

  /** `lookAgain`: lists the page once more. */
  async #store(page: readonly PoolUser[], group: string, lookAgain: () => Promise<readonly PoolUser[]>): Promise<void> {
    const { state } = this.progress;
    const { counts, late } = state;
    const { users, lateUsers, memberships, staging, tooLarge } = this.ledgers;
    const native = page.filter(({ status }) => status !== FEDERATED_STATUS);
    const unseen = native.filter(
      ({ sub }) => !users.has(userKey(sub)) && !lateUsers.has(userKey(sub)) && !tooLarge.has(sub),
    );
    const { items, stored } = await this.#listed.of(unseen, lookAgain);
    // Users before memberships: a crash in between leaves no membership without its user.
    const sized = bySize(items);
    const writtenUsers = await writeChanged(this.deps.table, sized.fits, staging, stored);
    const written = await writeChanged(
      this.deps.table,
      native.map(({ sub }) => membershipItem(sub, group, this.run.id)),
      staging,
    );
    staging?.add([...writtenUsers.toStage, ...written.toStage]);
    noteTooLarge((state.tooLarge ??= []), sized, (item) => lateUsers.has(item));
    const signInAttribute = signInAttributeOf(this.run.facts.settings);
    for (const item of sized.fits) {
      const isNew = lateUsers.add(item);
      count(late, isNew, writtenUsers, keyText(item));
      if (isNew && lacksSignIn(item, signInAttribute)) state.signInUnknown = (state.signInUnknown ?? 0) + 1;
    }
    for (const { sub } of native) {
      const key = membershipKey(sub, group);
      const isNew = memberships.add(key);
      if (isNew) counts.listed += 1;
      count(counts, isNew, written, keyText(key));
    }
    for (const user of page) if (user.status === FEDERATED_STATUS) this.#storeFederated(user, group);
    counts.pages += 1;
  }

  #storeFederated(user: PoolUser, group: string): void {
    const { federatedMemberships, federated } = this.ledgers;
    const { sub } = user;
    if (!federatedMemberships.add(membershipKey(sub, group))) return;
    this.progress.state.counts.skipped += 1;
    if (federated === undefined) return;
    if (!federated.users.has(userKey(sub)) && federated.late.add(userKey(sub)))
      federated.spool.addUser(listedFederated(user));
    // The one that Cognito makes for the provider's users says nothing of this user, and no restore fills it.
    if (!isAutomaticGroup(group, this.run.facts.userPoolId)) federated.spool.addMembership(sub, group);
  }
}

function count(
  counts: { added: number; changed: number },
  firstSight: boolean,
  written: { readonly added: ReadonlySet<string>; readonly changed: ReadonlySet<string> },
  text: string,
): void {
  if (!firstSight) return;
  if (written.added.has(text)) counts.added += 1;
  if (written.changed.has(text)) counts.changed += 1;
}
