import { isThrowAwayOf } from '../backup/throw-away-pool.ts';
import { Fault, Halt, isNamed } from '../errors.ts';
import type { PoolIdentity } from '../model.ts';
import type { Clock, Log, ObjectStore, ThrowAwayPools } from '../ports.ts';
import { allRecords, dropRecord } from './pool-record.ts';
import type { PoolRecord } from './pool-record.ts';

/** What taking a pool away needs. */
export interface RemovalDeps {
  readonly pools: Pick<ThrowAwayPools, 'identity' | 'idNamed' | 'stopJobs' | 'remove'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Of the launch: its drills' pools carry it in name and tag. */
  readonly instanceId: string;
}

/** An invocation that was killed, or outlived its execution, may still ask for its pool; no invocation lives longer. */
const MAY_STILL_MAKE_MS = 20 * 60_000;

/**
 * Stops what imports into the pool of a record, deletes the pool and then the record. What is not a pool that a drill of
 * this launch made, by tag and name, is never touched: Fault BadState.
 */
export async function removePool(record: PoolRecord, deps: RemovalDeps): Promise<void> {
  const { pools, objects, clock, log, instanceId } = deps;
  const identity = await identityOf(record, pools);
  if (identity !== undefined) {
    if (identity.name !== record.name || !isThrowAwayOf(identity, instanceId))
      throw new Fault(
        'BadState',
        `The record of a drill names the user pool ${identity.id}, which no drill of this launch made: its name or its tag is another one. It was left alone; delete the record ${record.name} below drills/pools/ in the mapping-file bucket.`,
      );
    const stopped = await deleted(identity, pools);
    log.info('The pool of a drill was deleted', { poolId: identity.id, stoppedJobs: stopped });
  } else if (record.poolId === undefined && clock.now() - Date.parse(record.intendedAt) < MAY_STILL_MAKE_MS) {
    log.info('A drill may still be about to make its pool; the next one looks again', { name: record.name });
    return;
  }
  await dropRecord(objects, record.name);
}

/**
 * The pool of a record; undefined where it is gone. A pool without the tag, which may also be one that does not exist any more,
 * is not shown to this role: the list of pools tells the two apart.
 */
async function identityOf(
  { poolId, name }: PoolRecord,
  pools: RemovalDeps['pools'],
): Promise<PoolIdentity | undefined> {
  const known = poolId ?? (await pools.idNamed(name));
  if (known === undefined) return undefined;
  try {
    return await pools.identity(known);
  } catch (error) {
    if (!isNamed(error, 'AccessDenied') || (await pools.idNamed(name)) !== undefined) throw error;
    return undefined;
  }
}

/** How many jobs were stopped. What Cognito refuses is told with the name of the pool, which somebody may have to delete. */
async function deleted({ id, name }: PoolIdentity, pools: RemovalDeps['pools']): Promise<number> {
  try {
    const stopped = await pools.stopJobs(id);
    await pools.remove(id);
    return stopped;
  } catch (error) {
    if (!(error instanceof Halt || error instanceof Fault) || isNamed(error, 'Superseded', 'LeaseLost')) throw error;
    throw new Fault(
      'ServiceError',
      `The user pool ${id} (${name}), which a drill made, could not be deleted: ${error.message} It holds users of the backup. The next drill tries again, and so does a start with {"CleanUp": true}; if that fails, too, delete the pool by hand.`,
      { cause: error },
    );
  }
}

/** Deletes the pools that other drills left behind when they were killed; how many records there were. */
export async function sweepPools(deps: RemovalDeps, own: string | undefined): Promise<number> {
  const left = (await allRecords(deps.objects)).filter(({ name }) => name !== own);
  for (const record of left) await removePool(record, deps);
  return left.length;
}
