import type { ObjectStore } from '../../ports.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { readNdjson, toNdjson } from '../../state/ndjson.ts';
import type { Appendix } from '../../state/progress.ts';
import { identityResultShape, madeAccountShape } from '../plan/identity-state.ts';
import type { IdentityResult, IdentityState, MadeAccount } from '../plan/identity-state.ts';

type Reads = Pick<ObjectStore, 'read'>;

/** Users with problems, by their subs: what was told of them last counts. */
export async function resultsIn(objects: Reads, keys: readonly string[]): Promise<Map<string, IdentityResult>> {
  const results = new Map<string, IdentityResult>();
  for (const key of keys)
    for await (const result of readNdjson(objects, key, identityResultShape)) results.set(result.sub, result);
  for (const [sub, { problems }] of results) if (problems.length === 0) results.delete(sub);
  return results;
}

/** New subs of the accounts that were made for users of providers, by their old ones. */
export async function madeIn(objects: Reads, state: IdentityState | undefined): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (const key of state?.made ?? [])
    for await (const { sub, newSub } of readNdjson(objects, key, madeAccountShape)) made.set(sub, newSub);
  return made;
}

/** What the work on identity providers finds out, kept in objects that its state names. */
export class IdentityLog implements Appendix {
  readonly pending = 0;
  #results: IdentityResult[] = [];
  #made: MadeAccount[] = [];

  private constructor(
    private readonly state: IdentityState,
    private readonly problems: Map<string, IdentityResult>,
    /** Who is tried again; undefined: everybody. */
    private readonly again: ReadonlyMap<string, IdentityResult> | undefined,
  ) {}

  static async load(objects: Reads, state: IdentityState): Promise<IdentityLog> {
    const again = state.before === undefined ? undefined : await resultsIn(objects, state.before);
    return new IdentityLog(state, await resultsIn(objects, state.results), again);
  }

  isWanted(sub: string): boolean {
    return this.again === undefined || this.again.has(sub);
  }

  /** Records what is lacking; of somebody of whom nothing is, only if something was. */
  add(result: IdentityResult): void {
    if (result.problems.length === 0 && !this.problems.has(result.sub)) return;
    this.problems.set(result.sub, result);
    this.#results.push(result);
  }

  addMade(made: MadeAccount): void {
    this.#made.push(made);
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    const [results, made] = [this.#results, this.#made];
    [this.#results, this.#made] = [[], []];
    const stored = (kind: string, lines: readonly unknown[], keys: string[]): { key: string; body: string }[] => {
      if (lines.length === 0) return [];
      const body = toNdjson(lines);
      const key = keyWithDigest(newKey(`identities/${kind}`), 'ndjson', body);
      keys.push(key);
      return [{ key, body }];
    };
    return [...stored('results', results, this.state.results), ...stored('made', made, this.state.made)];
  }
}
