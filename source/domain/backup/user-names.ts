import type { TableItem } from '../ports.ts';
import { subOfKey } from './items.ts';

/** Attributes by which people know a user, whether the pool lets the user sign in with them or not. */
const NAMING_ATTRIBUTES = ['email', 'phone_number', 'preferred_username'];

/**
 * Everything by which somebody may ask for the user of this item: the `sub`, the username, e-mail address, phone number and
 * preferred username, each once.
 */
export function namesOfUser(item: TableItem): readonly string[] {
  const attributes = (item.attributes ?? {}) as Readonly<Record<string, unknown>>;
  const names = [subOfKey(item), item.username, ...NAMING_ATTRIBUTES.map((attribute) => attributes[attribute])];
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))];
}
