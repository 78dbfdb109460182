import * as v from 'valibot';
import type { ContactAttribute, PoolGroup, PoolUser, SignInAttribute } from '../model.ts';
import type { ItemKey, TableItem } from '../ports.ts';
import { contentHash } from './hashing.ts';

/**
 * The backup table's items (hash key `id`, range key `type`). A user and all of its memberships share one `id`, so that
 * a scan segment always sees them together.
 */
const USER_TYPE = 'PROFILE';
const GROUP_TYPE = 'GROUP';
const MEMBER_OF = 'MEMBER_OF#';
const USER = 'USER#';
const GROUP = 'GROUP#';

/** Of ItemKey, where it is part of a checkpoint. */
export const itemKeyShape = v.object({ id: v.string(), type: v.string() });

/** Key of a user by `sub`, which never changes and is never given to somebody else. */
export const userKey = (sub: string): ItemKey => ({ id: USER + sub, type: USER_TYPE });
/** Key of a membership: the id of its user, so that both lie in one segment. */
export const membershipKey = (sub: string, group: string): ItemKey => ({ id: USER + sub, type: MEMBER_OF + group });
/** Key of a group; a group has no other id than its name. */
export const groupKey = (name: string): ItemKey => ({ id: GROUP + name, type: GROUP_TYPE });

/** One text per key, for maps and digests; NUL cannot occur in Cognito's names. */
export const keyText = ({ id, type }: ItemKey): string => `${id}\u0000${type}`;

/** What the content of a backup consists of. */
export type ItemKind = 'user' | 'membership' | 'group';

/** What an item is; undefined for the run's own records (manifest, markers, leases). */
export function itemKind({ id, type }: ItemKey): ItemKind | undefined {
  if (id.startsWith(USER)) return type === USER_TYPE ? 'user' : type.startsWith(MEMBER_OF) ? 'membership' : undefined;
  return id.startsWith(GROUP) && type === GROUP_TYPE ? 'group' : undefined;
}

/** The `sub` of a user or membership item. */
export const subOfKey = ({ id }: ItemKey): string => id.slice(USER.length);
/** The name in a group's key. */
export const groupNameOf = ({ id }: ItemKey): string => id.slice(GROUP.length);
/** The group's name in a membership's key. */
export const groupOf = ({ type }: ItemKey): string => type.slice(MEMBER_OF.length);

/** The group's name in its own key. */
export const groupNameOfKey = ({ id }: ItemKey): string => id.slice(GROUP.length);

/** A user with all attributes that ListUsers showed. */
export interface UserItem extends ItemKey, Record<string, unknown> {
  readonly username: string;
  /** Value of the pool's username attribute, where it has exactly one and the user has a value. Never read: it goes when the format of the items changes. */
  readonly signInName?: string;
  /** By which of its addresses the user signs in; only in pools with two username attributes, and where it is known. */
  readonly signsInBy?: ContactAttribute;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: string;
  readonly created: string;
  readonly modified: string;
  /** See contentHash. */
  readonly contentHash: string;
  /** Export run that wrote the item last. */
  readonly changedIn: string;
}

/** That a user is in a group; a membership has no content besides its key. */
export interface MembershipItem extends ItemKey, Record<string, unknown> {
  readonly groupName: string;
  readonly contentHash: string;
  readonly changedIn: string;
}

/** A group as ListGroups showed it. */
export interface GroupItem extends ItemKey, Record<string, unknown> {
  readonly groupName: string;
  readonly description?: string;
  readonly precedence?: number;
  readonly roleArn?: string;
  readonly contentHash: string;
  readonly changedIn: string;
}

const sealedWithHash = <T extends TableItem>(item: Omit<T, 'contentHash' | 'changedIn'> & ItemKey, runId: string): T =>
  ({ ...item, contentHash: contentHash(item), changedIn: runId }) as unknown as T;

/** The item of a listed user, as the run writes it. `signsInBy`: see UserItem. */
export function userItem(
  user: PoolUser,
  signInAttribute: SignInAttribute,
  runId: string,
  signsInBy?: ContactAttribute,
): UserItem {
  const byAttribute = signInAttribute === 'email' || signInAttribute === 'phone_number';
  const name = byAttribute ? user.attributes[signInAttribute] : undefined;
  return sealedWithHash<UserItem>(
    {
      ...userKey(user.sub),
      username: user.username,
      ...(name === undefined ? {} : { signInName: name }),
      ...(signsInBy === undefined ? {} : { signsInBy }),
      attributes: { ...user.attributes },
      enabled: user.enabled,
      status: user.status,
      created: user.created,
      modified: user.modified,
    },
    runId,
  );
}

/** The item of a listed member, as the run writes it. */
export const membershipItem = (sub: string, group: string, runId: string): MembershipItem =>
  sealedWithHash<MembershipItem>({ ...membershipKey(sub, group), groupName: group }, runId);

/** The item of a listed group, as the run writes it. */
export const groupItem = ({ name, ...rest }: PoolGroup, runId: string): GroupItem =>
  sealedWithHash<GroupItem>({ ...groupKey(name), groupName: name, ...rest }, runId);
