import { PlanningWorld } from './planning-world.ts';
import { addUsers, aGroup, aUser } from '../world/builders.ts';

/** The names of users, in order. */
export const namesInOrder = (users: readonly { readonly name: string }[]): string[] =>
  users.map(({ name }) => name).sort();

/** A pool of users with a verified e-mail address, one of each kind that needs care, and three groups. */
export function oddUsersWorld(): PlanningWorld {
  const world = new PlanningWorld();
  addUsers(world.source, 20, { disabled: 0 });
  const verified = { email: 'x@example.test', email_verified: 'true' };
  world.source.put(aUser({ username: 'breaks', attributes: { ...verified, address: 'Street 1\nTown' } }));
  world.source.put(aUser({ username: 'noverified', attributes: { email: 'y@example.test', email_verified: 'false' } }));
  world.source.put(aUser({ username: 'pending', status: 'UNCONFIRMED' }));
  world.source.put(aUser({ username: 'off', enabled: false }));
  world.source.putGroup(
    aGroup({
      name: 'admins',
      description: 'All rights',
      precedence: 0,
      roleArn: 'arn:aws:iam::123456789012:role/admins',
    }),
  );
  world.source.putGroup(aGroup({ name: 'empty' }));
  world.source.putGroup(aGroup({ name: 'all' }));
  for (const name of ['breaks', 'user3']) world.source.join(name, 'admins');
  for (const name of world.source.users.keys()) world.source.join(name, 'all');
  return world;
}
