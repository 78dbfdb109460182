import type { PoolGroup } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { classify, excludedBySelf, restorableAttributes, signInNameOfUser } from './classify.ts';
import type { Rules } from './classify.ts';
import { nameKey } from '../../digests/user-content.ts';
import { NameDigests } from './name-digests.ts';
import type { SpoolLine } from './spool.ts';
import type { SpooledUser } from './spooled-user.ts';

type SurveyRules = Rules & { readonly caseSensitive: boolean };

/** What one look at everybody tells: the facts of the preflight, the groups, and whose names collide. */
export interface Survey {
  /** Users that are to be restored, as far as preflight looks. */
  readonly users: number;
  /** How many of them have a value, by attribute. */
  readonly usage: Readonly<Record<string, number>>;
  readonly groups: readonly PoolGroup[];
  /** Subs of users who give way to another of the same name. */
  readonly losers: readonly string[];
  /** Users with accounts of identity providers linked to them, which no import can set. */
  readonly linked: number;
}

/** Reads the spool once, and once more when names may collide; keeps digests and groups, no users. */
export async function survey(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
  rules: SurveyRules,
): Promise<Survey> {
  const usage: Record<string, number> = {};
  const groups: PoolGroup[] = [];
  const names = new NameDigests(rules.caseSensitive);
  let users = 0;
  let linked = 0;
  for await (const line of spoolLines(objects, parts)) {
    if ('group' in line) {
      groups.push(line.group);
    } else if (excludedBySelf(line, rules) === undefined) {
      users += 1;
      if (hasLinks(line)) linked += 1;
      names.add(signInNameOfUser(line, rules.signInName) as string);
      for (const name of Object.keys(restorableAttributes(line.attributes))) usage[name] = (usage[name] ?? 0) + 1;
    }
  }
  const repeated = names.repeated();
  return {
    users,
    usage,
    groups,
    linked,
    losers: repeated === undefined ? [] : await collisions(objects, parts, rules, repeated),
  };
}

/** `identities` is a JSON list. */
const hasLinks = ({ attributes: { identities = '' } }: SpooledUser): boolean => !/^\s*(\[\s*\])?\s*$/.test(identities);

export async function* spoolLines(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
): AsyncGenerator<SpoolLine, void, undefined> {
  for (const part of parts) yield* readNdjson<SpoolLine>(objects, part);
}

/**
 * Of users with one name one is restored. Where the name is an e-mail address or phone number, the user who has verified
 * it comes first: anybody can give the address of somebody else. Then the one created last: after an interrupted export
 * the older one is a user who was deleted since, and in a case-insensitive pool only one of them can exist. Whoever is
 * left out for a reason of their own takes no part: nobody gives way to a user who does not come back.
 */
async function collisions(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
  rules: SurveyRules,
  repeated: (name: string) => boolean,
): Promise<string[]> {
  const rank = ({ attributes, created, sub }: SpooledUser): string =>
    `${rules.signInName !== 'username' && attributes[`${rules.signInName}_verified`]?.toLowerCase() === 'true' ? 1 : 0} ${created} ${sub}`;
  const winners = new Map<string, { readonly sub: string; readonly rank: string }>();
  const losers: string[] = [];
  for await (const line of spoolLines(objects, parts)) {
    if ('group' in line) continue;
    const name = signInNameOfUser(line, rules.signInName);
    if (name === undefined || !repeated(name) || classify(line, rules, false).way === 'exclude') continue;
    const key = nameKey(name, rules.caseSensitive);
    const rival = winners.get(key);
    const claim = { sub: line.sub, rank: rank(line) };
    const wins = rival === undefined || claim.rank > rival.rank;
    if (rival !== undefined) losers.push(wins ? rival.sub : claim.sub);
    if (wins) winners.set(key, claim);
  }
  return losers;
}
