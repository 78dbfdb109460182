import type { PoolGroup, PoolUser } from '../../model.ts';
import { couldGetCode, hasValue } from './attributes.ts';
import type { AttributeRules } from './attributes.ts';
import type { AttributeWanted, Decision, GroupDecision, MembershipDecision, UserDecision } from './decisions.ts';
import type { Members } from './find-members.ts';
import { HAS_ROLE, isSetting } from './group-settings.ts';
import type { UndoEntry, UndoEntryOf } from './undo-file.ts';

/** What an undo is decided from. */
export interface UndoBasis {
  readonly entries: readonly UndoEntry[];
  readonly settings: AttributeRules;
  readonly accounts: readonly PoolUser[];
  readonly poolGroups: ReadonlyMap<string, PoolGroup>;
  readonly members: Members;
  /** By group, of the map that the undo was started with. */
  readonly roles: ReadonlyMap<string, string>;
}

type OfUser = UndoEntryOf<'attribute' | 'enabled'>;

const STAYS = 'was created by the selection, and stays';
const UNPROVEN = 'it was not verified before, so that Cognito could send a code to it';
const GONE = 'the account is not in the pool any more';

/** The accounts that an undo is about. */
export const accountsToUndo = (entries: readonly UndoEntry[]): readonly string[] => [
  ...new Set(entries.flatMap((entry) => ('poolSub' in entry ? [entry.poolSub] : []))),
];

/** The groups whose members an undo has to know. */
export const groupsToUndo = (entries: readonly UndoEntry[]): readonly string[] => [
  ...new Set(entries.flatMap((entry) => (entry.kind === 'membership' ? [entry.group] : []))),
];

/** Decides what is put back: what the pool still holds as it was written. What was created stays and is listed. */
export function decideUndo(basis: UndoBasis): Decision[] {
  const { entries } = basis;
  const bySub = new Map(basis.accounts.map((account) => [account.sub, account]));
  const users = together(
    entries.filter((entry): entry is OfUser => entry.kind === 'attribute' || entry.kind === 'enabled'),
    ({ poolSub }) => poolSub,
  );
  const groups = together(
    entries.filter((entry): entry is UndoEntryOf<'group'> => entry.kind === 'group'),
    ({ group }) => group,
  );
  return [
    ...[...groups].map(([group, settings]) => undoGroup(group, settings, basis)),
    ...entries.flatMap((entry): GroupDecision[] =>
      entry.kind === 'createdGroup'
        ? [{ kind: 'group', group: entry.group, run: '', result: 'skipped', what: STAYS }]
        : [],
    ),
    ...[...users].map(([poolSub, values]) => undoUser(values, bySub.get(poolSub), basis)),
    ...entries.flatMap((entry): UserDecision[] =>
      entry.kind === 'createdUser'
        ? [{ kind: 'user', sub: entry.sub, name: entry.name, run: '', result: 'skipped', what: STAYS }]
        : [],
    ),
    ...entries.flatMap((entry): UserDecision[] =>
      entry.kind === 'link'
        ? [
            {
              kind: 'user',
              sub: entry.sub,
              name: entry.name,
              poolSub: entry.poolSub,
              run: '',
              result: 'skipped',
              what: `was linked to the identity provider ${entry.provider} by the selection, and stays so: AdminDisableProviderForUser takes a link off`,
            },
          ]
        : [],
    ),
    ...entries
      .filter((entry): entry is UndoEntryOf<'membership'> => entry.kind === 'membership')
      .map((entry) => undoMembership(entry, bySub.get(entry.poolSub), basis)),
  ];
}

function together<T>(entries: readonly T[], keyOf: (entry: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const entry of entries) {
    const same = found.get(keyOf(entry));
    if (same === undefined) found.set(keyOf(entry), [entry]);
    else same.push(entry);
  }
  return found;
}

