import type { PoolUser } from '../../../source/domain/model.ts';
import type { SimulatedPool } from './pool.ts';

/** Another user who is found by the value of this attribute. */
function otherHolder(pool: SimulatedPool, user: PoolUser, attribute: string): PoolUser | undefined {
  const value = user.attributes[attribute] ?? '';
  const holder = value === '' ? undefined : pool.find(value);
  return holder === undefined || holder.sub === user.sub || (holder.attributes[attribute] ?? '') === ''
    ? undefined
    : holder;
}

/** A name that is one whether it is verified or not; of two username attributes nobody but the pool knows the user's. */
export function takesAName(pool: SimulatedPool, user: PoolUser): boolean {
  const { usernameAttributes, aliasAttributes } = pool.settings;
  const names = [
    ...(usernameAttributes.length > 1 ? [] : usernameAttributes),
    ...aliasAttributes.filter((name) => name === 'preferred_username'),
  ];
  return names.some((name) => otherHolder(pool, user, name) !== undefined);
}

/** Once verified, an address is this user's alias, and not verified any more where it was another one's. */
export function moveAlias(pool: SimulatedPool, user: PoolUser, alias: 'email' | 'phone_number'): void {
  const flag = `${alias}_verified`;
  if (!pool.settings.aliasAttributes.includes(alias) || user.attributes[flag] !== 'true') return;
  const other = otherHolder(pool, user, alias);
  if (other !== undefined) pool.put({ ...other, attributes: { ...other.attributes, [flag]: 'false' } });
}
