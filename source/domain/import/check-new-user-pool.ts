import { isAutomaticGroup } from '../backup/automatic-groups.ts';
import { Halt } from '../errors.ts';
import type { PoolGroup } from '../model.ts';
import { assertWritable } from '../recovery/paused-writes.ts';
import { isThrowAwayName } from '../backup/throw-away-pool.ts';
import { findInPages, withToken } from '../listing/page-chain.ts';
import type { BackupTable, Clock, Log, ObjectStore, Page, Random, UserPoolReader } from '../ports.ts';
import { parseJson } from '../state/json-object.ts';
import { metPauseLately } from './plan/paused.ts';
import { planKey } from './plan/plan-model.ts';
import type { ImportOptions } from './plan/plan-model.ts';
import { headKey, restoreHeadShape } from './plan/restore-head.ts';
import type { RestoreHead } from './plan/restore-head.ts';
import { assertAsPlanned } from './preflight/as-planned.ts';
import { readKeptRun } from './preflight/kept-run.ts';
import { readPlacedRun } from './preflight/placed-run.ts';
import { assertPoolId } from './preflight/pool-id.ts';
import { newRestoreId } from './preflight/restore-id.ts';
import { openSelection } from './selection/open-selection.ts';
import { readSealedBackup } from '../backup/sealed-backup.ts';
import type { SealedBackup } from '../backup/sealed-backup.ts';
import { isSourcePool } from '../backup/source-pool.ts';
import type { SnapshotObjects } from '../backup/snapshot/place.ts';
import { creationIsAllowed } from './preflight/triggers.ts';

/** The execution's input and what the stack knows. */
export interface CheckNewUserPoolInput {
  readonly options: ImportOptions;
  /** Region of this workflow. */
  readonly region: string;
  /** The pool that the stack backs up. */
  readonly primaryUserPoolId: string;
  /** Table that is restored from; goes into messages. */
  readonly tableName: string;
  /** The pool is the drill's own. */
  readonly inDrill?: boolean;
}

/** What CheckNewUserPool needs. */
export interface CheckNewUserPoolDeps {
  readonly pools: Pick<UserPoolReader, 'describe' | 'recoveries' | 'listUsersPage' | 'listGroupsPage'>;
  readonly table: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list'>;
  /** What SnapshotPrefix names; absent without one. */
  readonly snapshots?: Pick<SnapshotObjects, 'get' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly log: Log;
}

/** The restore that this execution works on. */
export interface OpenedRestore {
  readonly restoreId: string;
  readonly phase: RestoreHead['phase'];
  /** An earlier execution began to write to the pool: its plan goes on. */
  readonly resumed: boolean;
  /** Whether AdminCreateUser may be called now: the pool has no triggers that it would fire, or AllowTriggers is given. */
  readonly mayCreateUsers: boolean;
  /** RecreateMissing is given: accounts that this restore made and that are gone are made again. */
  readonly recreateMissing?: true;
  /** Of a selection: when this start opened it, ISO 8601. Until the first write each start plans anew. */
  readonly openedAt?: string;
}

/**
 * Decides whether the new pool may be restored into, and opens the restore or finds the one in force. Halts:
 * InvalidNewUserPoolId, UserPoolNotFound, NoSealedBackup, SourcePoolRefused, UserPoolNotEmpty, AlreadyRestored, those of
 * readKeptRun and readPlacedRun, InvalidInput when something else is asked for than the restore in force brings back; errors of the services
 * pass as they are. Fault WritesPaused while a recovery of AWS's own is active. Writes nothing to the pool.
 */
