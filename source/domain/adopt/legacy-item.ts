import { groupKey, membershipKey, userKey } from '../backup/items.ts';
import type { Counts } from '../backup/manifest.ts';
import type { ItemKey, TableItem } from '../ports.ts';

/**
 * The items of a table of the retired solution (1.x). Its keys carry a constant of the installation where ours have a
 * word; a membership lies under its group, and every item but the time of the last export says when an export confirmed it.
 */
const TIME_ID = 'latest-export-timestamp';
const TIME_TYPE = 'SYNC_TIMESTAMP-';
const USER = 'USER-';
const GROUP = 'GROUP-';
const MEMBER = 'GROUP_MEMBER-';

/** Hash key of the item by which such a table is told, and which holds the time of its last complete export. */
export const LEGACY_TIME_ID = TIME_ID;

/** The last complete export of a 1.x table. */
export interface LegacyExport {
  /** Ends the keys of this installation's items. */
  readonly installation: string;
  /** When it began, in milliseconds since the epoch: what it confirmed bears just this time. */
  readonly exportedAt: number;
}

/** The last complete export by such an item; undefined when it is none. */
export function legacyExportIn({ id, type, latestExportTimestamp }: TableItem): LegacyExport | undefined {
  const exportedAt = wholeNumber(latestExportTimestamp);
  return id === TIME_ID && type.startsWith(TIME_TYPE) && isTime(exportedAt)
    ? { installation: type.slice(TIME_TYPE.length), exportedAt }
    : undefined;
}

/** A number that somebody's tool wrote back as text is what it says. */
const wholeNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;

/** The end of the year 9999: what is later is no time that a run can be named by. */
const LATEST_TIME = 253_402_300_799_999;
const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= LATEST_TIME;

/** Where an item stands to the last complete export: what is older was not confirmed by it, what is newer by a later one. */
export type LegacyAge = 'current' | 'older' | 'newer';

/** An item of a 1.x table in today's form, without its content hash and run. */
export type AdoptedItem = { readonly age: LegacyAge } & (
  | { readonly kind: 'user'; readonly sub: string; readonly item: TableItem }
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly item: TableItem;
      readonly emptyDescription: boolean;
      /** Has a description or precedence that cannot be read, and is adopted without. */
      readonly unreadable: boolean;
    }
  | { readonly kind: 'membership'; readonly sub: string; readonly group: string }
);

/** Reads an item; undefined for one that is not of this installation's users, groups and memberships, or has no name. */
export function adoptedItem(stored: TableItem, last: LegacyExport): AdoptedItem | undefined {
  const { id, type } = stored;
  const age = ageOf(stored, last);
  const sub = type.slice(MEMBER.length);
  if (id.startsWith(MEMBER) && type.startsWith(MEMBER) && id !== MEMBER && sub !== '')
    return { kind: 'membership', age, sub, group: id.slice(MEMBER.length) };
  if (id.startsWith(USER) && type === USER + last.installation)
    return { age, ...userOf(id.slice(USER.length), stored) };
  if (id.startsWith(GROUP) && type === GROUP + last.installation && id !== GROUP)
    return { age, ...groupOf(id.slice(GROUP.length), stored) };
  return undefined;
}

/** An item of another installation of the retired solution: of the same form, with another constant in its key. */
export const isOfAnotherInstallation = ({ id, type }: ItemKey, { installation }: LegacyExport): boolean =>
  [
    [USER, USER],
    [GROUP, GROUP],
    [TIME_ID, TIME_TYPE],
  ].some(
    ([ofId = '', ofType = '']) => id.startsWith(ofId) && type.startsWith(ofType) && type !== ofType + installation,
  );

/** What nothing confirmed is taken for as old as can be. */
function ageOf({ lastConfirmedInUserPool }: TableItem, { exportedAt }: LegacyExport): LegacyAge {
  const confirmed = wholeNumber(lastConfirmedInUserPool);
  if (!isTime(confirmed) || confirmed < exportedAt) return 'older';
  return confirmed === exportedAt ? 'current' : 'newer';
}

/** What is no text or flag is kept as it is: the restore tells of it, as of any damaged item. */
function userOf(sub: string, stored: TableItem): Omit<Extract<AdoptedItem, { readonly kind: 'user' }>, 'age'> {
  const { username, pseudoUsername, userAttributes, userEnabled, userStatus } = stored;
  const attributes = attributesOf(userAttributes);
  const signInName = typeof pseudoUsername === 'string' ? pseudoUsername : '';
  return {
    kind: 'user',
    sub,
    item: {
      ...userKey(sub),
      username,
      ...(signInName === '' || signInName === username ? {} : { signInName }),
      ...(attributes === undefined ? {} : { attributes }),
      enabled: userEnabled,
      status: userStatus,
    },
  };
}

/** Stands for the name of an attribute that has none. */
const NO_NAME = '(none)';

/** One that has no name, or is there twice with two values, has none that can be read: the restore says that it is lost. */
function attributesOf(stored: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!Array.isArray(stored)) return undefined;
  const attributes = new Map<string, unknown>();
  for (const one of stored as readonly unknown[]) {
    const { Name, Value } = (one ?? {}) as { readonly Name?: unknown; readonly Value?: unknown };
    if (typeof Name !== 'string' || Name === '') attributes.set(NO_NAME, null);
    else if (attributes.has(Name) && attributes.get(Name) !== Value) attributes.set(Name, null);
    else if (Value !== undefined) attributes.set(Name, Value);
  }
  return Object.fromEntries(attributes);
}

function groupOf(name: string, stored: TableItem): Omit<Extract<AdoptedItem, { readonly kind: 'group' }>, 'age'> {
  const { groupDescription, groupPrecedence } = stored;
  const description = groupDescription ?? '';
  const precedence = wholeNumber(groupPrecedence ?? undefined);
  const isText = typeof description === 'string';
  const isPrecedence = Number.isSafeInteger(precedence) && (precedence as number) >= 0;
  return {
    kind: 'group',
    name,
    emptyDescription: groupDescription === '',
    unreadable: !isText || (precedence !== undefined && !isPrecedence),
    item: {
      ...groupKey(name),
      groupName: name,
      ...(isText && description !== '' ? { description } : {}),
      ...(isPrecedence ? { precedence } : {}),
    },
  };
}

/** A membership in today's form, without its content hash and run. */
export const adoptedMembership = (sub: string, group: string): TableItem => ({
  ...membershipKey(sub, group),
  groupName: group,
});

/** The member of Counts that counts a kind. */
export const countOf = ({ kind }: Pick<AdoptedItem, 'kind'>): keyof Counts => `${kind}s`;
