import { Bitmap } from '../../digests/digest-table.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { joinedObjects } from '../../state/joined-objects.ts';

/**
 * Bits of what is known about changes to a user whom the restore made; part of stored restores. The first three tell what
 * the last look showed of UserLastModifiedDate and are set one at most: later than every write of ours; between our first
 * and our last write and near neither; near the last one, which may have moved it.
 */
export const Since = {
  later: 1,
  between: 2,
  near: 4,
  /** The last look showed the user as disabled. */
  disabled: 8,
  /** Two looks showed the other flag than the one that this restore had set or left: somebody changed it. */
  flag: 16,
  /** Two looks showed no account, although this restore had made it: somebody deleted it. */
  account: 32,
  /** This restore wrote the attributes once more: an earlier date says nothing about them. */
  rewritten: 64,
  /** Somebody changed attributes, as a look told before our next write to the user. */
  attributes: 128,
} as const;

/** What holds whatever later looks show. */
const KEPT = Since.rewritten | Since.attributes;
const LOOKED = Since.later | Since.between | Since.near | Since.disabled;

/** By how much Cognito's date of a change may differ from that of its answer. */
const DATE_SLACK_MS = 5_000;

/** What UserLastModifiedDate says, given when Cognito answered our last write of any kind to the user. */
export function changeDated(
  { created, modified }: Pick<PoolUser, 'created' | 'modified'>,
  lastWriteAt: number | undefined,
): 'no' | 'later' | 'between' | 'near' {
  const [first, changed] = [Date.parse(created), Date.parse(modified)];
  const last = Math.max(first, lastWriteAt ?? 0);
  if (changed > last + DATE_SLACK_MS) return 'later';
  if (changed <= first + DATE_SLACK_MS) return 'no';
  return changed < last - DATE_SLACK_MS ? 'between' : 'near';
}

/**
 * Whether the user was changed after a write of ours (`writtenAt`), and not by one of our others: `ours` has when Cognito
 * answered those, as far as they may have moved the date. All in milliseconds since the epoch.
 */
export function changedAfter(
  { modified }: Pick<PoolUser, 'modified'>,
  writtenAt: number,
  ours: readonly (number | undefined)[],
): boolean {
  const changed = Date.parse(modified);
  return (
    changed > writtenAt + DATE_SLACK_MS &&
    ours.every((at) => at === undefined || Math.abs(changed - at) > DATE_SLACK_MS)
  );
}

/** Whether the user had a write of ours so long after the account was made that their dates can be told apart. */
export const hasLateWrite = ({ created }: Pick<PoolUser, 'created'>, lastWriteAt: number | undefined): boolean =>
  lastWriteAt !== undefined && lastWriteAt > Date.parse(created) + DATE_SLACK_MS;

/** What somebody else changed in the new pool after this restore wrote it: a byte per user and a bit per membership. */
export class ChangedSince {
  /** See Since. */
  readonly users: Uint8Array;
  /** Memberships that this restore had made and two looks did not show. */
  readonly memberships: Bitmap;

  private constructor(userCount: number, membershipCount: number, stored: Uint8Array | undefined) {
    this.users = stored?.slice(0, userCount) ?? new Uint8Array(userCount);
    this.memberships = new Bitmap(membershipCount, stored?.slice(userCount));
  }

  /** `key`: the object with a snapshot. Fault BadState when it does not fit the counts. */
  static async load(
    objects: Pick<ObjectStore, 'get'>,
    { users, memberships }: { readonly users: number; readonly memberships: number },
    { key, advice }: { readonly key: string | undefined; readonly advice: string },
  ): Promise<ChangedSince> {
    const stored =
      key === undefined ? undefined : await joinedObjects(objects, [key], users + Math.ceil(memberships / 8), advice);
    return new ChangedSince(users, memberships, stored);
  }

  /** A copy, as it is stored; undefined while there is nothing to store. */
  snapshot(): Uint8Array | undefined {
    const bytes = Buffer.concat([this.users, this.memberships.bytes]);
    return bytes.some((byte) => byte !== 0) ? bytes : undefined;
  }

  /** Before the pool is compared anew: what the next looks cannot tell stays known. */
  forget(): void {
    this.users.forEach((bits, ordinal) => {
      this.users[ordinal] = bits & KEPT;
    });
    this.memberships.bytes.fill(0);
  }

  /** Notes what a look showed of the user. */
  look(ordinal: number, user: PoolUser, lastWriteAt: number | undefined): void {
    const dated = changeDated(user, lastWriteAt);
    this.users[ordinal] =
      (this.#bits(ordinal) & ~LOOKED) | (dated === 'no' ? 0 : Since[dated]) | (user.enabled ? 0 : Since.disabled);
  }

  /** The account is made anew: what was known is about another one. */
  begin(ordinal: number): void {
    this.users[ordinal] = 0;
  }

  has(ordinal: number, bits: number): boolean {
    return (this.#bits(ordinal) & bits) !== 0;
  }

  set(ordinal: number, bits: number): void {
    this.users[ordinal] = this.#bits(ordinal) | bits;
  }

  clear(ordinal: number, bits: number): void {
    this.users[ordinal] = this.#bits(ordinal) & ~bits;
  }

  #bits(ordinal: number): number {
    return this.users[ordinal] as number;
  }
}
