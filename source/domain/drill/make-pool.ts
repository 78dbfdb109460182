import { sampleOf } from '../backup/sample.ts';
import { THROW_AWAY_TAG, throwAwayName } from '../backup/throw-away-pool.ts';
import { Fault, Halt, isNamed } from '../errors.ts';
import type { ImportOptions } from '../import/plan/plan-model.ts';
import type { ApiObject, Omission } from '../pool-settings/recreate/omissions.ts';
import { missingAdditions } from '../pool-settings/recreate/schema-request.ts';
import type { BackupTable, ObjectStore, PoolLook, ThrowAwayPools } from '../ports.ts';
import { againWhile } from './again-while.ts';
import type { Passing } from './again-while.ts';
import type { MadePool, StartedDrill } from './drill-event.ts';
import { readRecord, writeRecord } from './pool-record.ts';
import type { PoolRecord } from './pool-record.ts';
import { sweepPools, WAIT_FOR_JOB_MS } from './remove-pool.ts';
import type { RemovalDeps } from './remove-pool.ts';
import { settingsOfBackup } from './settings-of-backup.ts';
import {
  bareRequest,
  differingSettings,
  namesLeftOut,
  throwAwayRequests,
  withoutMfa,
  withoutRefused,
} from './throw-away-settings.ts';
import type { ThrowAwayRequests } from './throw-away-settings.ts';

/** A new pool, and its tag, are known everywhere in Cognito and IAM after some seconds. */
const NOT_KNOWN_YET: Passing = {
  passes: (error) => isNamed(error, 'AccessDenied', 'UserPoolNotFound'),
  patienceMs: 60_000,
  everyMs: 3_000,
};

/** What making a drill's pool needs. */
export interface MakePoolDeps extends RemovalDeps {
  readonly pools: ThrowAwayPools;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'deleteAll'>;
  readonly table: Pick<BackupTable, 'getItem'>;
  readonly tableName: string;
}

/** The state of DrillWorkflow once there is a pool, with what a restore into it is asked for; or all that was left is cleaned up. */
export type MadeDrill =
  | (Omit<StartedDrill, 'options' | 'elsewhere'> & {
      readonly cleanedUp: false;
      readonly options: ImportOptions;
      readonly drill: MadePool;
    })
  | { readonly cleanedUp: true; readonly records: number };

/**
 * Deletes what killed drills left behind, then makes the pool of this one: like the pool that was backed up, but without
 * triggers, domain, mail settings and deletion protection. Asked again by the same execution it goes on with the pool that it
 * has made. Halts: NoSealedBackup, also where the run kept no settings; SnapshotDamaged.
 */
export async function makeThrowAwayPool(started: StartedDrill, deps: MakePoolDeps): Promise<MadeDrill> {
  const { executionArn, startTime, options, elsewhere } = started;
  const name = throwAwayName(deps.instanceId, executionArn);
  const swept = await sweepPools({ ...deps, patienceMs: WAIT_FOR_JOB_MS }, options.cleanUp === true ? undefined : name);
  if (options.cleanUp === true) return { cleanedUp: true, records: swept };
  const { manifest, kept } = await settingsOfBackup(deps, deps.tableName);
  const { runId } = manifest;
  const requests = throwAwayRequests(kept, name, { [THROW_AWAY_TAG]: deps.instanceId });
  const { poolId, refused } = await ownPool(requests.pool, { name, executionArn }, deps);
  const { made, omissions } = await againWhile(deps.clock, NOT_KNOWN_YET, () => complete(poolId, requests, deps.pools));
  const leftOut = [
    ...requests.omissions,
    ...omissions,
    ...(refused === undefined ? [] : withoutRefused(requests.pool, refused)),
  ];
  const sample = options.users === undefined ? undefined : sampleOf(manifest.counts.users, options.users, name);
  const drill: MadePool = {
    poolId,
    name,
    runId,
    backup: manifest.counts,
    startedAt: startTime,
    madeAt: new Date(deps.clock.now()).toISOString(),
    settingsDiffer: differingSettings(kept, made, leftOut),
    leftOut: namesLeftOut(leftOut),
    ...(sample === undefined ? {} : { sample }),
    ...(elsewhere === undefined ? {} : { elsewhere: [...elsewhere] }),
  };
  deps.log.info('The pool of the drill stands', { poolId, runId, settingsDiffer: drill.settingsDiffer.length });
  return { cleanedUp: false, executionArn, startTime, options: restoreOptions(drill, options), drill };
}

