import { groupOf, itemKind, subOf } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import type { Attributes } from '../../model.ts';
import type { TableItem } from '../../ports.ts';

/** A user with its memberships, as the scan found them together. */
export interface SpooledUser {
  readonly sub: string;
  readonly username: string;
  readonly attributes: Attributes;
  readonly enabled: boolean;
  readonly status: string;
  /** ISO 8601. */
  readonly created: string;
  /** Names of groups. */
  readonly groups: readonly string[];
}

/** Memberships whose user has not come yet: a segment shows `MEMBER_OF#...` before `PROFILE` of the same id. */
export interface PendingMemberships {
  readonly sub: string;
  readonly groups: readonly string[];
}

export interface Assembled {
  readonly users: SpooledUser[];
  /** Memberships whose user is not in the backup. */
  orphans: number;
  pending: PendingMemberships | undefined;
}

/** `item`: a user's. */
export function spooledUser(item: TableItem, groups: readonly string[]): SpooledUser {
  const { username, attributes, enabled, status, created } = item as UserItem;
  return { sub: subOf(item), username, attributes, enabled, status, created, groups };
}

/** Joins the next items of a segment to `pending` ones of the page before. Groups and run records are passed over. */
export function assemble(items: readonly TableItem[], before: PendingMemberships | undefined): Assembled {
  const result: Assembled = { users: [], orphans: 0, pending: before };
  for (const item of items) {
    const kind = itemKind(item);
    if (kind !== 'user' && kind !== 'membership') continue;
    const sub = subOf(item);
    if (result.pending !== undefined && result.pending.sub !== sub) {
      result.orphans += result.pending.groups.length;
      result.pending = undefined;
    }
    if (kind === 'membership') {
      result.pending = { sub, groups: [...(result.pending?.groups ?? []), groupOf(item)] };
    } else {
      result.users.push(spooledUser(item, result.pending?.groups ?? []));
      result.pending = undefined;
    }
  }
  return result;
}
