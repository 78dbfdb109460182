import { Bitmap, DigestTable } from '../digests/digest-table.ts';
import { nameDigest, nameKey } from '../digests/user-content.ts';
import type { PoolUser } from '../model.ts';
import type { ObjectStore } from '../ports.ts';
import { joinedObjects } from '../state/joined-objects.ts';
import {
  decodeExpectedMembership,
  decodeExpectedUser,
  MEMBERSHIP_RECORD_BYTES,
  USER_RECORD_BYTES,
} from './expected-records.ts';
import type { ExpectedMembership, ExpectedUser } from './expected-records.ts';
import { contentMark, isSeen, Mark } from './mark.ts';
import { attributeOfName, membershipDigest, namesAtSignIn, userDigest } from './matching.ts';
import type { Holders, Matching, Recognizable } from './matching.ts';

/** The records of what a pool should hold, and what is to be known to compare the pool with them. */
export interface Expected {
  readonly matching: Matching;
  readonly holders: Holders;
  readonly users: { readonly keys: readonly string[]; readonly count: number };
  readonly memberships: { readonly keys: readonly string[]; readonly count: number };
  /** Whose account it is, where a name does not decide; `named`: the users who have one of its names (see Marks.named). */
  readonly recognize?: (marks: Marks, account: PoolUser, named: readonly number[]) => number | undefined;
  /** The sign-in name by which the records know the user, where an account of another name is the user's. */
  readonly nameOf?: (ordinal: number) => string | undefined;
  /** Further bits for a user who was found. */
  readonly alsoMarked?: (user: PoolUser) => number;
  /** Of an error about an object that is missing or of another length. */
  readonly advice: string;
}

/** A listed user whom the pool should hold. */
export interface Compared {
  readonly ordinal: number;
  readonly mark: number;
}

const NOBODY: readonly number[] = [];

/** What a pool should hold, and what of it was found: about 100 bytes per user and 30 per membership. */
export class Marks {
  /** A mark per user: see Mark. */
  readonly users: Uint8Array;
  /** The memberships that were seen. */
  readonly memberships: Bitmap;
  readonly #byUser: DigestTable;
  readonly #byMembership: DigestTable;

  private constructor(
    private readonly expected: Expected,
    private readonly userRecords: Buffer,
    private readonly membershipRecords: Buffer,
    stored: Uint8Array | undefined,
  ) {
    this.#byUser = new DigestTable(userRecords, USER_RECORD_BYTES);
    this.#byMembership = new DigestTable(membershipRecords, MEMBERSHIP_RECORD_BYTES);
    this.users = stored?.slice(0, this.userCount) ?? new Uint8Array(this.userCount);
    this.memberships = new Bitmap(this.membershipCount, stored?.slice(this.userCount));
  }

  /** `marksKey`: the object with a snapshot of earlier marks. Fault BadState when an object does not fit the counts. */
  static async load(
    objects: Pick<ObjectStore, 'get'>,
    expected: Expected,
    marksKey: string | undefined,
  ): Promise<Marks> {
    const { users, memberships, advice } = expected;
    const stored =
      marksKey === undefined
        ? undefined
        : await joinedObjects(objects, [marksKey], users.count + Math.ceil(memberships.count / 8), advice);
    const userRecords = await joinedObjects(objects, users.keys, users.count * USER_RECORD_BYTES, advice);
    const membershipBytes = memberships.count * MEMBERSHIP_RECORD_BYTES;
    return new Marks(
      expected,
      userRecords,
      await joinedObjects(objects, memberships.keys, membershipBytes, advice),
      stored,
    );
  }

  get userCount(): number {
    return this.#byUser.size;
  }

  get membershipCount(): number {
    return this.#byMembership.size;
  }

  /** A copy of this moment's marks, as they are stored: a byte per user, then a bit per membership. */
  snapshot(): Uint8Array {
    return Buffer.concat([this.users, this.memberships.bytes]);
  }

  expectedUser(ordinal: number): ExpectedUser {
    return decodeExpectedUser(this.userRecords, ordinal);
  }

  expectedMembership(ordinal: number): ExpectedMembership {
    return decodeExpectedMembership(this.membershipRecords, ordinal);
  }

  /** Ordinal of the user, also when somebody else has the name. */
  find(user: Recognizable): number | undefined {
    const { matching } = this.expected;
    const names = matching.bySub ? [] : namesAtSignIn(user, matching);
    if (names.length < 2) return this.#nearest(user, this.#ordinalsOf(userDigest(user, matching)));
    const digests = provenFirst(names, user, matching).map((name) => nameDigest(name, matching.caseSensitive));
    return this.#nearest(
      user,
      digests.flatMap((digest) => this.#ordinalsOf(digest)),
    );
  }

  /** Ordinals of everybody whom the account may be by one of its names, and whether that name is the address that is verified. */
  mayBe(account: PoolUser): readonly { readonly ordinal: number; readonly proven: boolean }[] {
    const { matching } = this.expected;
    return namesAtSignIn(account, matching).flatMap((name) => {
      const proven = isProven(name, account, matching);
      return this.#ordinalsOf(nameDigest(name, matching.caseSensitive)).map((ordinal) => ({ ordinal, proven }));
    });
  }