function undoGroup(
  group: string,
  settings: readonly UndoEntryOf<'group'>[],
  { poolGroups, roles }: UndoBasis,
): GroupDecision {
  const about = { kind: 'group', group, run: '' } as const;
  const there = poolGroups.get(group);
  if (there === undefined) return { ...about, result: 'gone', what: 'the group is not in the pool any more' };
  const still = settings.filter((setting) => isSetting(there, setting, setting.after));
  const isOther = (setting: UndoEntryOf<'group'>): boolean =>
    ![setting.after, setting.before].some((value) => isSetting(there, setting, value));
  const changed = settings.filter(isOther).map(({ field }) => field);
  // One that cannot be put back costs itself only.
  const kept = still.flatMap((setting) => {
    const why = there.roleArn === undefined || there.roleArn === roles.get(group) ? whyKept(setting) : HAS_ROLE;
    return why === undefined ? [] : [{ setting, why: `${setting.field} left: ${why}` }];
  });
  const put = still.filter((setting) => kept.every((one) => one.setting !== setting));
  const back = put.map(({ field }) => field);
  return {
    ...about,
    result: resultOf(kept, changed),
    what: inWords(
      back,
      changed,
      kept.map(({ why }) => why),
    ),
    ...(put.length === 0
      ? {}
      : {
          set: put.map(({ field, before, after }) => ({ field, before: after, after: before, replaces: after })),
          ...(there.roleArn === undefined ? {} : { keepsRole: there.roleArn }),
        }),
  };
}

const whyKept = ({ field, before }: UndoEntryOf<'group'>): string | undefined =>
  field === 'precedence' && before === null
    ? 'Cognito takes no precedence away, and the group had none before'
    : undefined;

const resultOf = (kept: readonly unknown[], changed: readonly string[]): 'failed' | 'changedSince' | 'undone' => {
  if (kept.length > 0) return 'failed';
  return changed.length > 0 ? 'changedSince' : 'undone';
};

const inWords = (back: readonly string[], changed: readonly string[], kept: readonly string[]): string =>
  [
    ...(back.length === 0 ? [] : [back.join(', ')]),
    ...(changed.length === 0 ? [] : [`${changed.join(', ')} changed since and left`]),
    ...kept,
  ].join('; ');

function undoUser(values: readonly OfUser[], account: PoolUser | undefined, { settings }: UndoBasis): UserDecision {
  const { sub, name, poolSub } = values[0] as OfUser;
  const about = { kind: 'user', sub, name, poolSub, run: '' } as const;
  if (account === undefined) return { ...about, result: 'gone', what: GONE };
  const attributes: AttributeWanted[] = [];
  const changed: string[] = [];
  let enabled: boolean | undefined;
  for (const value of values) {
    if (value.kind === 'enabled') {
      if (account.enabled === value.after) enabled = value.before;
    } else if (isAsWritten(value, values, account))
      attributes.push({ name: value.attribute, value: value.before, replaces: value.after });
    else if (!hasValue(account, value.attribute, value.before)) changed.push(value.attribute);
  }
  const unproven = couldGetCode(attributes, settings);
  const put = attributes.filter(
    (wanted) => ![wanted.name, partnerOf(wanted.name)].some((one) => unproven.includes(one)),
  );
  const back = [...put.map((wanted) => wanted.name), ...(enabled === undefined ? [] : ['enabled'])];
  return {
    ...about,
    result: resultOf(unproven, changed),
    what: inWords(
      back,
      changed,
      unproven.map((address) => `${address} left: ${UNPROVEN}`),
    ),
    ...(back.length === 0 ? {} : { set: { attributes: put, ...(enabled === undefined ? {} : { enabled }) } }),
  };
}

/**
 * An address and its flag are one: where one of them was changed since, neither is put back. Whoever went back to the earlier
 * address by hand may have proved it.
 */
const isAsWritten = ({ attribute }: UndoEntryOf<'attribute'>, values: readonly OfUser[], account: PoolUser): boolean =>
  values.every(
    (value) =>
      value.kind === 'enabled' ||
      ![attribute, partnerOf(attribute)].includes(value.attribute) ||
      hasValue(account, value.attribute, value.after),
  );

const VERIFIED = '_verified';
const partnerOf = (name: string): string =>
  name.endsWith(VERIFIED) ? name.slice(0, -VERIFIED.length) : `${name}${VERIFIED}`;

function undoMembership(
  { sub, name, poolSub, group, before }: UndoEntryOf<'membership'>,
  account: PoolUser | undefined,
  { poolGroups, members }: UndoBasis,
): MembershipDecision {
  const about = { kind: 'membership', sub, name, poolSub, group, run: '' } as const;
  if (account === undefined) return { ...about, result: 'gone', what: GONE };
  if (!poolGroups.has(group)) return { ...about, result: 'gone', what: 'the group is not in the pool any more' };
  // Whoever left since, or joined, is so already: nobody can tell whether by somebody's hand.
  if (members.has(group, poolSub) === before) return { ...about, result: 'changedSince', what: 'it is so already' };
  return { ...about, result: 'undone', what: '', op: before ? 'add' : 'remove' };
}
