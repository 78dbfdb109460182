import { groupOf, subOfKey } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import { encodeExpectedMembership, encodeExpectedUser } from '../../comparison/expected-records.ts';
import { Marks } from '../../comparison/marks.ts';
import { membershipDigest, userDigest } from '../../comparison/matching.ts';
import type { Matching, Recognizable } from '../../comparison/matching.ts';
import { userContentDigest } from '../../digests/user-content.ts';
import type { PoolUser } from '../../model.ts';
import type { ItemKey, ObjectStore } from '../../ports.ts';
import { Claims, noClaims } from './claims.ts';
import type { CompareState } from './state.ts';

/** The first own number of a user's record. */
const CONFIRMED = 0;
const UNCONFIRMED = 1;

/** A user of the backup, as one that listings of a pool show. */
export const recognizable = ({ id, type, username, attributes, signsInBy }: UserItem): Recognizable => ({
  sub: subOfKey({ id, type }),
  username,
  attributes,
  ...(signsInBy === undefined ? {} : { signsInBy }),
});

/** Users who never confirmed their sign-up are not restored unless that is asked for. */
export const isUnconfirmed = ({ status }: Pick<UserItem, 'status'>): boolean => status === 'UNCONFIRMED';

/** What the comparison keeps of a user: what recognizes it, a digest of its content, and whether a restore brings it. */
export const userRecord = (item: UserItem, matching: Matching): Buffer =>
  encodeExpectedUser({
    digest: userDigest(recognizable(item), matching),
    contentDigest: userContentDigest(item),
    sub: subOfKey(item),
    own: [isUnconfirmed(item) ? UNCONFIRMED : CONFIRMED, 0],
  });

/** The item of a membership does not have its user's name: these records know their users by the backup's `sub`. */
export const membershipRecord = (item: ItemKey): Buffer =>
  encodeExpectedMembership({ digest: membershipDigest(groupOf(item), subOfKey(item)), own: 0 });

const ADVICE = 'The state of this comparison cannot be used. Start VerifyWorkflow again.';

/** What a pool is held against. */
export interface HeldAgainst {
  readonly marks: Marks;
  /** Where an account's name does not decide alone whose it is. */
  readonly claims: Claims | undefined;
}

/** The records of the backup, with what of it was seen up to the checkpoint. */
export async function loadHeldAgainst(objects: Pick<ObjectStore, 'get'>, state: CompareState): Promise<HeldAgainst> {
  const { records, counts, marksKey } = state;
  const matching = state.matching as Matching;
  if (matching.signInName === 'emailOrPhone' && !matching.bySub) state.claims ??= noClaims();
  const claims =
    state.claims === undefined ? undefined : await Claims.load(objects, state.claims, counts.users, ADVICE);
  const marks = await Marks.load(
    objects,
    {
      matching,
      holders: 'sub',
      users: { keys: records.users, count: counts.users },
      memberships: { keys: records.memberships, count: counts.memberships },
      // Once all are listed nobody claims anything.
      ...(claims === undefined
        ? {}
        : {
            recognize: (all: Marks, account: PoolUser) =>
              state.step === 'users' ? claims.claim(all, account) : claims.holdingOf(all, account),
          }),
      advice: ADVICE,
    },
    marksKey,
  );
  return { marks, claims };
}

/** Users of the backup who should be in the pool and were not seen. */
export const unseenUsers = (marks: Marks, matching: Matching): number =>
  marks.countUsers(
    (mark, ordinal) => mark === 0 && (matching.bySub || marks.expectedUser(ordinal).own[0] === CONFIRMED),
  );