  /** Ordinal of the record that was made of this very user. */
  recordOf(user: Recognizable): number | undefined {
    return this.#ordinalsOf(userDigest(user, this.expected.matching)).find(
      (ordinal) => this.expectedUser(ordinal).sub === user.sub,
    );
  }

  /**
   * One user's name can be the other address of somebody else, and a backup can know both by it: whose content it is decides,
   * else who of them was not seen exactly as expected.
   */
  #nearest(user: Recognizable, ordinals: readonly number[]): number | undefined {
    if (ordinals.length < 2) return ordinals[0];
    const { attributes } = user;
    const isSame = (ordinal: number): boolean =>
      (contentMark({ attributes, enabled: true }, this.expectedUser(ordinal).contentDigest) & Mark.attributesDiffer) ===
      0;
    const isOpen = (ordinal: number): boolean => this.users[ordinal] !== Mark.seen;
    return ordinals.find(isSame) ?? ordinals.find(isOpen) ?? ordinals[0];
  }

  #ordinalsOf(digest: Buffer): readonly number[] {
    const first = this.#byUser.find(digest);
    return first === undefined ? NOBODY : [first, ...this.#byUser.repeatsOf(first)];
  }

  /** Ordinals of the users who have one of the account's names; the one that `find` gives is the first. */
  named(account: PoolUser): readonly number[] {
    const first = this.find(account);
    if (first === undefined) return [];
    const { matching } = this.expected;
    const others = matching.bySub ? [] : namesAtSignIn(account, matching).flatMap((name) => this.ordinalOf(name) ?? []);
    return [...new Set([first, ...others])];
  }

  /** Of an account's names the one by which the records know the user. */
  nameOf(user: PoolUser, ordinal: number): string {
    const names = namesAtSignIn(user, this.expected.matching);
    const known = names.length < 2 ? undefined : names.find((name) => this.ordinalOf(name) === ordinal);
    return known ?? names[0] ?? '';
  }

  /** The same by sign-in name alone. */
  ordinalOf(name: string): number | undefined {
    return this.#byUser.find(nameDigest(name, this.expected.matching.caseSensitive));
  }

  /** Ordinal of the membership; `holder`: `sub` or sign-in name, whichever the records know. */
  membershipOf(group: string, holder: string): number | undefined {
    const { holders, matching } = this.expected;
    const known = holders === 'sub' ? holder : nameKey(holder, matching.caseSensitive);
    return this.#byMembership.find(membershipDigest(group, known));
  }

  /** Compares a listed user; undefined when it is none of the expected ones. Marks nothing. */
  compare(user: PoolUser): Compared | undefined {
    const ordinal = this.#ours(user);
    if (ordinal === undefined) return undefined;
    const mark = contentMark(user, this.expectedUser(ordinal).contentDigest);
    return { ordinal, mark: mark | (this.expected.alsoMarked?.(user) ?? 0) };
  }

  /** Marks a user; true when it is seen for the first time. */
  see({ ordinal, mark }: Compared): boolean {
    const first = !isSeen(this.users[ordinal] as number);
    this.users[ordinal] = mark;
    return first;
  }

  /** Marks the membership of a listed member, where it is `expected`; `ordinal`: of the member, where that one is. */
  seeMember(group: string, user: PoolUser): { readonly ordinal?: number; readonly expected: boolean } {
    const ordinal = this.#ours(user);
    if (ordinal === undefined) return { expected: false };
    const { holders, nameOf } = this.expected;
    const name = nameOf?.(ordinal) ?? this.nameOf(user, ordinal);
    const membership = this.membershipOf(group, holders === 'sub' ? this.expectedUser(ordinal).sub : name);
    if (membership !== undefined) this.memberships.set(membership);
    return { ordinal, expected: membership !== undefined };
  }

  /** How many users the marks of `counts` have. */
  countUsers(counts: (mark: number, ordinal: number) => boolean): number {
    return this.users.reduce((sum, mark, ordinal) => (counts(mark, ordinal) ? sum + 1 : sum), 0);
  }

  /** Ordinals of the memberships that were not seen. */
  *unseenMemberships(): Generator<number, void, undefined> {
    for (let ordinal = 0; ordinal < this.membershipCount; ordinal += 1)
      if (!this.memberships.has(ordinal)) yield ordinal;
  }

  get unseenMembershipCount(): number {
    let count = 0;
    for (const _ordinal of this.unseenMemberships()) count += 1;
    return count;
  }

  #ours(user: PoolUser): number | undefined {
    const { recognize } = this.expected;
    const ordinal = recognize === undefined ? this.find(user) : recognize(this, user, this.named(user));
    return ordinal === undefined || this.users[ordinal] === Mark.foreign ? undefined : ordinal;
  }
}

/** The name first whose address alone is verified: anybody can give the address of somebody else. */
function provenFirst(
  names: readonly string[],
  user: Pick<Recognizable, 'attributes'>,
  matching: Matching,
): readonly string[] {
  return [...names].sort(
    (one, other) => Number(isProven(other, user, matching)) - Number(isProven(one, user, matching)),
  );
}

const isProven = (name: string, { attributes }: Pick<Recognizable, 'attributes'>, matching: Matching): boolean =>
  attributes[`${attributeOfName(name, matching)}_verified`]?.toLowerCase() === 'true';