export async function checkNewUserPool(
  input: CheckNewUserPoolInput,
  deps: CheckNewUserPoolDeps,
): Promise<OpenedRestore> {
  const poolId = input.options.newUserPoolId;
  assertPoolId(poolId, input.region);
  const { settings, name } = await deps.pools.describe(poolId);
  if (input.inDrill !== true && isThrowAwayName(name))
    throw new Halt(
      'InvalidNewUserPoolId',
      `${poolId} is the pool of a drill, which deletes it with everything in it. Create an empty user pool and start again with its id.`,
    );
  // A dry run writes nothing.
  const waitForRecovery = (): Promise<void> =>
    input.options.dryRun
      ? Promise.resolve()
      : assertWritable(deps.pools, poolId, { log: deps.log, justRefused: () => metPauseLately(deps, poolId) });
  const mayCreateUsers = creationIsAllowed(input.options, settings);
  const { selectionId } = input.options;
  if (selectionId !== undefined) {
    // A pool in use is what a selection is for, the one that is backed up as well.
    const { restoreId, phase, updatedAt } = await openSelection(poolId, selectionId, deps);
    await waitForRecovery();
    return { restoreId, phase, resumed: phase !== 'planning', mayCreateUsers, openedAt: updatedAt };
  }
  const head = await readHead(deps.objects, poolId);
  if (head !== undefined && head.value.phase !== 'planning') {
    const { restoreId, phase } = head.value;
    if (phase === 'complete') await assertMayGoOn(input.options, restoreId, deps.objects);
    await assertAsPlanned(input, restoreId, deps.objects);
    await waitForRecovery();
    return {
      restoreId,
      phase,
      resumed: true,
      mayCreateUsers,
      ...(input.options.recreateMissing === true ? { recreateMissing: true } : {}),
    };
  }
  const { manifest } = await readBackup(input, deps);
  // After an uninstall the stack may have been launched again for the very pool that the retained table is restored into.
  if (isSourcePool(poolId, manifest, input.primaryUserPoolId) && !input.options.allowSourcePool) {
    throw new Halt(
      'SourcePoolRefused',
      `${poolId} is the pool that the backup came from. Restore into a new pool; or, if this pool is empty and shall be filled again, start with "AllowSourcePool": true.`,
    );
  }
  await waitForRecovery();
  await assertEmpty(poolId, deps);
  const opened: RestoreHead = {
    restoreId: newRestoreId(deps.clock.now(), deps.random),
    phase: 'planning',
    updatedAt: new Date(deps.clock.now()).toISOString(),
  };
  await deps.objects.put(
    headKey(poolId),
    JSON.stringify(opened),
    head === undefined ? { absent: true } : { etag: head.etag },
  );
  deps.log.info('Restore opened', { restoreId: opened.restoreId });
  return { restoreId: opened.restoreId, phase: opened.phase, resumed: false, mayCreateUsers };
}

/** A complete restore goes on only to make gone accounts again, and only as long as its plan is kept. */
async function assertMayGoOn(
  { newUserPoolId: poolId, recreateMissing }: ImportOptions,
  restoreId: string,
  objects: CheckNewUserPoolDeps['objects'],
): Promise<void> {
  const complete = `The restore ${restoreId} into ${poolId} is complete`;
  if (recreateMissing !== true)
    throw new Halt(
      'AlreadyRestored',
      `${complete}; its report is in the mapping-file bucket below restores/${poolId}/, for as long as ReportRetentionDays says. If accounts that it made are gone from the pool and shall be made again, start with "RecreateMissing": true. To restore once more, create another empty pool.`,
    );
  if ((await objects.get(planKey(poolId, restoreId))) === undefined)
    throw new Halt(
      'AlreadyRestored',
      `${complete}, and its plan has expired (ReportRetentionDays): RecreateMissing cannot make gone accounts again any more. To restore once more, create another empty pool.`,
    );
}

/** What would be restored, so that a start that cannot work halts before anything is scanned. */
const readBackup = (
  { options: { exportRun, snapshotPrefix }, tableName }: CheckNewUserPoolInput,
  deps: CheckNewUserPoolDeps,
): Promise<Pick<SealedBackup, 'manifest'>> =>
  snapshotPrefix !== undefined
    ? readPlacedRun(deps.snapshots ?? deps.objects, { snapshotPrefix, exportRun })
    : exportRun === undefined
      ? readSealedBackup(deps.table, tableName)
      : readKeptRun(deps, { runId: exportRun, tableName });

async function readHead(
  objects: Pick<ObjectStore, 'get'>,
  poolId: string,
): Promise<{ readonly value: RestoreHead; readonly etag: string } | undefined> {
  const key = headKey(poolId);
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  return { value: parseJson(key, stored.body, restoreHeadShape), etag: stored.etag };
}

/** The group that Cognito makes itself for each identity provider of the pool is nobody's. */
async function assertEmpty(poolId: string, { pools }: CheckNewUserPoolDeps): Promise<void> {
  const isOwn = ({ name }: PoolGroup): boolean => !isAutomaticGroup(name, poolId);
  const [kind] = (await hasAny(
    (token) => pools.listUsersPage(poolId, { limit: 1, ...token }),
    () => true,
  ))
    ? ['users']
    : (await hasAny((token) => pools.listGroupsPage(poolId, token), isOwn))
      ? ['groups']
      : [];
  if (kind !== undefined) {
    throw new Halt(
      'UserPoolNotEmpty',
      `The user pool ${poolId} already has ${kind}. Nothing was written to it. Create an empty pool and start again with its id.`,
    );
  }
}

/** An empty page that carries a token is followed: only the last page tells that there is nothing. */
const hasAny = async <T>(
  page: (token: { readonly token?: string }) => Promise<Page<T>>,
  counts: (item: T) => boolean,
): Promise<boolean> =>
  (await findInPages(
    (token) => page(withToken(token)),
    (items) => items.some(counts) || undefined,
  )) === true;
