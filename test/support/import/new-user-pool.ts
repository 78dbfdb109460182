import { planKey } from '../../../source/domain/import/plan/plan-model.ts';
import { headKey } from '../../../source/domain/import/plan/restore-head.ts';
import type { ImportOptions } from '../../../source/domain/import/plan/plan-model.ts';
import type { RestoreHead } from '../../../source/domain/import/plan/restore-head.ts';
import { checkNewUserPool } from '../../../source/domain/import/check-new-user-pool.ts';
import type { OpenedRestore } from '../../../source/domain/import/check-new-user-pool.ts';
import { NEW_POOL, options, PlanningWorld, SOURCE_POOL } from './planning-world.ts';
import { sealBackup } from './sealed-backup.ts';
import { rejection } from '../rejection.ts';
import { aUser } from '../world/builders.ts';
import { aPlan } from './a-plan.ts';

/** An empty new pool, and a backup of one user. */
export function backedUpUser(): PlanningWorld {
  const world = new PlanningWorld();
  world.source.put(aUser());
  sealBackup(world.table, world.source);
  return world;
}

/** Checks the new pool as the first function of ImportWorkflow does. */
export const checkPool = (
  world: PlanningWorld,
  over: Partial<ImportOptions> = {},
  region = 'us-west-2',
  primaryUserPoolId = SOURCE_POOL,
): Promise<OpenedRestore> =>
  checkNewUserPool(
    { options: options(over), region, primaryUserPoolId, tableName: 'backup-table' },
    {
      pools: world.cognito,
      table: world.table,
      objects: world.objects,
      clock: world.clock,
      random: world.random,
      log: world.log,
    },
  );

/** The error with which that check halts. */
export const haltOfCheck = async (
  world: PlanningWorld,
  over: Partial<ImportOptions> = {},
  region?: string,
): Promise<Error> => rejection(checkPool(world, over, region));

/** Puts the plan of a restore that has begun before: `plan` over a plain one. */
export const putEarlierPlan = (world: PlanningWorld, plan: object): Promise<string> =>
  world.objects.put(planKey(NEW_POOL, 'earlier'), JSON.stringify({ ...aPlan(NEW_POOL, 'earlier'), ...plan }));

/** Puts the head of that restore. */
export const putEarlierHead = (world: PlanningWorld, phase: RestoreHead['phase']): Promise<string> =>
  world.objects.put(
    headKey(NEW_POOL),
    JSON.stringify({ restoreId: 'earlier', phase, updatedAt: '2026-03-01T00:00:00.000Z' }),
  );
