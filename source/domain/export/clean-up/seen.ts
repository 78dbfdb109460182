import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { digestsIn } from '../../digests/ledger.ts';
import type { LedgerState } from '../../digests/ledger.ts';
import type { FederatedSpoolParts } from '../federated-spool.ts';
import type { StagedPart } from '../staging.ts';
import { stateAfter } from '../progress.ts';
import { SYNC_GROUP_CHECKPOINT, syncGroupStateShape } from '../sync-group.ts';
import { SYNC_USERS_IN_GROUP_CHECKPOINT, membersStateShape } from '../sync-users-in-group.ts';
import { SYNC_USERS_CHECKPOINT, usersStateShape } from '../sync-users.ts';
import type { TooLargeUsers } from '../too-large.ts';
import type { Counts } from '../../backup/manifest.ts';

/** What the steps before the clean-up saw and did. */
export interface SeenByRun {
  /** Digests of every key that belongs into the table. */
  readonly ledgers: readonly LedgerState[];
  /** Of these, what is new or differs from the table, unless it was written at once. */
  readonly staged: readonly StagedPart[];
  /** Users of the pool whom the table cannot hold: in none of the ledgers. */
  readonly tooLarge: Readonly<TooLargeUsers>;
  /** In the pool, federated users included. */
  readonly users: number;
  readonly groups: number;
  /** Calls that the listing of all groups' members took. */
  readonly memberPages: number;
  readonly federatedUsers: number;
  readonly federatedMemberships: number;
  /** What is to be kept of these; undefined where a version before 2.1 began the listing, which kept nothing. */
  readonly federated: Readonly<FederatedSpoolParts> | undefined;
  /** Users of whom it is unknown by which of two addresses they sign in. */
  readonly signInUnknown: number;
  /** Items written for the first time, as counted by the steps; a crash may have hidden some. */
  readonly added: Counts;
}

/** Fault BadState unless every checkpoint of the listing is complete: nothing may be deleted by half a listing. */
export async function seenByRun(objects: Pick<ObjectStore, 'get'>, runId: string): Promise<SeenByRun> {
  const users = complete(await stateAfter(objects, runId, SYNC_USERS_CHECKPOINT, usersStateShape), runId, 'users');
  const groups = complete(
    await stateAfter(objects, runId, SYNC_GROUP_CHECKPOINT, syncGroupStateShape),
    runId,
    'groups',
  );
  const members = complete(
    await stateAfter(objects, runId, SYNC_USERS_IN_GROUP_CHECKPOINT, membersStateShape),
    runId,
    'memberships',
  );
  const tooLarge = [...(users.tooLarge ?? []), ...(members.tooLarge ?? [])];
  return {
    ledgers: [users.users, members.lateUsers, groups.groups, members.memberships],
    staged: [...(users.staged ?? []), ...(groups.staged ?? []), ...(members.staged ?? [])],
    tooLarge,
    users: digestsIn(users.users, users.federated, members.lateUsers, members.lateFederated ?? []) + tooLarge.length,
    groups: digestsIn(groups.groups),
    memberPages: members.counts.pages,
    federatedUsers: digestsIn(users.federated, members.lateFederated ?? []),
    federatedMemberships: digestsIn(members.federatedMemberships),
    federated:
      users.federatedSpool === undefined || members.federatedSpool === undefined
        ? undefined
        : [...users.federatedSpool, ...members.federatedSpool],
    signInUnknown: (users.signInUnknown ?? 0) + (members.signInUnknown ?? 0),
    added: {
      users: users.counts.added + members.late.added,
      groups: groups.counts.added,
      memberships: members.counts.added,
    },
  };
}

function complete<S extends { readonly done: boolean }>(state: S | undefined, runId: string, what: string): S {
  if (state?.done === true) return state;
  throw new Fault(
    'BadState',
    `Export run ${runId} has not listed all ${what}, so nothing can be cleaned up. Start ExportWorkflow again.`,
  );
}
