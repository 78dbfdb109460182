import { textDigest } from '../../backup/hashing.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { Appendix } from '../../state/progress.ts';
import type { StoredAccounts } from '../plan/accounts-state.ts';
import { ACCOUNT_RECORD_BYTES, AccountTable, Fact } from './account-table.ts';
import type { AccountRecord } from './account-table.ts';

/** How an account came into being. */
export type MadeBy = 'import' | 'create';

/** So many changed records go into an object; fewer stay in the state. */
const RECORDS_PER_PART = 500;
/** So many objects are replaced by one with all records. */
const MOST_PARTS = 32;
const PARTS_AT_A_TIME = 8;

/**
 * The accounts that this restore made: under which new `sub` a user of the backup lives in the new pool, how the account
 * came into being, when Cognito last answered a write of ours to it, and which writes it did not answer as done. Who has
 * the sign-in name of a user and another sub is somebody else. Users are named by their sub in the backup.
 */
export class Accounts implements Appendix {
  readonly pending = 0;

  private constructor(
    private readonly stored: StoredAccounts,
    private readonly table: AccountTable,
  ) {}

  /** `stored` is kept up to date, for the state that it is part of. Fault BadState when one of its objects is missing. */
  static async load(objects: Pick<ObjectStore, 'get'>, stored: StoredAccounts): Promise<Accounts> {
    const bodies = new Map<string, Uint8Array>();
    await forEachAtOnce(stored.parts, PARTS_AT_A_TIME, async (key) => {
      const object = await objects.get(key);
      if (object === undefined || object.body.length % ACCOUNT_RECORD_BYTES !== 0)
        throw new Fault('BadState', `The object ${key} is missing or cut off. ${adviceFor(key)}`);
      bodies.set(key, object.body);
    });
    const table = new AccountTable();
    for (const key of stored.parts) table.load(bytesOf(bodies.get(key) as Uint8Array), { stored: true });
    table.load(Buffer.from(stored.recent, 'base64'), { stored: false });
    return new Accounts(stored, table);
  }

  /** `sub` in the new pool; undefined where no account is known to be ours. */
  newSubOf(oldSub: string): string | undefined {
    const { newSub } = this.#user(oldSub);
    return newSub === '' ? undefined : newSub;
  }

  /** When Cognito answered our last write of any kind to the account, milliseconds since the epoch. */
  lastWriteAt(oldSub: string): number | undefined {
    const { at } = this.#user(oldSub);
    return at === 0 ? undefined : at;
  }

  /** How the account came into being; undefined where none is known to be ours. */
  madeBy(oldSub: string): MadeBy | undefined {
    const { facts } = this.#user(oldSub);
    if ((facts & Fact.created) !== 0) return 'create';
    return (facts & Fact.imported) !== 0 ? 'import' : undefined;
  }

  /** Whether our AdminDisableUser was answered as done. */
  wasDisabled(oldSub: string): boolean {
    return this.#is(oldSub, Fact.disabled);
  }

  /** Of a planned membership whose batch is done: whether our AdminAddUserToGroup was answered as done. */
  wasGiven(oldSub: string, group: string): boolean {
    return (this.table.get(membershipKey(oldSub, group)).facts & Fact.notGiven) === 0;
  }

  /** Whether writes named the user by the sign-in name: they may have reached the account of somebody else. */
  wroteByName(oldSub: string): boolean {
    return this.#is(oldSub, Fact.byName);
  }

  /** Whether a membership, or without a group the disabled flag, is ours or may be: a write that failed may have been done. */
  mayBeWritten(oldSub: string, group?: string): boolean {
    const { facts } = group === undefined ? this.#user(oldSub) : this.table.get(membershipKey(oldSub, group));
    if ((facts & Fact.unanswered) !== 0) return true;
    return group === undefined ? this.wasDisabled(oldSub) : this.wasGiven(oldSub, group);
  }

  /** Whether an AdminCreateUser for the user failed and may have been carried out: the account has its temporary password. */
  mayBeCreated(oldSub: string): boolean {
    return this.#is(oldSub, Fact.creationUnanswered);
  }

  /** Whether version 2.0.0, which recorded no subs, created the user one by one, or may have. */
  mayBeCreatedBefore(oldSub: string): boolean {
    return this.#is(oldSub, Fact.createdBefore);
  }

