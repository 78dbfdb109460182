import type { PoolGroup } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { NameDigests } from '../../digests/name-digests.ts';
import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import { classifiedShape, classify } from './classify.ts';
import type { Classified, Rules } from './classify.ts';
import { aliasCollisions, aliasesOf } from './alias-collisions.ts';
import type { AliasLoser } from './alias-collisions.ts';
import { claimedName, collisions } from './collisions.ts';
import type { Loser, NameRules } from './collisions.ts';
import { afterCollisions, givingWay } from './giving-way.ts';
import { spoolLineShape } from './segment-spool.ts';
import { readSpool, SpoolWriter } from './spool.ts';
import { Survey } from './survey.ts';
import { TallyCounter } from './tally.ts';
import type { Tally } from './tally.ts';

/** The spool as the backup was read into it, and what decides about its users. */
export interface UnclassifiedBackup {
  readonly objects: Pick<ObjectStore, 'read' | 'put'>;
  readonly parts: readonly string[];
  /** Key prefix of the objects with classified users; unique per invocation. */
  readonly prefix: string;
  readonly rules: Rules & NameRules;
  readonly firstChunkUsers: number;
  /** Memberships whose user is not in the backup. */
  readonly orphans: number;
  /** The pool that was backed up. */
  readonly sourcePoolId: string;
  /** Of a drill: groups that none of its users is in are left out. */
  readonly groupsOfUsersOnly?: boolean;
}

/** What the looks at everybody gave. */
export interface ClassifiedBackup {
  /** Objects of Classified, in the order of the spool; whether names collide is not in them (`losers`). */
  readonly parts: readonly string[];
  readonly survey: Survey;
  readonly tally: Tally;
  /** Subs of users who give way to another of the same name. */
  readonly losers: readonly string[];
  /** Subs of users who give way to another of the same name, and sign in by their other address. */
  readonly byOtherAddress: readonly string[];
  /** Users who give way to others by aliases only. */
  readonly aliasLosers: readonly AliasLoser[];
}

/**
 * Decides once about every user. Keeps counts, digests of names and aliases, and groups, no users. Where names or aliases
 * collide, what was decided is read again: who gives way depends on everybody else who has the same one.
 */
export async function classifyBackup(backup: UnclassifiedBackup): Promise<ClassifiedBackup> {
  const { objects, rules, orphans, firstChunkUsers, sourcePoolId, groupsOfUsersOnly = false } = backup;
  const spool = new SpoolWriter(objects, backup.prefix);
  const survey = new Survey();
  const names = new NameDigests(rules.caseSensitive);
  // Names and aliases share one space: a preferred_username cannot be somebody's username.
  const logins = rules.aliases.length === 0 ? undefined : new NameDigests(rules.caseSensitive);
  const groups: PoolGroup[] = [];
  const automatic = new Set<string>();
  const ofUsers = new Set<string>();
  let tally = new TallyCounter(orphans, rules);
  for await (const line of readSpool(objects, backup.parts, spoolLineShape)) {
    if ('group' in line) {
      if (isAutomaticGroup(line.group.name, sourcePoolId)) automatic.add(line.group.name);
      else groups.push(line.group);
      continue;
    }
    const own = line.groups.filter((name) => !isAutomaticGroup(name, sourcePoolId));
    const classified = classify({ ...line, groups: own }, rules);
    if (groupsOfUsersOnly) for (const name of own) ofUsers.add(name);
    for (const name of line.groups) if (isAutomaticGroup(name, sourcePoolId)) automatic.add(name);
    survey.add(line, classified);
    tally.add(classified);
    const claimed = claimedName(classified);
    if (claimed !== undefined) names.add(claimed);
    if (classified.way !== 'exclude') {
      const { user } = classified;
      for (const login of logins === undefined ? [] : loginsOf(user, rules)) logins?.add(login);
    }
    spool.add(classified);
    if (spool.large) await spool.flush();
  }
  await spool.flush();
  const { parts } = spool;
  const all = (): AsyncGenerator<Classified> => readSpool(objects, parts, classifiedShape);
  const repeated = names.repeated();
  const { losers, byOtherAddress } = losersAmong(
    repeated === undefined ? [] : await collisions(all(), repeated, rules),
    names,
  );
  const shared = logins?.repeated();
  const aliasLosers =
    shared === undefined ? [] : await aliasCollisions(all(), shared, { ...rules, losers: new Set(losers) });
  if (losers.length + aliasLosers.length + byOtherAddress.length > 0) {
    tally = new TallyCounter(orphans, rules);
    const giving = givingWay(losers, aliasLosers, byOtherAddress);
    for await (const classified of all()) tally.add(afterCollisions(classified, giving, rules));
  }
  const planned = groupsOfUsersOnly ? groups.filter(({ name }) => ofUsers.has(name)) : groups;
  const { counts, ...rest } = tally.result(planned, firstChunkUsers);
  return {
    parts,
    survey,
    tally: { ...rest, counts: { ...counts, automaticGroups: automatic.size } },
    losers,
    byOtherAddress,
    aliasLosers,
  };
}

/** Who gives way takes its other address for a name, where nobody has that. */
function losersAmong(all: readonly Loser[], names: NameDigests): Pick<ClassifiedBackup, 'losers' | 'byOtherAddress'> {
  const taken = new Set<string>();
  const losers: string[] = [];
  const byOtherAddress: string[] = [];
  for (const { sub, other } of all)
    if (other === undefined || names.has(other) || taken.has(other)) losers.push(sub);
    else {
      taken.add(other);
      byOtherAddress.push(sub);
    }
  return { losers, byOtherAddress };
}

/** All values by which a user would sign in, each once. */
const loginsOf = (user: Parameters<typeof aliasesOf>[0], rules: Parameters<typeof aliasesOf>[1]): Set<string> =>
  new Set([user.name, ...aliasesOf(user, rules).map(([, key]) => key)]);
