import { Fault } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { nameOf } from '../plan/pool-names.ts';
import { joinedObjects } from '../../state/joined-objects.ts';
import { adviceFor } from '../../state/stored-shapes.ts';
import { planKey } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import { Bitmap, DigestTable } from '../../digests/digest-table.ts';
import {
  decodeExpectedMembership,
  decodeExpectedUser,
  MEMBERSHIP_RECORD_BYTES,
  membershipDigest,
  nameDigest,
  USER_RECORD_BYTES,
} from '../../digests/expected.ts';
import { Mark, markOf } from './mark.ts';

/** What the pool should hold, and what of it was found: about 100 bytes per user and 30 per membership. */
export class Marks {
  readonly users: Uint8Array;
  readonly memberships: Bitmap;
  readonly #byName: DigestTable;
  readonly #byMembership: DigestTable;

  private constructor(
    private readonly plan: RestorePlan,
    private readonly userRecords: Buffer,
    private readonly membershipRecords: Buffer,
    stored: Uint8Array | undefined,
  ) {
    this.#byName = new DigestTable(userRecords, USER_RECORD_BYTES);
    this.#byMembership = new DigestTable(membershipRecords, MEMBERSHIP_RECORD_BYTES);
    const bitmapBytes = Math.ceil(this.#byMembership.size / 8);
    if (stored !== undefined && stored.length !== this.userCount + bitmapBytes)
      throw new Fault(
        'BadState',
        'The stored comparison does not fit the plan: the state of this restore cannot be used.',
      );
    this.users = stored === undefined ? new Uint8Array(this.userCount) : stored.slice(0, this.userCount);
    this.memberships = new Bitmap(this.membershipCount, stored?.slice(this.userCount));
  }

  static async load(store: Pick<ObjectStore, 'get'>, plan: RestorePlan, marksKey: string | undefined): Promise<Marks> {
    const stored = marksKey === undefined ? undefined : await need(store, marksKey);
    const { byCsv, oneByOne, memberships } = plan.counts;
    const advice = `They are the records of what the restore ${plan.restoreId} should bring back. ${adviceFor(planKey(plan.newUserPoolId, plan.restoreId))}`;
    const users = await joinedObjects(store, plan.expected.users, (byCsv + oneByOne) * USER_RECORD_BYTES, advice);
    const members = await joinedObjects(
      store,
      plan.expected.memberships,
      memberships * MEMBERSHIP_RECORD_BYTES,
      advice,
    );
    return new Marks(plan, users, members, stored);
  }

  get userCount(): number {
    return this.#byName.size;
  }

  get membershipCount(): number {
    return this.#byMembership.size;
  }

  /** A copy of this moment's marks, as they are stored. */
  snapshot(): Uint8Array {
    return Buffer.concat([this.users, this.memberships.bytes]);
  }

  expectedUser(ordinal: number): ReturnType<typeof decodeExpectedUser> {
    return decodeExpectedUser(this.userRecords, ordinal);
  }

  /** Index of the batch that makes the membership. */
  batchOf(membership: number): number {
    return decodeExpectedMembership(this.membershipRecords, membership).batch;
  }

  ordinalOf(name: string): number | undefined {
    return this.#byName.find(nameDigest(name, this.plan.caseSensitive));
  }

  membershipOf(group: string, name: string): number | undefined {
    return this.#byMembership.find(membershipDigest(group, name, this.plan.caseSensitive));
  }

  /** Users of these old subs are left alone. */
  setForeign(subs: Pick<ReadonlySet<string>, 'has' | 'size'>): void {
    if (subs.size === 0) return;
    for (let ordinal = 0; ordinal < this.userCount; ordinal += 1)
      if (subs.has(this.expectedUser(ordinal).sub)) this.users[ordinal] = Mark.foreign;
  }

  /** Before another try: nobody is left alone any more. */
  clearForeign(): void {
    this.users.forEach((mark, ordinal) => {
      if (mark === Mark.foreign) this.users[ordinal] = 0;
    });
  }

  /** Compares a listed user. Undefined: not one of ours; `first`: seen for the first time. */
  applyUser(user: PoolUser): { readonly oldSub: string; readonly first: boolean } | undefined {
    const ordinal = this.#ours(user);
    if (ordinal === undefined) return undefined;
    const { contentDigest, sub } = this.expectedUser(ordinal);
    const first = ((this.users[ordinal] as number) & Mark.seen) === 0;
    this.users[ordinal] = markOf(user, contentDigest);
    return { oldSub: sub, first };
  }

  /** False when the plan has no such membership. */
  applyMember(group: string, user: PoolUser): boolean {
    const membership =
      this.#ours(user) === undefined ? undefined : this.membershipOf(group, nameOf(user, this.plan) as string);
    if (membership === undefined) return false;
    this.memberships.set(membership);
    return true;
  }

  #ours(user: PoolUser): number | undefined {
    const name = nameOf(user, this.plan);
    const ordinal = name === undefined ? undefined : this.ordinalOf(name);
    return ordinal === undefined || this.users[ordinal] === Mark.foreign ? undefined : ordinal;
  }
}

async function need(store: Pick<ObjectStore, 'get'>, key: string): Promise<Uint8Array> {
  const object = await store.get(key);
  if (object === undefined)
    throw new Fault('BadState', `The object ${key} is missing: the state of this restore cannot be used.`);
  return object.body;
}
