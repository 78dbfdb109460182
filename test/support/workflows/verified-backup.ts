import { itemKind } from '../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { addGroups, addUsers } from '../world/builders.ts';
import { VerifyWorld } from './verify-world.ts';

/** Two Regions whose backup holds 30 users and two groups, read in pages so small that it takes several. */
export async function backedUpWorld(): Promise<{ readonly world: VerifyWorld; readonly runId: string }> {
  const world = new VerifyWorld();
  world.home.table.pageItems = 7;
  world.replica.pageItems = 7;
  addUsers(world.home.source, 30);
  addGroups(world.home.source, [3, 5]);
  return { world, runId: await world.export() };
}

/** The users, groups and memberships in the primary Region, without what the exports note beside them. */
export const backedUpItems = ({ home }: VerifyWorld): TableItem[] =>
  home.table.all().filter((item) => itemKind(item) !== undefined);

/** How often an execution waited, to look a second time at what it had found wrong. */
export const waitsForSecondLook = (states: readonly string[]): number =>
  states.filter((state) => state === 'WaitForSecondLook').length;
