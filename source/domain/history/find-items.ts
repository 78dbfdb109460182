import { isNamed } from '../errors.ts';
import { SnapshotIndexReader } from '../backup/snapshot/read-index.ts';
import { itemKind, subOfKey } from '../backup/items.ts';
import type { MembershipItem, UserItem } from '../backup/items.ts';
import { namesOfUser } from '../backup/user-names.ts';
import type { TableItem } from '../ports.ts';
import { itemsOfRun, itemsInRun } from './run-items.ts';
import type { ReadingProgress, RunItems } from './run-items.ts';

/**
 * Whom to look for. A `name` is anything by which people know a user: username, e-mail address, phone number, preferred
 * username, and the `sub`, which Cognito takes in place of a name, too.
 */
export type WantedUser = { readonly sub: string } | { readonly name: string };

/** What is told of a user; of one of an identity provider no run keeps when it was modified, which every sign-in moves. */
export type FoundProfile = Pick<UserItem, 'username' | 'signsInBy' | 'attributes' | 'enabled' | 'status' | 'created'> &
  Partial<Pick<UserItem, 'modified'>>;

/** A user as a run holds it. */
export interface FoundUser {
  readonly sub: string;
  readonly profile: FoundProfile;
  readonly memberships: readonly MembershipItem[];
  /**
   * False where the name has other letter case than the one that was asked for, and the pool tells the two apart, or where its
   * characters are composed otherwise (Unicode's NFC and NFD look alike).
   */
  readonly isExact: boolean;
}

const ignore = (): void => undefined;
/** Of more than this share of a snapshot that would have to be read, the whole is read, in fewer requests. */
const MOST_BY_RANGE = 0.3;

/**
 * Finds users in a run's snapshot: a few parts of it are read where it has an index and they are few, else all of it, all users
 * at once; twice where a name belongs to a sub that nobody gave. Resolves one list per wanted user, in that order: empty where
 * the run holds none, several where more than one answers to the name. Halt SnapshotDamaged. `damagedIndex` is told of an
 * index that cannot be used: then the whole is read.
 */
export async function findUsers(
  run: RunItems,
  wanted: readonly WantedUser[],
  progress: (at: ReadingProgress) => void = ignore,
  damagedIndex: (message: string) => void = ignore,
): Promise<readonly (readonly FoundUser[])[]> {
  const newSearch = (): UserSearch => new UserSearch(wanted, run.manifest.poolSettings.caseSensitive);
  const search = newSearch();
  try {
    if (await searchByIndex(run, search)) return search.found();
  } catch (error) {
    if (!isNamed(error, 'SnapshotDamaged')) throw error;
    damagedIndex((error as Error).message);
  }
  return searchWhole(run, newSearch(), progress);
}

/** False where the snapshot has no index, or where reading all of it is less work. */
async function searchByIndex({ manifest, objects }: RunItems, search: UserSearch): Promise<boolean> {
  const index = await SnapshotIndexReader.open(objects, manifest);
  if (index === undefined) return false;
  for (let names = search.beginReading(); ; names = search.beginReading()) {
    const members = await index.membersOf(names);
    if (index.shareOf(members) > MOST_BY_RANGE) return false;
    await index.read(members, (items) => {
      for (const item of items) search.take(item);
    });
    if (!search.lacksMemberships) return true;
  }
}

async function searchWhole(
  run: RunItems,
  search: UserSearch,
  progress: (at: ReadingProgress) => void,
): Promise<readonly (readonly FoundUser[])[]> {
  const of = itemsInRun(run);
  let items = 0;
  for (let reads = 1; reads === 1 || search.lacksMemberships; reads += 1) {
    search.beginReading();
    for await (const batch of itemsOfRun(run)) {
      for (const item of batch) search.take(item);
      items += batch.length;
      progress({ items, of: Math.max(items, of * reads) });
    }
  }
  return search.found();
}

/** Those that have exactly the name that was asked for, where there are such; else those that have it in another spelling. */
export function meantUsers(found: readonly FoundUser[]): readonly FoundUser[] {
  const exact = found.filter(({ isExact }) => isExact);
  return exact.length > 0 ? exact : found;
}

const textOf = (wanted: WantedUser): string => ('sub' in wanted ? wanted.sub : wanted.name);
/** As it may be written: one keyboard composes an accent with its letter, another one puts it behind. */
const spellingsOf = (wanted: WantedUser): readonly string[] => {
  const text = textOf(wanted);
  return [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])];
};

/** What is known so far of some wanted users. */
export class UserSearch {
  /** Indexes of `wanted`, by each spelling of the text in lower case. */
  readonly #wanted = new Map<string, number[]>();
  readonly #profiles = new Map<string, FoundProfile>();
  /** By wanted user: the subs of those who answer to it, and whether exactly. */
  readonly #answers: readonly Map<string, boolean>[];
  #memberships = new Map<string, MembershipItem[]>();
  /** Subs whose memberships the reading under way takes. */
  #collected: ReadonlySet<string> = new Set();

  constructor(
    private readonly wanted: readonly WantedUser[],
    private readonly caseSensitive: boolean,
  ) {
    this.#answers = wanted.map(() => new Map<string, boolean>());
    for (const [index, one] of wanted.entries())
      for (const key of new Set(spellingsOf(one).map((text) => text.toLowerCase()))) {
        const indexes = this.#wanted.get(key);
        if (indexes === undefined) this.#wanted.set(key, [index]);
        else indexes.push(index);
      }
  }

  /** A user was found by a name whose sub nobody knew while memberships were read. */
  get lacksMemberships(): boolean {
    return [...this.#profiles.keys()].some((sub) => !this.#collected.has(sub));
  }

  /** Items come once more, or for the first time; resolves the names and subs of those that are needed. */
  beginReading(): readonly string[] {
    this.#collected = new Set([...this.wanted.flatMap(spellingsOf), ...this.#profiles.keys()]);
    this.#memberships = new Map();
    return [...this.#collected];
  }

  take(item: TableItem): void {
    const kind = itemKind(item);
    if (kind === 'user') this.#takeUser(item as UserItem);
    if (kind !== 'membership') return;
    const sub = subOfKey(item);
    if (!this.#collected.has(sub)) return;
    const memberships = this.#memberships.get(sub) ?? [];
    this.#memberships.set(sub, memberships);
    memberships.push(item as MembershipItem);
  }

  found(): readonly (readonly FoundUser[])[] {
    return this.#answers.map((subs) =>
      [...subs].map(([sub, isExact]) => ({
        sub,
        profile: this.#profiles.get(sub) as FoundProfile,
        memberships: this.#memberships.get(sub) ?? [],
        isExact,
      })),
    );
  }

  #takeUser(item: UserItem): void {
    const sub = subOfKey(item);
    for (const name of namesOfUser(item))
      for (const index of this.#wanted.get(name.toLowerCase()) ?? []) {
        const one = this.wanted[index] as WantedUser;
        if ('sub' in one && sub !== one.sub.toLowerCase() && sub !== one.sub) continue;
        const isExact =
          'sub' in one || (this.caseSensitive ? name === one.name : name.toLowerCase() === one.name.toLowerCase());
        const subs = this.#answers[index] as Map<string, boolean>;
        subs.set(sub, isExact || subs.get(sub) === true);
        this.#profiles.set(sub, item);
      }
  }
}
