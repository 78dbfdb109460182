import { keyText, userItem, userKey } from '../backup/items.ts';
import type { UserItem } from '../backup/items.ts';
import { signInAttributeOf } from '../model.ts';
import type { ContactAttribute, PoolUser, SignInAttribute } from '../model.ts';
import type { BackupTable, TableItem } from '../ports.ts';
import type { Run } from './run.ts';
import { SignInProbe } from './sign-in-probe.ts';
import type { ProbeDeps, SignInAnswers } from './sign-in-probe.ts';

/** What the items of listed users are made with. */
export interface PageItemsDeps extends ProbeDeps {
  readonly table: Pick<BackupTable, 'contentHashes' | 'itemsOf'>;
}

/** The items of one page of users. */
interface ItemsOfPage {
  readonly items: readonly UserItem[];
  /** Content hashes of what the table holds, where it was asked. */
  readonly stored?: ReadonlyMap<string, string>;
  /** Users about whom Cognito was asked. */
  readonly asked: number;
}

/**
 * Makes items of listed users. In a pool with two username attributes that takes more than the listing: who has one of the
 * addresses signs in by it; of who has both the backup knows it (that never changes), or Cognito is asked.
 */
export class PageItems {
  readonly #signInAttribute: SignInAttribute;
  readonly #probe: SignInProbe;

  constructor(
    private readonly deps: PageItemsDeps,
    private readonly run: Run,
  ) {
    this.#signInAttribute = signInAttributeOf(run.facts.settings);
    this.#probe = new SignInProbe(deps, run.facts.userPoolId);
  }

  /** `lookAgain`: lists the same page once more. */
  async of(users: readonly PoolUser[], lookAgain: () => Promise<readonly PoolUser[]>): Promise<ItemsOfPage> {
    if (this.#signInAttribute !== 'emailOrPhone') return { items: users.map((user) => this.#item(user)), asked: 0 };
    if (users.length === 0) return { items: [], asked: 0 };
    const stored = await this.deps.table.contentHashes(users.map(({ sub }) => userKey(sub)));
    const known = await this.#inBackup(users.filter(hasBoth), stored);
    const unknown = users.filter((user) => hasBoth(user) && !known.has(user.sub));
    const answers: SignInAnswers = unknown.length === 0 ? new Map() : await this.#probe.ask(unknown, lookAgain);
    const items = users.map((user) =>
      this.#item(user, soleAddress(user) ?? known.get(user.sub) ?? answers.get(user.sub)),
    );
    return { items, stored, asked: unknown.length };
  }

  #item(user: PoolUser, signsInBy?: ContactAttribute): UserItem {
    return userItem(user, this.#signInAttribute, this.run.id, signsInBy);
  }

  /** What the backup knows: by the hash of an item that did not change, else by the item. */
  async #inBackup(users: readonly PoolUser[], stored: ReadonlyMap<string, string>): Promise<SignInAnswers> {
    const known = new Map<string, ContactAttribute>();
    const changed: PoolUser[] = [];
    for (const user of users) {
      const hash = stored.get(keyText(userKey(user.sub)));
      if (hash === undefined) continue;
      const by = ADDRESSES.find((name) => this.#item(user, name).contentHash === hash);
      if (by !== undefined) known.set(user.sub, by);
      else changed.push(user);
    }
    const items =
      changed.length === 0 ? NOTHING : await this.deps.table.itemsOf(changed.map(({ sub }) => userKey(sub)));
    for (const { sub } of changed) {
      const by = addressIn(items.get(keyText(userKey(sub))));
      if (by !== undefined) known.set(sub, by);
    }
    return known;
  }
}

const ADDRESSES: readonly ContactAttribute[] = ['email', 'phone_number'];
const NOTHING: ReadonlyMap<string, TableItem> = new Map();

const addressesOf = ({ attributes }: PoolUser): ContactAttribute[] =>
  ADDRESSES.filter((name) => (attributes[name] ?? '') !== '');
const hasBoth = (user: PoolUser): boolean => addressesOf(user).length > 1;

/** The address of a user who has no other one. */
function soleAddress(user: PoolUser): ContactAttribute | undefined {
  const [address, other] = addressesOf(user);
  return other === undefined ? address : undefined;
}

/** Whoever changes an item may write anything into it. */
const addressIn = (item: TableItem | undefined): ContactAttribute | undefined =>
  ADDRESSES.find((name) => name === item?.signsInBy);

/** The item of a user whom the backup holds already, without asking Cognito. */
export function itemOverStored(
  user: PoolUser,
  stored: TableItem | undefined,
  signInAttribute: SignInAttribute,
  runId: string,
): UserItem {
  const by = signInAttribute === 'emailOrPhone' ? (soleAddress(user) ?? addressIn(stored)) : undefined;
  return userItem(user, signInAttribute, runId, by);
}

/** Whether it is unknown by which of its addresses the item's user signs in, in a pool where that differs. */
export const lacksSignIn = (item: UserItem, signInAttribute: SignInAttribute): boolean =>
  signInAttribute === 'emailOrPhone' &&
  item.signsInBy === undefined &&
  ADDRESSES.some((name) => (item.attributes[name] ?? '') !== '');