/** What is stored of the pool of this execution: of the one that an earlier invocation has made, or of a new one. */
async function ownPool(
  request: ApiObject,
  { name, executionArn }: { readonly name: string; readonly executionArn: string },
  { pools, objects, clock }: MakePoolDeps,
): Promise<PoolRecord & { readonly poolId: string }> {
  const before = await readRecord(objects, name);
  if (before?.poolId !== undefined) return { ...before, poolId: before.poolId };
  const intended = before ?? { name, executionArn, intendedAt: new Date(clock.now()).toISOString() };
  // The answer to an earlier creation may have been lost.
  const [found] = before === undefined ? [] : await pools.idsNamed(name);
  // A listing may lag: whatever is made now, there may be another one.
  const record = before === undefined || found !== undefined ? intended : { ...intended, again: true as const };
  await writeRecord(objects, record);
  const made = found === undefined ? await created(request, name, pools) : { poolId: found };
  await writeRecord(objects, { ...record, ...made });
  return { ...record, ...made };
}

/** Creates the pool, without what a restore can do without where Cognito refuses it otherwise. */
async function created(
  request: ApiObject,
  name: string,
  pools: Pick<ThrowAwayPools, 'create'>,
): Promise<Pick<PoolRecord, 'refused'> & { readonly poolId: string }> {
  const whole = await pools.create(request);
  if ('poolId' in whole) return whole;
  const bare = await pools.create(bareRequest(request));
  if ('poolId' in bare) return { ...bare, ...whole };
  throw new Fault(
    'ServiceError',
    `Cognito refuses to make the user pool ${name} for the drill from the settings in the backup (${bare.refused}). The command new-pool with --like-backup says what it refuses; no pool was made.`,
  );
}

/** What follows the creation: attributes for which that had no room, as far as the pool lacks them yet, and MFA. */
async function complete(
  poolId: string,
  { additions, mfa }: ThrowAwayRequests,
  pools: Pick<ThrowAwayPools, 'settings' | 'addAttributes' | 'setMfa'>,
): Promise<{ readonly made: PoolLook; readonly omissions: readonly Omission[] }> {
  const look = async (): Promise<PoolLook> => {
    const made = await pools.settings(poolId);
    if (made !== undefined) return made;
    throw new Halt('UserPoolNotFound', `Cognito does not show the user pool ${poolId}, which the drill has made.`);
  };
  if (additions.length > 0) {
    const { pool } = await look();
    for (const attributes of missingAdditions({ additions }, pool.SchemaAttributes))
      await pools.addAttributes(poolId, attributes);
  }
  const refused = mfa === undefined ? undefined : await pools.setMfa(poolId, mfa);
  return { made: await look(), omissions: refused === undefined ? [] : withoutMfa(refused.refused) };
}

/** Nobody decides anything in a drill: what an operator would be asked to accept is accepted, and shows in the result. */
const restoreOptions = ({ poolId, sample }: MadePool, { cognitoTps }: StartedDrill['options']): ImportOptions => ({
  newUserPoolId: poolId,
  allowSourcePool: false,
  allowTriggers: false,
  restoreUnconfirmed: false,
  acceptIncomplete: false,
  acceptMfaLockout: true,
  dryRun: false,
  ...(sample === undefined ? {} : { sample }),
  ...(cognitoTps === undefined ? {} : { cognitoTps }),
});
