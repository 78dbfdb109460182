import { isThrowAwayOf } from '../backup/throw-away-pool.ts';
import { Fault, Halt, isNamed } from '../errors.ts';
import type { PoolIdentity } from '../model.ts';
import type { Clock, Log, ObjectStore, ThrowAwayPools } from '../ports.ts';
import { againWhile } from './again-while.ts';
import { allRecords, dropRecord } from './pool-record.ts';
import type { PoolRecord } from './pool-record.ts';

/** What taking a pool away needs. */
export interface RemovalDeps {
  readonly pools: Pick<ThrowAwayPools, 'identity' | 'idsNamed' | 'stopJobs' | 'remove'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'deleteAll'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** So long an import job that was told to stop is waited for: a pool with one cannot be deleted. Absent: not at all. */
  readonly patienceMs?: number;
  readonly log: Log;
  /** Of the launch: its drills' pools carry it in name and tag. */
  readonly instanceId: string;
}

/** An invocation that was killed, or outlived its execution, may still ask for its pool; no invocation lives longer. */
const MAY_STILL_MAKE_MS = 20 * 60_000;
const LOOK_AGAIN_MS = 5_000;
/** Cognito says of no job how long it takes to stop. */
export const WAIT_FOR_JOB_MS = 3 * 60_000;

/**
 * Stops what imports into the pool of a record, deletes the pool and then the record. What is not a pool that a drill of
 * this launch made, by tag and name, is never touched: Fault BadState.
 */
export async function removePool(record: PoolRecord, deps: RemovalDeps): Promise<void> {
  const { pools, objects, clock, log } = deps;
  const found: PoolIdentity[] = [];
  for (const poolId of await idsOf(record, pools)) {
    const identity = await identityOf(poolId, record, pools);
    if (identity !== undefined) found.push(ownOf(record, identity, deps));
  }
  for (const identity of found) {
    const stopped = await deleted(identity, deps);
    log.info('The pool of a drill was deleted', { poolId: identity.id, stoppedJobs: stopped });
  }
  const asked = clock.now() - Date.parse(record.intendedAt);
  if (found.length === 0 && record.poolId === undefined && asked < MAY_STILL_MAKE_MS) {
    log.info('A drill may still be about to make its pool; the next one looks again', { name: record.name });
    return;
  }
  await dropRecord(objects, record.name);
}

/** Most often the one that Cognito answered with; all of the name where an answer was lost. */
async function idsOf({ poolId, name, again }: PoolRecord, pools: RemovalDeps['pools']): Promise<ReadonlySet<string>> {
  if (poolId !== undefined && again !== true) return new Set([poolId]);
  return new Set([...(poolId === undefined ? [] : [poolId]), ...(await pools.idsNamed(name))]);
}

function ownOf({ name }: PoolRecord, identity: PoolIdentity, { instanceId }: RemovalDeps): PoolIdentity {
  if (identity.name === name && isThrowAwayOf(identity, instanceId)) return identity;
  throw new Fault(
    'BadState',
    `The record of a drill names the user pool ${identity.id}, which no drill of this launch made: its name or its tag is another one. It was left alone; delete the record ${name} below drills/pools/ in the mapping-file bucket.`,
  );
}

/**
 * Undefined where the pool is gone. A pool without the tag, which may also be one that does not exist any more, is not shown
 * to this role: the list of pools tells the two apart. It may lag, and so may what Cognito knows of tags: a later try sees more.
 */
async function identityOf(
  poolId: string,
  { name }: PoolRecord,
  pools: RemovalDeps['pools'],
): Promise<PoolIdentity | undefined> {
  try {
    return await pools.identity(poolId);
  } catch (error) {
    if (!(error instanceof Halt) || error.name !== 'AccessDenied') throw error;
    if (!(await pools.idsNamed(name)).includes(poolId)) return undefined;
    throw new Fault('ServiceError', `The user pool ${poolId} (${name}) is there, and not shown: ${error.message}`, {
      cause: error,
    });
  }
}

/** How many jobs were stopped. What Cognito refuses is told with the name of the pool, which somebody may have to delete. */
async function deleted({ id, name }: PoolIdentity, { pools, clock, patienceMs = 0 }: RemovalDeps): Promise<number> {
  const stopping = new Fault('ServiceError', 'An import job of it has not stopped yet.');
  try {
    const stopped = await pools.stopJobs(id);
    await againWhile(clock, { passes: (error) => error === stopping, patienceMs, everyMs: LOOK_AGAIN_MS }, async () => {
      if (!(await pools.remove(id))) throw stopping;
    });
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
