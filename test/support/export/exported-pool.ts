import { ExportRunner, POOL_ID } from './export-runner.ts';
import type { ExportOptions } from './export-runner.ts';
import { addUsers } from '../world/builders.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../world/world.ts';
import type { ManifestSummary } from '../../../source/domain/export/clean-up/clean-up.ts';

/** A pool of 100 users that was exported once, and the way to export it again. */
export interface ExportedPool {
  readonly world: World;
  readonly pool: MemoryPool;
  readonly run: (options?: ExportOptions) => Promise<ManifestSummary>;
}

/** Creates it, and exports it. */
export async function exportedPool(): Promise<ExportedPool> {
  const world = new World();
  const pool = world.pool(POOL_ID);
  addUsers(pool, 100);
  const run: ExportedPool['run'] = (options) => new ExportRunner(world, options).run();
  await run();
  return { world, pool, run };
}

/** Removes the users from one number up to, and without, another one. */
export const removeUsers = (pool: MemoryPool, from: number, to: number): void => {
  for (let n = from; n < to; n += 1) pool.remove(`user${n}`);
};
