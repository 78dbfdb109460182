import { noCounts } from '../backup/counts.ts';
import { contentHash, sha256 } from '../backup/hashing.ts';
import { SCHEMA_VERSION, NO_COUNTS } from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest.ts';
import { UNKNOWN_POOL } from '../backup/source-pool.ts';
import { ItemTally, noContent } from '../backup/tally.ts';
import type { ContactAttribute } from '../model.ts';
import type { TableItem } from '../ports.ts';
import { adoptedMembership } from './legacy-item.ts';
import { kindOf, signInNameOf, UserSurvey } from './legacy-survey.ts';
import type { LegacyFacts, Remarkable } from './legacy-survey.ts';
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

/** Makes a backup of what a 1.x table holds, and says what that is. */
export function adoptedBackup(content: LegacyContent, rules: AdoptionRules): AdoptedBackup {
  const { withOlder, softwareVersion, tell = () => undefined } = rules;
  const taken = namesTaken(content);
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
      sub: user.id.slice('USER#'.length),
      signInName: signInNameOf(user),
      group: '',
      found: isTaken ? `${OLDER}, and another user has the sign-in name` : OLDER,
    });
  }
  const survey = new UserSurvey(content.names.repeated(), content.foldedNames.repeated(), tell);
  const totals = noContent();
  const tally = new ItemTally(totals);
  const withUser = new Set<string>();
  const stored = content.users.map((users) => () => users.all());
  if (withOlder) stored.push(olderUsers);
  const kinds = contactKinds(stored);
  const usersOf = kinds.size < 2 ? stored : stored.map((users) => () => mapped(users(), withAddressKind));
  for (const users of usersOf)
    for (const user of users()) {
      survey.add(user);
      tally.add(user);
      const sub = user.id.slice('USER#'.length);
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

  const exportedAt = new Date(content.last.exportedAt).toISOString();
  const runId = `${exportedAt.replaceAll(/[-:]|\.\d+/g, '')}-${sha256([...totals.checksums, JSON.stringify(totals.counts)].join()).toString('hex', 0, 4)}`;
  const sealed = (item: TableItem): TableItem => ({ ...item, contentHash: contentHash(item), changedIn: runId });
  const sealedMemberships = (sub: string): TableItem[] =>
    [...(memberships.get(sub) ?? [])].sort().map((group) => sealed(adoptedMembership(sub, group)));
  function* usersAndMemberships(users: () => Iterable<TableItem>): Generator<TableItem, void, undefined> {
    for (const user of users()) {
      yield* sealedMemberships(user.id.slice('USER#'.length));
      yield sealed(user);
    }
  }
  function* others(): Generator<TableItem, void, undefined> {
    for (const group of groups.values()) yield sealed(group);
    for (const sub of memberships.keys()) if (!withUser.has(sub)) yield* sealedMemberships(sub);
  }
  const { signIn } = survey.facts;
  const manifest: Manifest = {
    runId,
    userPoolId: poolNamedIn([...groups.keys(), ...byMembersOnly]),
    poolSettings: {
      usernameAttributes: (['email', 'phone_number'] satisfies ContactAttribute[]).filter((name) => signIn[name] > 0),
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
      foreign: content.foreign,
    },
  };
}

/** The kinds of addresses by which somebody signs in. */
function contactKinds(users: readonly (() => Iterable<TableItem>)[]): ReadonlySet<ContactAttribute> {
  const kinds = new Set<ContactAttribute>();
  for (const some of users)
    for (const user of some()) {
      const kind = kindOf(signInNameOf(user), user);
      if (kind === 'email' || kind === 'phone_number') kinds.add(kind);
    }
  return kinds;
}

/** In a pool of both kinds the table's sign-in name tells by which of two addresses the user signs in (see UserItem). */
function withAddressKind(user: TableItem): TableItem {
  const kind = kindOf(signInNameOf(user), user);
  return kind === 'email' || kind === 'phone_number' ? { ...user, signsInBy: kind } : user;
}

function* mapped<T>(values: Iterable<T>, change: (value: T) => T): Generator<T, void, undefined> {
  for (const value of values) yield change(value);
}

function merged(one: LegacyContent['memberships'], other: LegacyContent['memberships']): LegacyContent['memberships'] {
  const both = new Map(one);
  for (const [sub, names] of other) both.set(sub, [...new Set([...(both.get(sub) ?? []), ...names])]);
  return both;
}

/** Of the older users' sign-in names those that a user of the last export has: few, so that they fit into memory. */
function namesTaken({ users, olderUsers }: LegacyContent): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const user of olderUsers.all()) wanted.add(signInNameOf(user).toLowerCase());
  const taken = new Set<string>();
  if (wanted.size > 0)
    for (const segment of users)
      for (const user of segment.all()) {
        const name = signInNameOf(user).toLowerCase();
        if (wanted.has(name)) taken.add(name);
      }
  return taken;
}

/** Cognito's own groups of identity providers are called `<pool id>_<provider>`: the only place that names the pool. */
const OF_PROVIDER = /^([a-z]{2,}(?:-[a-z]+)+-\d{1,2}_[0-9A-Za-z]{1,40})_./;

function poolNamedIn(groups: readonly string[]): string {
  const pools = new Set(groups.flatMap((name) => OF_PROVIDER.exec(name)?.[1] ?? []));
  const [only, ...more] = pools;
  return only === undefined || more.length > 0 ? UNKNOWN_POOL : only;
}
