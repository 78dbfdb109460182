import { nameDigest, nameKey } from '../../digests/user-content.ts';
import type { SignInAttribute } from '../../model.ts';
import type { Classified } from './classify.ts';

/** Eight bytes per name: finds names (or other values for signing in) that may be equal among millions without keeping them. */
export class NameDigests {
  #values = new BigUint64Array(1024);
  #length = 0;

  constructor(private readonly caseSensitive: boolean) {}

  add(name: string): void {
    if (this.#length === this.#values.length) {
      const larger = new BigUint64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = this.#short(name);
    this.#length += 1;
  }

  /** Tells for any name whether another one was added with the same digest (a second look decides); undefined when there is none. */
  repeated(): ((name: string) => boolean) | undefined {
    const sorted = this.#values.subarray(0, this.#length).sort();
    const found = new Set<bigint>();
    for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) found.add(sorted[at] as bigint);
    return found.size === 0 ? undefined : (name) => found.has(this.#short(name));
  }

  #short = (name: string): bigint => nameDigest(name, this.caseSensitive).readBigUInt64BE();
}

/**
 * Subs of users who give way to another of the same name. Where the name is an e-mail address or phone number, the user
 * who has verified it comes first: anybody can give the address of somebody else. Then the one created last: after an
 * interrupted export the older one is a user who was deleted since, and in a case-insensitive pool only one of them can
 * exist. Whoever is left out for a reason of their own takes no part: nobody gives way to a user who does not come back.
 */
export async function collisions(
  users: AsyncIterable<Classified>,
  repeated: (name: string) => boolean,
  { signInName, caseSensitive }: { readonly signInName: SignInAttribute; readonly caseSensitive: boolean },
): Promise<string[]> {
  const winners = new Map<string, { readonly sub: string; readonly rank: string }>();
  const losers: string[] = [];
  for await (const classified of users) {
    if (classified.way === 'exclude' || !repeated(classified.user.name)) continue;
    const { sub, name, attributes } = classified.user;
    const verified = signInName !== 'username' && attributes[`${signInName}_verified`]?.toLowerCase() === 'true';
    const key = nameKey(name, caseSensitive);
    const rival = winners.get(key);
    const claim = { sub, rank: `${verified ? 1 : 0} ${classified.created} ${sub}` };
    const wins = rival === undefined || claim.rank > rival.rank;
    if (rival !== undefined) losers.push(wins ? rival.sub : sub);
    if (wins) winners.set(key, claim);
  }
  return losers;
}
