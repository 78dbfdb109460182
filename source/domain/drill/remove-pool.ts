import { isThrowAwayOf } from '../backup/throw-away-pool.ts';
import { Fault } from '../errors.ts';
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
  const poolId = record.poolId ?? (await pools.idNamed(record.name));
  const identity = poolId === undefined ? undefined : await pools.identity(poolId);
  if (identity !== undefined) {
    if (identity.name !== record.name || !isThrowAwayOf(identity, instanceId))
      throw new Fault(
        'BadState',
        `The record of a drill names the user pool ${identity.id}, which no drill of this launch made: its name or its tag is another one. It was left alone; delete the record ${record.name} below drills/pools/ in the mapping-file bucket.`,
      );
    const stopped = await pools.stopJobs(identity.id);
    await pools.remove(identity.id);
    log.info('The pool of a drill was deleted', { poolId: identity.id, stoppedJobs: stopped });
  } else if (record.poolId === undefined && clock.now() - Date.parse(record.intendedAt) < MAY_STILL_MAKE_MS) {
    log.info('A drill may still be about to make its pool; the next one looks again', { name: record.name });
    return;
  }
  await dropRecord(objects, record.name);
}

/** Deletes the pools that other drills left behind when they were killed; how many records there were. */
export async function sweepPools(deps: RemovalDeps, own: string | undefined): Promise<number> {
  const left = (await allRecords(deps.objects)).filter(({ name }) => name !== own);
  for (const record of left) await removePool(record, deps);
  return left.length;
}
