import { contentDigest } from '../backup/hashing.ts';
import { itemKind } from '../backup/items.ts';
import type { GroupItem, MembershipItem, UserItem } from '../backup/items.ts';
import { isDamaged } from '../backup/tally.ts';
import { changedAttributes } from '../digests/user-content.ts';
import type { Attributes } from '../model.ts';
import type { TableItem } from '../ports.ts';

/** How the enabled flag is named among changed values; no attribute has this name. */
export const ENABLED = 'enabled';
const GROUP_FIELDS = ['description', 'precedence', 'roleArn'] as const;

/**
 * Names of the values that the backup holds and that would be lost or overwritten by what the pool shows now: attributes
 * that a restore brings back and the enabled flag of a user, description, precedence and role of a group. What the backup
 * does not hold yet is no change. Of a stored item that something else than an export changed nothing is known: none.
 */
export function changedValues(stored: TableItem, found: UserItem | MembershipItem | GroupItem): string[] {
  if (isDamaged(stored, contentDigest(stored))) return [];
  const kind = itemKind(stored);
  if (kind === 'group')
    return GROUP_FIELDS.filter((field) => stored[field] !== undefined && stored[field] !== found[field]);
  if (kind !== 'user') return [];
  return [
    ...changedAttributes(textsIn(stored.attributes), textsIn(found.attributes)),
    ...(stored.enabled === found.enabled ? [] : [ENABLED]),
  ];
}

/** Whoever changes an item may also give it a hash that vouches for it: its attributes can be anything. */
const textsIn = (attributes: unknown): Attributes =>
  Object.fromEntries(
    Object.entries(attributes ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
