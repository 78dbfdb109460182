/** Subs that a state lists, with a quick answer whether it does: every change is made in the state's own list. */
export class ListedSubs {
  readonly #known: Set<string>;

  constructor(private readonly list: string[]) {
    this.#known = new Set(list);
  }

  get size(): number {
    return this.#known.size;
  }

  has(sub: string): boolean {
    return this.#known.has(sub);
  }

  add(sub: string): void {
    if (this.#known.has(sub)) return;
    this.#known.add(sub);
    this.list.push(sub);
  }

  clear(): void {
    this.#known.clear();
    this.list.length = 0;
  }
}
