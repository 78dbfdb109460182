import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { Random, TableItem } from '../../../source/domain/ports.ts';
import { wholeNumber } from '../../../tools/simulation/random.ts';
import { applicationOf } from '../backup/applied-plan.ts';
import type { Application } from '../backup/applied-plan.ts';
import { addGroups, addUsers, aUser } from '../world/builders.ts';
import { PlanningWorld } from './planning-world.ts';
import { backupItems, manifestOf, sealBackup } from './sealed-backup.ts';

export const NEXT_RUN = '20260302T000000Z-11111111';

/** A pool that was exported, then changed in every way, and is being exported again. */
export interface TwoRuns {
  readonly world: PlanningWorld;
  readonly before: readonly TableItem[];
  readonly sealed: Manifest;
  readonly after: readonly TableItem[];
  readonly next: Manifest;
  readonly application: Application;
}

/** The table holds the first run; nothing of the second one is in it yet. */
export function twoRuns(random: Random, digestItems = 1): TwoRuns {
  const world = new PlanningWorld();
  const { source, table } = world;
  addUsers(source, wholeNumber(random, 1, 12), { random });
  addGroups(source, [wholeNumber(random, 0, 6), wholeNumber(random, 0, 3)], { random });
  const sealed = sealBackup(table, source);
  const before = backupItems(source);
  for (const { username } of addUsers(source, wholeNumber(random, 0, 4), { prefix: 'new', random }))
    source.join(username, 'group0');
  for (const name of [...source.users.keys()]) {
    const kind = random();
    if (kind < 0.2) source.remove(name);
    else if (kind < 0.5)
      source.put({ ...(source.find(name) as PoolUser), enabled: random() < 0.5, status: 'RESET_REQUIRED' });
  }
  if (random() < 0.3) source.putGroup({ name: 'group1', description: 'another' });
  source.put(aUser({ username: 'always-new' }));
  const after = backupItems(source, NEXT_RUN);
  const next = manifestOf(source, after, NEXT_RUN);
  return {
    world,
    before,
    sealed,
    after,
    next,
    application: applicationOf(before, after, { sealed, next, digestItems }),
  };
}
