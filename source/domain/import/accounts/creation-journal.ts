import * as v from 'valibot';
import type { Attributes, PoolUser } from '../../model.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';
import { isUnfinishedCreation, sentDigest } from './proof.ts';

const journalShape = v.object({
  /** Before the first call that it is about, milliseconds since the epoch. */
  since: v.number(),
  /** Sub in the backup, sub in the new pool. */
  made: v.array(v.strictTuple([subShape, subShape])),
  /** When each of them was stored, milliseconds since the epoch, in their order. */
  madeAt: v.exactOptional(v.array(v.number())),
  /** Sub in the backup, names of the attributes without which the user was about to be created. */
  without: v.exactOptional(v.array(v.strictTuple([subShape, textsShape]))),
  /** Sub in the backup, before the call in milliseconds since the epoch, digest of the attributes that it sent. */
  intended: v.exactOptional(v.array(v.strictTuple([subShape, v.number(), v.string()]))),
});
type Journal = Stored<typeof journalShape>;
type Intention = NonNullable<Journal['intended']>[number];

/** An account that was made for a user. */
interface Made {
  readonly oldSub: string;
  readonly newSub: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Of the object of a journal: subs in the backup, and of the accounts that were made for them. */
export const pairsMade = async (
  objects: Pick<ObjectStore, 'get'>,
  key: string,
): Promise<readonly (readonly [string, string])[]> => (await readJson(objects, key, journalShape)).made;

/** Entries of one object; every entry writes it anew. */
const MOST_ENTRIES = 500;

/** Whom a journal is about. */
export interface JournalName {
  /** Of the batch, or of what else creates users. */
  readonly name: string;
  /** Every intention tells whom it is about: for what a later start does not do again user by user. */
  readonly namesUsers?: boolean;
}

/** What a journal needs. */
export interface JournalDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique per invocation: no two write the same object. */
  readonly claim: string;
}

/**
 * Which accounts AdminCreateUser made for one batch: the intention is stored before the first call, and the sub of an
 * account before it gets its password. A user who was created by an invocation that stored nothing more is known by it:
 * before, the account still has its temporary password.
 */
export class CreationJournal {
  readonly #since: number | undefined;
  /** By the sub in the backup. */
  readonly #made = new Map<string, readonly Made[]>();
  readonly #without: Map<string, readonly string[]>;
  readonly #intentions = new Map<string, readonly Intention[]>();
  #waiting: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #part = 0;
  /** Of the current object, and what is in none yet. */
  #entries: Made[] = [];
  #unstored: Made[] = [];
  #intended: Intention[] = [];
  #unstoredIntended: Intention[] = [];
  #begun: Promise<void> | undefined;

  private constructor(
    private readonly deps: JournalDeps,
    private readonly folder: string,
    earlier: readonly Journal[],
    private readonly began: number,
    private readonly namesUsers: boolean,
  ) {
    this.#since = earlier.length === 0 ? undefined : Math.min(...earlier.map(({ since }) => since));
    // Journals that say no times are older than everything that needs them.
    for (const { made, madeAt = [] } of earlier)
      for (const [place, [oldSub, newSub]] of made.entries())
        addTo(this.#made, oldSub, { oldSub, newSub, at: madeAt[place] ?? Number.POSITIVE_INFINITY });
    this.#without = new Map(earlier.flatMap(({ without = [] }) => without));
    for (const { intended = [] } of earlier)
      for (const intention of intended) addTo(this.#intentions, intention[0], intention);
  }

  static async open(
    deps: JournalDeps,
    { newUserPoolId, restoreId }: Pick<RestorePlan, 'newUserPoolId' | 'restoreId'>,
    { name, namesUsers = false }: JournalName,
  ): Promise<CreationJournal> {
    const folder = `${restoreFolder(newUserPoolId, restoreId)}created/${name}/`;
    const earlier: Journal[] = [];
    for await (const key of deps.objects.list(folder)) earlier.push(await readJson(deps.objects, key, journalShape));
    return new CreationJournal(deps, folder, earlier, deps.clock.now(), namesUsers);
  }

  /** The first call of the batch was not made before, milliseconds since the epoch. */
  get since(): number {
    return this.#since ?? this.began;
  }

  /** Names of the attributes without which a call was made for the user, after one with all was refused. */
  leftOut(oldSub: string): readonly string[] {
    return this.#without.get(oldSub) ?? [];
  }

  /**
   * Whether a call that this journal knows of made the account for the user: it was stored so, or the invocation was cut off
   * before, and the account is one that its call would have made. An intention after which an account was made, or written
   * to (`lastWriteAt`, milliseconds since the epoch), led to that one: it proves no later account.
   */
  proves(oldSub: string, account: PoolUser, lastWriteAt = Number.NEGATIVE_INFINITY): boolean {
    const made = this.#made.get(oldSub) ?? [];
    if (made.some(({ newSub }) => newSub === account.sub)) return true;
    const last = Math.max(lastWriteAt, ...made.map(({ at }) => at));
    return (this.#intentions.get(oldSub) ?? []).some(
      ([, at, sent]) => at > last && isUnfinishedCreation(account, at) && sentDigest(account.attributes) === sent,
    );
  }

  /** Resolves when it is stored that users, or this one with these attributes, are about to be created. */
  intend(user: Pick<RestoreUser, 'sub' | 'attributes'>): Promise<void> {
    if (!this.namesUsers) return (this.#begun ??= this.#store());
    const intention: Intention = [user.sub, this.deps.clock.now(), sentDigest(user.attributes)];
    addTo(this.#intentions, user.sub, intention);
    this.#unstoredIntended.push(intention);
    return this.#store();
  }

  /** Resolves when it is stored that the user is about to be created with no more than these attributes. */
  intendLess(user: Pick<RestoreUser, 'sub' | 'attributes'>, less: Attributes): Promise<void> {
    this.#without.set(
      user.sub,
      Object.keys(user.attributes).filter((name) => !(name in less)),
    );
    return this.namesUsers ? this.intend({ sub: user.sub, attributes: less }) : this.#store();
  }

  /** Resolves when it is stored which account was made for the user; what is told at the same time is stored together. */
  record(oldSub: string, newSub: string): Promise<void> {
    const made = { oldSub, newSub, at: this.deps.clock.now() };
    addTo(this.#made, oldSub, made);
    this.#unstored.push(made);
    return this.#store();
  }

  #store(): Promise<void> {
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = undefined;
      this.#writing = this.#put();
      return this.#writing;
    });
    return this.#waiting;
  }

  async #put(): Promise<void> {
    if (Math.max(this.#entries.length, this.#intended.length) >= MOST_ENTRIES) {
      this.#part += 1;
      this.#entries = [];
      this.#intended = [];
    }
    this.#entries.push(...this.#unstored.splice(0));
    this.#intended.push(...this.#unstoredIntended.splice(0));
    const journal: Journal = {
      since: this.since,
      made: this.#entries.map(({ oldSub, newSub }): [string, string] => [oldSub, newSub]),
      madeAt: this.#entries.map(({ at }) => at),
      ...(this.#without.size === 0
        ? {}
        : { without: [...this.#without].map(([sub, names]): [string, string[]] => [sub, [...names]]) }),
      ...(this.#intended.length === 0 ? {} : { intended: this.#intended }),
    };
    const part = String(this.#part).padStart(4, '0');
    await this.deps.objects.put(`${this.folder}${this.deps.claim}-${part}.json`, JSON.stringify(journal));
  }
}

function addTo<T>(lists: Map<string, readonly T[]>, key: string, value: T): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}
