/**
 * What changes of the pool have touched, by the keys of the table. Two looks at the pool cannot tell it: who was made and
 * deleted between them, or changed and changed back, looks untouched, and an export may have seen either.
 */
export class Touched {
  readonly #keys = new Set<string>();
  readonly #users = new Set<string>();
  readonly #groups = new Set<string>();

  /** The user came or went, and the user's memberships with it. */
  user(sub: string): void {
    this.#users.add(sub);
  }

  /** The user's own data only. */
  profile(sub: string): void {
    this.#keys.add(`USER#${sub} PROFILE`);
  }

  membership(sub: string, group: string): void {
    this.#keys.add(`USER#${sub} MEMBER_OF#${group}`);
  }

  /** The group came or went, and its memberships with it. */
  group(name: string): void {
    this.#groups.add(name);
  }

  /** The group's own data only. */
  description(group: string): void {
    this.#keys.add(`GROUP#${group} GROUP`);
  }

  has(key: string): boolean {
    if (this.#keys.has(key)) return true;
    const group = /^GROUP#(.*) GROUP$/s.exec(key)?.[1];
    if (group !== undefined) return this.#groups.has(group);
    const [, sub = '', membership] = /^USER#(\S+) (?:PROFILE|MEMBER_OF#(.*))$/s.exec(key) ?? [];
    return this.#users.has(sub) || (membership !== undefined && this.#groups.has(membership));
  }
}
