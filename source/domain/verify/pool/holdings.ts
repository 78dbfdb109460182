import { Bitmap, DigestTable } from '../../digests/digest-table.ts';
import { userContentDigest } from '../../digests/expected.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { joinedObjects } from '../../state/joined-objects.ts';
import type { Appendix } from '../../state/progress.ts';
import {
  contentIn,
  isUnconfirmedIn,
  MEMBERSHIP_RECORD_BYTES,
  membershipDigest,
  subIn,
  USER_RECORD_BYTES,
  userDigest,
} from './records.ts';
import type { Matching } from './records.ts';
import type { CompareState } from './state.ts';

const ADVICE = 'The state of this comparison cannot be used. Start VerifyWorkflow again.';

/** What the backup holds, as digests, and what of it was seen in the pool: about 85 bytes per user and 25 per membership. */
export class Holdings implements Appendix {
  readonly pending = 0;
  readonly #byKey: DigestTable;
  readonly #byMembership: DigestTable;
  readonly #seenUsers: Bitmap;
  readonly #seenMemberships: Bitmap;

  private constructor(
    private readonly state: CompareState,
    private readonly matching: Matching,
    private readonly users: Buffer,
    memberships: Buffer,
    marks: Uint8Array | undefined,
  ) {
    this.#byKey = new DigestTable(users, USER_RECORD_BYTES);
    this.#byMembership = new DigestTable(memberships, MEMBERSHIP_RECORD_BYTES);
    const userBytes = Math.ceil(this.#byKey.size / 8);
    this.#seenUsers = new Bitmap(this.#byKey.size, marks?.slice(0, userBytes));
    this.#seenMemberships = new Bitmap(this.#byMembership.size, marks?.slice(userBytes));
  }

  static async load(objects: Pick<ObjectStore, 'get'>, state: CompareState): Promise<Holdings> {
    const { records, counts, marksKey } = state;
    const users = await joinedObjects(objects, records.users, counts.users * USER_RECORD_BYTES, ADVICE);
    const memberships = await joinedObjects(
      objects,
      records.memberships,
      counts.memberships * MEMBERSHIP_RECORD_BYTES,
      ADVICE,
    );
    const marks =
      marksKey === undefined
        ? undefined
        : await joinedObjects(objects, [marksKey], marksBytes(counts.users, counts.memberships), ADVICE);
    return new Holdings(state, state.matching as Matching, users, memberships, marks);
  }

  find(user: Pick<PoolUser, 'sub' | 'username' | 'attributes'>): number | undefined {
    return this.#byKey.find(userDigest(this.matching, user));
  }

  sub(ordinal: number): string {
    return subIn(this.users, ordinal);
  }

  isUnconfirmed(ordinal: number): boolean {
    return isUnconfirmedIn(this.users, ordinal);
  }

  /** `enabled`: only the enabled flag differs. */
  compare(ordinal: number, user: Pick<PoolUser, 'attributes' | 'enabled'>): 'same' | 'enabled' | 'different' {
    const content = contentIn(this.users, ordinal);
    if (userContentDigest(user).equals(content)) return 'same';
    return userContentDigest({ ...user, enabled: !user.enabled }).equals(content) ? 'enabled' : 'different';
  }

  hasSeen(ordinal: number): boolean {
    return this.#seenUsers.has(ordinal);
  }

  see(ordinal: number): void {
    this.#seenUsers.set(ordinal);
  }

  /** `sub` as the backup knows it. */
  membership(sub: string, group: string): number | undefined {
    return this.#byMembership.find(membershipDigest(sub, group));
  }

  hasSeenMembership(ordinal: number): boolean {
    return this.#seenMemberships.has(ordinal);
  }

  seeMembership(ordinal: number): void {
    this.#seenMemberships.set(ordinal);
  }

  /** Users that were not seen, without those whom `ignored` tells. */
  unseenUsers(ignored: (ordinal: number) => boolean): number {
    return this.#count(this.#byKey.size, (ordinal) => !this.hasSeen(ordinal) && !ignored(ordinal));
  }

  get unseenMemberships(): number {
    return this.#count(this.#byMembership.size, (ordinal) => !this.hasSeenMembership(ordinal));
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const key = newKey('marks');
    this.state.marksKey = key;
    return [{ key, body: Buffer.concat([this.#seenUsers.bytes, this.#seenMemberships.bytes]) }];
  }

  #count(size: number, counts: (ordinal: number) => boolean): number {
    let found = 0;
    for (let ordinal = 0; ordinal < size; ordinal += 1) if (counts(ordinal)) found += 1;
    return found;
  }
}

/** A bit per user and per membership. */
const marksBytes = (users: number, memberships: number): number => Math.ceil(users / 8) + Math.ceil(memberships / 8);
