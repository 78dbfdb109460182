import { RestoreWorld } from './restore-world.ts';
import { addGroups, addUsers } from '../world/builders.ts';

/** A restore that is planned: of so many users in groups of four sizes, and of what `prepare` adds to them. */
export async function plannedRestore(
  users = 60,
  prepare: (world: RestoreWorld) => void = () => undefined,
): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, users, { disabled: 0.1 });
  addGroups(made.source, [0, 2, 20, users]);
  prepare(made);
  return made.planned();
}
