import { itemKind } from '../../backup/items.ts';
import { counted } from '../../counted.ts';
import type { ItemKey } from '../../ports.ts';
import { ENABLED } from '../changed-values.ts';

/** So many values are named in a message; of the others only their number is said. */
const NAMED = 10;

/** Which values of users and groups change, and of how many: names and numbers only. */
export class ValueCounts {
  readonly #uncounted: ReadonlySet<string>;
  readonly #counts = { user: new Map<string, number>(), group: new Map<string, number>() };

  /** `uncounted`: attributes that do not count; the enabled flag, which is none, and values of groups always do. */
  constructor(uncounted: readonly string[]) {
    this.#uncounted = new Set(uncounted.filter((name) => name !== ENABLED));
  }

  /** The attributes that do not count. */
  get uncounted(): readonly string[] {
    return [...this.#uncounted];
  }

  /** Those of the changed values that count. */
  countingOf(key: ItemKey, differs: readonly string[]): readonly string[] {
    return itemKind(key) === 'user' ? differs.filter((name) => !this.#uncounted.has(name)) : differs;
  }

  add(key: ItemKey, names: readonly string[]): void {
    const kind = itemKind(key);
    if (kind !== 'user' && kind !== 'group') return;
    const counts = this.#counts[kind];
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  /** `name (412 users), custom:team (3 users), description (1 group)`, the most frequent first. */
  text(): string {
    const all = (['user', 'group'] as const)
      .flatMap((kind) => [...this.#counts[kind]].map(([name, count]) => ({ kind, name, count })))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    const more = all.length <= NAMED ? '' : ` and ${counted(all.length - NAMED, 'other')}`;
    return `${all
      .slice(0, NAMED)
      .map(({ kind, name, count }) => `${name} (${counted(count, kind)})`)
      .join(', ')}${more}`;
  }
}
