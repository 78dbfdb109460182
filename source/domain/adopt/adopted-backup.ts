import { noCounts } from '../backup/counts.ts';
import { contentHash, sha256 } from '../backup/hashing.ts';
import { subOfKey } from '../backup/items.ts';
import { SCHEMA_VERSION, NO_COUNTS } from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest.ts';
import { ItemTally, noContent } from '../backup/tally.ts';
import { isPossibleName } from '../model.ts';
import type { TableItem } from '../ports.ts';
import { adoptedMembership } from './legacy-item.ts';
import { signInNameOf, UserSurvey } from './legacy-survey.ts';
import type { LegacyFacts, Remarkable } from './legacy-survey.ts';
import { allOf, namesReplaced, namesTaken } from './name-owners.ts';
import type { PackedItems } from './packed-items.ts';
import { poolNamedIn, usernameAttributesOf, withAddressKind } from './pool-of-table.ts';
import type { LegacyContent } from './read-legacy.ts';

/** A backup that was made of a 1.x table: what is known of it, and its items. */
export interface AdoptedBackup {
  readonly facts: LegacyFacts;
  /** Without a snapshot; the run's id follows from the content, so that the same content always has the same. */
  readonly manifest: Manifest;
  /** The items by segment, in the order in which a snapshot has them: memberships of a user before the user. */
  readonly segments: readonly (() => Generator<TableItem, void, undefined>)[];
}

/** What decides about the content. */
export interface AdoptionRules {
  /** Takes what the last complete export did not confirm, too, but for users whose name somebody else has by now. */
  readonly withOlder: boolean;
  readonly softwareVersion: string;
  /** Is told of everybody whom a fact is about. */
  readonly tell?: (about: Remarkable) => void;
}

const OLDER = 'not confirmed by the last complete export';
const REPLACED = 'another user has the sign-in name by now, as a later export found';

