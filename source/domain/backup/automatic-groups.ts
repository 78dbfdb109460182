import type { ItemKey } from '../ports.ts';
import { groupNameOfKey, groupOf, itemKind } from './items.ts';

/**
 * Cognito itself makes the group `<pool id>_<provider>` for the users of an identity provider, and puts them in it when
 * they sign in. In another pool a group of that name would be nobody's.
 */
export const isAutomaticGroup = (name: string, poolId: string): boolean =>
  name.length > poolId.length + 1 && name.startsWith(`${poolId}_`);

/** The item of such a group or of a membership in it; of none where no pool is given. */
export function isOfAutomaticGroup(item: ItemKey, poolId: string | undefined): boolean {
  const kind = itemKind(item);
  if (poolId === undefined || kind === undefined || kind === 'user') return false;
  return isAutomaticGroup(kind === 'group' ? groupNameOfKey(item) : groupOf(item), poolId);
}
