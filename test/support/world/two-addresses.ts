import type { ContactAttribute, PoolSettings, PoolUser } from '../../../source/domain/model.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { aUser } from './builders.ts';

/** A pool whose users sign in by either of two addresses; it verifies both. */
export const TWO_ADDRESSES: Partial<PoolSettings> = {
  usernameAttributes: ['email', 'phone_number'],
  autoVerifiedAttributes: ['email', 'phone_number'],
};

export const emailOf = (name: string): string => `${name}@example.test`;
export const phoneOf = (number: number): string => `+3460000${String(number).padStart(4, '0')}`;

/** Puts a user who signed up by one address, with the attributes given; username and `sub` are the same, as Cognito makes them. */
export function putSignedUp(
  pool: MemoryPool,
  name: string,
  signUp: ContactAttribute,
  attributes: Readonly<Record<string, string>>,
  over: Partial<PoolUser> = {},
): PoolUser {
  const sub = subFor(`${pool.id} ${name}`);
  pool.put(aUser({ ...over, username: sub, sub, attributes: { name, ...attributes } }), signUp);
  return pool.find(sub) as PoolUser;
}

/** `count` users with both addresses, every other one signed up by phone number. */
export function putBoth(pool: MemoryPool, count: number, from = 0): PoolUser[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return putSignedUp(pool, `both${number}`, number % 2 === 0 ? 'email' : 'phone_number', {
      email: emailOf(`both${number}`),
      email_verified: 'true',
      phone_number: phoneOf(number),
      phone_number_verified: 'true',
    });
  });
}
