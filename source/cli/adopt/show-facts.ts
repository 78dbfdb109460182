import type { LegacyFacts } from '../../domain/adopt/legacy-survey.ts';
import { countsText, totalOf } from '../../domain/backup/counts.ts';
import { counted, countedAs, number } from '../../domain/counted.ts';
import { duration } from '../../domain/workflow/notices/text.ts';
import type { Block } from '../output/output.ts';

const SIGN_IN = [
  ['username', 'user name'],
  ['email', 'e-mail address'],
  ['phone_number', 'phone number'],
  ['other', 'none of their values'],
] as const;

const DAY_MS = 86_400_000;
/** The retired solution exported every 30 days at the least. */
const LONG_AGO_MS = 31 * DAY_MS;

/** From two days on nobody counts hours. */
const timeOf = (ms: number): string => (ms < 2 * DAY_MS ? duration(ms) : counted(Math.floor(ms / DAY_MS), 'day'));

/** What a table holds, in counts. */
export function factBlocks(
  facts: LegacyFacts,
  { table, now }: { readonly table: string; readonly now: number },
): Block[] {
  const { exportedAt, adopted, signIn } = facts;
  const names = SIGN_IN.filter(([kind]) => signIn[kind] > 0).map(([kind, text]) => `${text} ${number(signIn[kind])}`);
  const age = now - Date.parse(exportedAt);
  const lines = [
    ...(age > LONG_AGO_MS
      ? [
          `The last complete export is ${timeOf(age)} old: who signed up since is not in it, and who changed or was deleted since is as then.`,
        ]
      : []),
    ...remarks(facts),
  ];
  return [
    {
      heading: `Backup table of the retired solution: ${table}`,
      rows: [
        { label: 'last complete export', value: `${exportedAt}, ${timeOf(age)} ago` },
        { label: 'users', value: number(adopted.users) },
        { label: 'groups', value: number(adopted.groups) },
        { label: 'memberships', value: number(adopted.memberships) },
        { label: 'users sign in by', value: names.length === 0 ? 'nobody does' : names.join(', ') },
      ],
    },
    ...(lines.length === 0 ? [] : [{ heading: 'Remarkable', lines }]),
  ];
}

/** Sentences about what is not as one would expect; nothing of it keeps the rest from being restored. */
function remarks(facts: LegacyFacts): string[] {
  const { older, newer, withOlder, olderNamesTaken, adopted } = facts;
  const about: readonly (readonly [count: number, text: (count: number) => string])[] = [
    [
      totalOf(older),
      () =>
        `${countsText(older)} ${totalOf(older) === 1 ? 'is' : 'are'} older than the last complete export, left over by a clean-up that did not end: ${
          withOlder
            ? `taken, too${olderNamesTaken === 0 ? '' : `, but for ${countedAs(olderNamesTaken, 'user', ['whose sign-in name', 'whose sign-in names'])} somebody else has by now`}`
            : 'left out, unless --with-older is given'
        }.`,
    ],
    [
      totalOf(newer),
      () =>
        `${countsText(newer)} ${totalOf(newer) === 1 ? 'was' : 'were'} confirmed after the last complete export: one of the retired solution is under way, or has failed. They are taken; if it runs, wait for its end and repeat this.`,
    ],
    [
      facts.replaced,
      (count) =>
        `${countedAs(count, 'user', ['has a sign-in name', 'have sign-in names'])} that somebody else has by now, as that later export found: left out.`,
    ],
    [
      facts.membershipsWithoutUser,
      (count) => `${countedAs(count, 'membership', ['has', 'have'])} no user: reported by a restore, and not made.`,
    ],
    [
      facts.groupsWithoutItem,
      (count) =>
        `${countedAs(count, 'group', ['is', 'are'])} there by members only: without description and precedence.`,
    ],
    [
      facts.bothAddresses,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} an e-mail address and a phone number, and others sign in by either: the sign-in name of the table is taken for the address by which each of them does. The retired solution took no pools with both kinds, so try some of them before the restore, and look at the dry run.`,
    ],
    [
      facts.sharedNames,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} a sign-in name that another one has, too: one of each comes back.`,
    ],
    [
      facts.sharedByCase,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} a sign-in name that another one has in another case: a pool that does not tell case apart takes one of each.`,
    ],
    [
      facts.otherNames,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} a sign-in name of another kind than most, or of none: restored under the name that the others have, where there is one.`,
    ],
    [
      facts.unreadable,
      (count) => `${countedAs(count, 'user', ['lacks', 'lack'])} attributes, username or status: not restored.`,
    ],
    [
      facts.unreadableValues,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} an attribute, or the flag for disabled users, in a form that nobody can read: restored without it (disabled), and named by the restore.`,
    ],
    [
      facts.federated,
      (count) =>
        `${countedAs(count, 'user', ['comes', 'come'])} from an identity provider: not restored; they return with their next sign-in.`,
    ],
    [
      facts.unconfirmed,
      (count) =>
        `${countedAs(count, 'user', ['has', 'have'])} never confirmed the sign-up: restored with RestoreUnconfirmed only.`,
    ],
    [facts.disabled, (count) => `${countedAs(count, 'user', ['is', 'are'])} disabled, and will be.`],
    [
      facts.emptyDescriptions,
      (count) => `${countedAs(count, 'group', ['has', 'have'])} an empty description: restored without one.`,
    ],
    [
      facts.unreadableGroups,
      (count) =>
        `${countedAs(count, 'group', ['has', 'have'])} a description or precedence that cannot be read: restored without.`,
    ],
    [
      facts.impossibleGroups,
      (count) =>
        `${countedAs(count, 'group', ['has a name', 'have names'])} that Cognito does not take: not restored, nor are its memberships.`,
    ],
    [
      facts.ofOthers,
      (count) => `${countedAs(count, 'item', ['is', 'are'])} of another installation of the solution: left out.`,
    ],
    [
      facts.foreign,
      (count) => `${countedAs(count, 'item', ['is', 'are'])} nothing that the solution writes: left out.`,
    ],
  ];
  return [
    ...about.filter(([count]) => count > 0).map(([count, text]) => text(count)),
    ...(totalOf(adopted) === 0 ? [`There is nothing to adopt: ${counted(0, 'user')}.`] : []),
  ];
}

/** For machines, in their spelling. */
export const factData = (facts: LegacyFacts): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`),
      value,
    ]),
  );
