import type { PoolUser } from '../../../source/domain/model.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';

/**
 * What a restored pool lacks or has otherwise than its source, as readable lines; written from the pools alone, with
 * none of the import's own comparison. Statuses differ by design and are left out.
 */
export function differences(source: MemoryPool, target: MemoryPool): string[] {
  const found: string[] = [];
  const nameIn =
    (pool: MemoryPool) =>
    (user: PoolUser): string => {
      const signIn = pool.signUps.get(user.username) ?? pool.settings.usernameAttributes[0];
      return signIn === undefined ? user.username : (user.attributes[signIn] ?? '');
    };
  const nameOf = nameIn(source);
  const byName = new Map([...target.users.values()].map(({ user }) => [nameIn(target)(user), user]));
  for (const { user } of source.users.values()) {
    const restored = byName.get(nameOf(user));
    byName.delete(nameOf(user));
    if (restored === undefined) {
      found.push(`missing ${nameOf(user)}`);
      continue;
    }
    const names = new Set([...Object.keys(user.attributes), ...Object.keys(restored.attributes)]);
    names.delete('sub');
    for (const name of names)
      if ((user.attributes[name] ?? '') !== (restored.attributes[name] ?? '')) found.push(`${nameOf(user)}: ${name}`);
    if (user.enabled !== restored.enabled) found.push(`${nameOf(user)}: enabled`);
  }
  for (const name of byName.keys()) found.push(`unknown ${name}`);
  for (const { group, members } of source.groups.values()) {
    const restored = target.groups.get(group.name);
    if (restored === undefined) {
      found.push(`missing group ${group.name}`);
      continue;
    }
    const { name: _n, roleArn: _r, ...wanted } = group;
    const { name: _m, ...has } = restored.group;
    if (JSON.stringify(Object.entries(wanted).sort()) !== JSON.stringify(Object.entries(has).sort()))
      found.push(`group ${group.name}`);
    const names = (pool: MemoryPool, usernames: Iterable<string>): string[] =>
      [...usernames].map((username) => nameIn(pool)((pool.users.get(username) as { user: PoolUser }).user)).sort();
    const [want, have] = [names(source, members.keys()), names(target, restored.members.keys())];
    for (const name of want) if (!have.includes(name)) found.push(`${name} not in ${group.name}`);
    for (const name of have) if (!want.includes(name)) found.push(`${name} too much in ${group.name}`);
  }
  return found;
}