/** Makes a backup of what a 1.x table holds, and says what that is. */
export function adoptedBackup(content: LegacyContent, rules: AdoptionRules): AdoptedBackup {
  const { withOlder, softwareVersion, tell = () => undefined } = rules;
  const taken = namesTaken(content);
  const replacedNames = namesReplaced(content);
  const groups = new Map([...(withOlder ? content.olderGroups : []), ...content.groups]);
  const memberships = withOlder ? merged(content.memberships, content.olderMemberships) : content.memberships;
  let olderNamesTaken = 0;
  function* olderUsers(): Generator<TableItem, void, undefined> {
    for (const user of content.olderUsers.all()) if (!taken.has(signInNameOf(user).toLowerCase())) yield user;
  }
  for (const user of content.olderUsers.all()) {
    const isTaken = taken.has(signInNameOf(user).toLowerCase());
    if (isTaken) olderNamesTaken += 1;
    tell({
      sub: subOfKey(user),
      signInName: signInNameOf(user),
      group: '',
      found: isTaken ? `${OLDER}, and another user has the sign-in name` : OLDER,
    });
  }
  let replaced = 0;
  for (const user of replacedNames.size === 0 ? [] : allOf(content.users))
    if (replacedNames.has(signInNameOf(user))) {
      replaced += 1;
      tell({ sub: subOfKey(user), signInName: signInNameOf(user), group: '', found: REPLACED });
    }
  const totals = noContent();
  const tally = new ItemTally(totals);
  const withUser = new Set<string>();
  const isThere = (user: TableItem): boolean => !replacedNames.has(signInNameOf(user));
  const stored = [
    ...content.users.map((users, segment) => () => both(kept(users.all(), isThere), content.newerUsers[segment])),
    ...(withOlder ? [olderUsers] : []),
  ];
  const usernameAttributes = usernameAttributesOf(stored);
  const usersOf =
    usernameAttributes.length < 2 ? stored : stored.map((users) => () => mapped(users(), withAddressKind));
  const sharedBy = (repeated: ((name: string) => boolean) | undefined) => (name: string) =>
    repeated?.(name) === true && !replacedNames.has(name);
  const survey = new UserSurvey(
    usernameAttributes.length > 0,
    sharedBy(content.names.repeated()),
    sharedBy(content.foldedNames.repeated()),
    tell,
  );
  for (const users of usersOf)
    for (const user of users()) {
      survey.add(user);
      tally.add(user);
      const sub = subOfKey(user);
      if (memberships.has(sub)) withUser.add(sub);
    }
  let membershipsWithoutUser = 0;
  const byMembersOnly = new Set<string>();
  for (const [sub, names] of memberships)
    for (const group of names) {
      tally.add(adoptedMembership(sub, group));
      if (!groups.has(group)) byMembersOnly.add(group);
      if (withUser.has(sub)) continue;
      membershipsWithoutUser += 1;
      tell({ sub, signInName: '', group, found: 'a membership without its user' });
    }
  for (const group of groups.values()) tally.add(group);
  tally.settle();
  const impossible = [...groups.keys(), ...byMembersOnly].filter((name) => !isPossibleName(name));
  for (const [names, found] of [
    [impossible, 'a group of a name that Cognito does not take'],
    [content.unreadableGroups, 'a group whose description or precedence cannot be read'],
  ] as const)
    for (const group of names) tell({ sub: '', signInName: '', group, found });

  const exportedAt = new Date(content.last.exportedAt).toISOString();
  const runId = `${exportedAt.replaceAll(/[-:]|\.\d+/g, '')}-${sha256([...totals.checksums, JSON.stringify(totals.counts)].join()).toString('hex', 0, 4)}`;
  const sealed = (item: TableItem): TableItem => ({ ...item, contentHash: contentHash(item), changedIn: runId });
  const sealedMemberships = (sub: string): TableItem[] =>
    [...(memberships.get(sub) ?? [])].sort().map((group) => sealed(adoptedMembership(sub, group)));
  function* usersAndMemberships(users: () => Iterable<TableItem>): Generator<TableItem, void, undefined> {
    for (const user of users()) {
      yield* sealedMemberships(subOfKey(user));
      yield sealed(user);
    }
  }
  function* others(): Generator<TableItem, void, undefined> {
    for (const group of groups.values()) yield sealed(group);
    for (const sub of memberships.keys()) if (!withUser.has(sub)) yield* sealedMemberships(sub);
  }
  const manifest: Manifest = {
    runId,
    userPoolId: poolNamedIn([...groups.keys(), ...byMembersOnly]),
    poolSettings: {
      usernameAttributes,
      aliasAttributes: [],
      caseSensitive: true,
      autoVerifiedAttributes: [],
      mfaConfiguration: 'OFF',
      schema: survey.schema,
      triggers: [],
    },
    counts: { ...totals.counts },
    checksums: totals.checksums,
    added: { ...totals.counts },
    changed: NO_COUNTS,
    deleted: NO_COUNTS,
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
    startedAt: exportedAt,
    endedAt: exportedAt,
    softwareVersion,
    schemaVersion: SCHEMA_VERSION,
    origin: '1.x',
  };
  return {
    manifest,
    segments: [others, ...usersOf.map((users) => () => usersAndMemberships(users))],
    facts: {
      ...survey.facts,
      exportedAt,
      older: { ...content.older },
      newer: { ...content.newer },
      withOlder,
      olderNamesTaken,
      adopted: { ...noCounts(), ...totals.counts },
      membershipsWithoutUser,
      groupsWithoutItem: byMembersOnly.size,
      emptyDescriptions: content.emptyDescriptions,
      unreadableGroups: content.unreadableGroups.length,
      impossibleGroups: impossible.length,
      replaced,
      ofOthers: content.ofOthers,
      foreign: content.foreign,
    },
  };
}

function* kept<T>(values: Iterable<T>, keeps: (value: T) => boolean): Generator<T, void, undefined> {
  for (const value of values) if (keeps(value)) yield value;
}

function* both(some: Iterable<TableItem>, more: PackedItems | undefined): Generator<TableItem, void, undefined> {
  yield* some;
  if (more !== undefined) yield* more.all();
}

function* mapped<T>(values: Iterable<T>, change: (value: T) => T): Generator<T, void, undefined> {
  for (const value of values) yield change(value);
}

function merged(one: LegacyContent['memberships'], other: LegacyContent['memberships']): LegacyContent['memberships'] {
  const both = new Map(one);
  for (const [sub, names] of other) both.set(sub, [...new Set([...(both.get(sub) ?? []), ...names])]);
  return both;
}
