import * as v from 'valibot';
import { subOfKey } from '../../backup/items.ts';
import type { ContactAttribute } from '../../model.ts';
import type { TableItem } from '../../ports.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { lostAttributeShape } from '../plan/attribute-loss.ts';
import type { LostAttribute } from '../plan/attribute-loss.ts';

export const spooledUserShape = v.object({
  sub: subShape,
  username: v.string(),
  attributes: v.record(v.string(), v.string()),
  /** See UserItem. */
  signsInBy: v.exactOptional(v.picklist(['email', 'phone_number'] satisfies ContactAttribute[])),
  enabled: v.boolean(),
  status: v.string(),
  /** ISO 8601. */
  created: v.string(),
  /** Names of groups. */
  groups: textsShape,
  /** What of the item could not be read, and is left out. */
  lost: v.exactOptional(v.array(lostAttributeShape)),
  /** Members of the item without which nobody can tell who the user is or whether it may come back. */
  unreadable: v.exactOptional(textsShape),
});
/** A user of the backup with its memberships. */
export type SpooledUser = Stored<typeof spooledUserShape>;

/** Stands in reports for the sub of a user whose item has none in its key. */
const NO_SUB = '(none)';

/**
 * The user of an item, whatever something else than an export made of it: a value that is no text costs this value, a flag
 * that is none makes the user a disabled one, and only without attributes, username or status the user is lost.
 */
export function spooledUser(item: TableItem, groups: readonly string[]): SpooledUser {
  const { username, attributes, signsInBy, enabled, status, created } = item;
  const held = isMap(attributes) ? Object.entries(attributes) : [];
  const lost: LostAttribute[] = held
    .filter(([, value]) => typeof value !== 'string')
    .map(([attribute]) => ({ attribute, reason: 'Unreadable', detail: "The value in the user's item is no text." }));
  if (typeof enabled !== 'boolean')
    lost.push({
      attribute: 'enabled',
      reason: 'Unreadable',
      detail: "The flag in the user's item is neither true nor false: the user comes back disabled.",
    });
  const sub = subOfKey(item);
  const unreadable = [
    ...(isText(sub) ? [] : ['sub']),
    ...(isText(username) ? [] : ['username']),
    ...(isMap(attributes) ? [] : ['attributes']),
    ...(isText(status) ? [] : ['status']),
  ];
  return {
    sub: isText(sub) ? sub : NO_SUB,
    username: isText(username) ? username : sub,
    attributes: Object.fromEntries(held.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    ...(signsInBy === 'email' || signsInBy === 'phone_number' ? { signsInBy } : {}),
    enabled: enabled === true,
    status: isText(status) ? status : '',
    created: isText(created) ? created : '',
    groups,
    ...(lost.length === 0 ? {} : { lost }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
