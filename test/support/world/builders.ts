import type { PoolGroup, PoolUser } from '../../../source/domain/model.ts';
import type { Random } from '../../../source/domain/ports.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';

/** A confirmed user with a verified e-mail address; the sub follows from the username. */
export function aUser(over: Partial<PoolUser> & { readonly username?: string } = {}): PoolUser {
  const username = over.username ?? 'ana';
  const sub = over.sub ?? subFor(username);
  const user: PoolUser = {
    username,
    sub,
    attributes: { email: `${username}@example.test`, email_verified: 'true' },
    enabled: true,
    status: 'CONFIRMED',
    created: '2025-01-02T03:04:05.000Z',
    modified: '2025-06-07T08:09:10.000Z',
    ...over,
  };
  return { ...user, sub, attributes: { ...user.attributes, sub } };
}

export const aGroup = (over: Partial<PoolGroup> = {}): PoolGroup => ({ name: 'staff', ...over });

/** Adds `count` users named `<prefix>0`, `<prefix>1`, ..., a few of them disabled. */
export function addUsers(
  pool: MemoryPool,
  count: number,
  {
    prefix = 'user',
    random = seededRandom(1),
    disabled = 0.02,
  }: { readonly prefix?: string; readonly random?: Random; readonly disabled?: number } = {},
): PoolUser[] {
  return Array.from({ length: count }, (_, index) => {
    const user = aUser({ username: `${prefix}${index}`, enabled: random() >= disabled });
    pool.put({
      ...user,
      attributes: { ...user.attributes, name: `Name ${index}`, ...(random() < 0.3 ? { locale: 'es-ES' } : {}) },
    });
    return pool.find(user.username) as PoolUser;
  });
}

/** Adds one group per size, named `<prefix>0`, ..., with that many random users of the pool as members. */
export function addGroups(
  pool: MemoryPool,
  sizes: readonly number[],
  { prefix = 'group', random = seededRandom(2) }: { readonly prefix?: string; readonly random?: Random } = {},
): PoolGroup[] {
  const usernames = [...pool.users.keys()];
  return sizes.map((size, index) => {
    const group: PoolGroup = { name: `${prefix}${index}`, description: `Group ${index}`, precedence: index };
    pool.putGroup(group);
    const from = usernames.length === 0 ? 0 : wholeNumber(random, 0, usernames.length - 1);
    for (let n = 0; n < Math.min(size, usernames.length); n += 1)
      pool.join(usernames[(from + n) % usernames.length] as string, group.name);
    return group;
  });
}
