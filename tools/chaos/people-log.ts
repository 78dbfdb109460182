/** An account that somebody made with a name of the backup. */
export interface Stranger {
  readonly sub: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What somebody did to a restored user when every write of the restore lay behind; it has to stay. */
export type KeptChange = { readonly name: string } & (
  | { readonly did: 'nickname'; readonly value: string }
  | { readonly did: 'left' | 'joined'; readonly group: string }
  | { readonly did: 'disabled' | 'enabled' | 'deleted' }
);

/**
 * What people did in the new pool, by sign-in name. Two looks at the pool cannot tell it, and of what they did while the
 * restore was writing nobody can tell which came first: of those names it is only known that they were touched.
 */
export class PeopleLog {
  readonly #strangers = new Map<string, Stranger>();
  readonly #touched = new Set<string>();
  readonly #kept: KeptChange[] = [];

  /** Somebody took the name; what else was done to the user before says nothing any more. */
  signedUp(name: string, stranger: Stranger): void {
    this.touch(name);
    this.#strangers.set(name, stranger);
  }

  /** The stranger's account was deleted: the name is free. */
  strangerLeft(name: string): void {
    this.#strangers.delete(name);
  }

  /** Something was done to the user, before or after the restore wrote the same. */
  touch(name: string): void {
    this.#touched.add(name);
  }

  changedAfterwards(change: KeptChange): void {
    this.touch(change.name);
    this.#kept.push(change);
  }

  isTouched(name: string): boolean {
    return this.#touched.has(name);
  }

  /** Those who are still there, by the name that they took. */
  get strangers(): ReadonlyMap<string, Stranger> {
    return this.#strangers;
  }

  get kept(): readonly KeptChange[] {
    return this.#kept;
  }

  /** In one line, without names. */
  tell(): string {
    return `people: ${this.#touched.size} users touched, ${this.#strangers.size} strangers at the end, ${this.#kept.length} changes afterwards`;
  }
}