  /** The account is ours. What was recorded about an earlier one of that user is gone, if it had another sub. */
  recordMade(
    oldSub: string,
    { newSub, at, by }: { readonly newSub: string; readonly at: number; readonly by: MadeBy },
  ): void {
    const known = this.#user(oldSub);
    const before = known.newSub === '' || known.newSub === newSub ? known : { at: 0, facts: 0 };
    const fact = by === 'create' ? Fact.created : Fact.imported;
    this.#put(oldSub, { newSub, at: Math.max(before.at, at), facts: (before.facts & ~Fact.byName) | fact });
  }

  /** Cognito answered a write to the account as done. */
  recordWrite(oldSub: string, { at, byName }: { readonly at: number; readonly byName: boolean }): void {
    const known = this.#user(oldSub);
    const facts = known.facts | (byName ? Fact.byName : 0);
    this.#put(oldSub, { ...known, at: Math.max(known.at, at), facts });
  }

  /** Cognito answered AdminDisableUser as done. */
  recordDisabled(oldSub: string): void {
    this.#note(oldSub, Fact.disabled);
  }

  /** Cognito answered a write as done; `what` tells it from all others. `at`: milliseconds since the epoch. */
  recordConfirmed(what: string, at: number): void {
    this.table.put(confirmedKey(what), { newSub: '', at, facts: 0 });
  }

  /** When Cognito answered the write as done, where that was recorded; milliseconds since the epoch. */
  confirmedAt(what: string): number | undefined {
    const { at } = this.table.get(confirmedKey(what));
    return at === 0 ? undefined : at;
  }

  /** AdminCreateUser failed and may have been carried out. */
  recordMayBeCreated(oldSub: string): void {
    this.#note(oldSub, Fact.creationUnanswered);
  }

  /** AdminDisableUser failed and may have been carried out. */
  recordMayBeDisabled(oldSub: string): void {
    this.#note(oldSub, Fact.unanswered);
  }

  /** AdminAddUserToGroup failed and may have been carried out. */
  recordMayBeGiven(oldSub: string, group: string): void {
    this.table.put(membershipKey(oldSub, group), { newSub: '', at: 0, facts: Fact.notGiven | Fact.unanswered });
  }

  /** Whether a planned membership was given; it counts as given as long as nothing else is recorded. */
  recordMembership(oldSub: string, group: string, given: boolean): void {
    const facts = given ? 0 : Fact.notGiven;
    const key = membershipKey(oldSub, group);
    if (this.table.get(key).facts !== facts) this.table.put(key, { newSub: '', at: 0, facts });
  }

  /** See Fact. */
  recordCreatedBefore(oldSub: string): void {
    this.#note(oldSub, Fact.createdBefore);
  }

  /** So many users may come on record soon. */
  expect(users: number): void {
    this.table.reserve(users);
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const { stored, table } = this;
    if (table.changed < RECORDS_PER_PART) {
      stored.recent = table.changedRecords().toString('base64');
      return [];
    }
    const whole = stored.parts.length >= MOST_PARTS;
    const body = whole ? table.all() : table.changedRecords();
    const key = keyWithDigest(newKey('accounts'), 'bin', body);
    stored.parts = whole ? [key] : [...stored.parts, key];
    stored.recent = '';
    table.clearChanged();
    return [{ key, body }];
  }

  #is(oldSub: string, fact: number): boolean {
    return (this.#user(oldSub).facts & fact) !== 0;
  }

  #note(oldSub: string, fact: number): void {
    const known = this.#user(oldSub);
    this.#put(oldSub, { ...known, facts: known.facts | fact });
  }

  #user(oldSub: string): AccountRecord {
    return this.table.get(userKey(oldSub));
  }

  #put(oldSub: string, record: AccountRecord): void {
    this.table.put(userKey(oldSub), record);
  }
}

const bytesOf = (body: Uint8Array): Buffer => Buffer.from(body.buffer, body.byteOffset, body.byteLength);
const userKey = (oldSub: string): Buffer => textDigest(`sub\u0000${oldSub}`);
const confirmedKey = (what: string): Buffer => textDigest(`confirmed\u0000${what}`);
const membershipKey = (oldSub: string, group: string): Buffer => textDigest(`member\u0000${group}\u0000${oldSub}`);
