import * as v from 'valibot';
import type { Clock, ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

const journalShape = v.object({
  /** Before the first call that it is about, milliseconds since the epoch. */
  since: v.number(),
  /** Sub in the backup, sub in the new pool. */
  made: v.array(v.strictTuple([subShape, subShape])),
  /** Sub in the backup, names of the attributes without which the user was about to be created. */
  without: v.exactOptional(v.array(v.strictTuple([subShape, textsShape]))),
});
type Journal = Stored<typeof journalShape>;

/** Entries of one object; every entry writes it anew. */
const MOST_ENTRIES = 500;

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
  readonly #known: Map<string, string>;
  readonly #without: Map<string, readonly string[]>;
  #waiting: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #part = 0;
  /** Of the current object, and what is in none yet. */
  #entries: (readonly [string, string])[] = [];
  #unstored: (readonly [string, string])[] = [];
  #intended: Promise<void> | undefined;

  private constructor(
    private readonly deps: JournalDeps,
    private readonly folder: string,
    earlier: readonly Journal[],
    private readonly began: number,
  ) {
    this.#since = earlier.length === 0 ? undefined : Math.min(...earlier.map(({ since }) => since));
    this.#known = new Map(earlier.flatMap(({ made }) => made));
    this.#without = new Map(earlier.flatMap(({ without = [] }) => without));
  }

  /** `name`: of the batch. */
  static async open(
    deps: JournalDeps,
    { newUserPoolId, restoreId }: Pick<RestorePlan, 'newUserPoolId' | 'restoreId'>,
    name: string,
  ): Promise<CreationJournal> {
    const folder = `${restoreFolder(newUserPoolId, restoreId)}created/${name}/`;
    const earlier: Journal[] = [];
    for await (const key of deps.objects.list(folder)) earlier.push(await readJson(deps.objects, key, journalShape));
    return new CreationJournal(deps, folder, earlier, deps.clock.now());
  }

  /** The first call of the batch was not made before, milliseconds since the epoch. */
  get since(): number {
    return this.#since ?? this.began;
  }

  /** The sub of the account that was made for the user. */
  madeFor(oldSub: string): string | undefined {
    return this.#known.get(oldSub);
  }

  /** Names of the attributes without which a call was made for the user, after one with all was refused. */
  leftOut(oldSub: string): readonly string[] {
    return this.#without.get(oldSub) ?? [];
  }

  /** Resolves when it is stored that users are about to be created. */
  intend(): Promise<void> {
    return (this.#intended ??= this.#store());
  }

  /** Resolves when it is stored that the user is about to be created without these attributes. */
  intendWithout(oldSub: string, attributes: readonly string[]): Promise<void> {
    this.#without.set(oldSub, attributes);
    return this.#store();
  }

  /** Resolves when it is stored which account was made for the user; what is told at the same time is stored together. */
  record(oldSub: string, newSub: string): Promise<void> {
    this.#known.set(oldSub, newSub);
    this.#unstored.push([oldSub, newSub]);
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
    if (this.#entries.length >= MOST_ENTRIES) {
      this.#part += 1;
      this.#entries = [];
    }
    this.#entries.push(...this.#unstored.splice(0));
    const journal: Journal = {
      since: this.since,
      made: this.#entries,
      ...(this.#without.size === 0
        ? {}
        : { without: [...this.#without].map(([sub, names]): [string, string[]] => [sub, [...names]]) }),
    };
    const part = String(this.#part).padStart(4, '0');
    await this.deps.objects.put(`${this.folder}${this.deps.claim}-${part}.json`, JSON.stringify(journal));
  }
}
