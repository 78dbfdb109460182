import * as v from 'valibot';
import { ADOPTED_PREFIX, obstacleTo, placeText, snapshotPlaceIn } from '../backup/snapshot/place.ts';
import type { SnapshotPlace } from '../backup/snapshot/place.ts';
import { tablePrefixIn } from '../backup/table-name.ts';
import { groupRoleMapKey } from '../import/plan/group-roles.ts';
import { SAMPLE_USERS } from '../drill/drill-event.ts';
import type { DrillOptions } from '../drill/drill-event.ts';
import type { ImportOptions } from '../import/plan/plan-model.ts';
import { aboutPoolId, isPoolIdOf } from '../import/preflight/pool-id.ts';
import { selectionKeys, selectionOf } from '../import/plan/selection-keys.ts';
import type { VerifyOptions } from '../verify/verify-event.ts';
import { Halt } from '../errors.ts';
import { readInputKeys } from './input-keys.ts';
import type { KeyKind } from './input-keys.ts';

/** What a start of ExportWorkflow may ask for; defaults filled in. */
export interface ExportOptions {
  /** Deletes also what the mass-delete guard would refuse. */
  readonly allowMassDelete: boolean;
  /** Overwrites also what the mass-change guard would refuse. */
  readonly allowMassChange: boolean;
  /** Exports a pool whose recovery by AWS was left to AWS Support, and is settled by now whatever its status says. */
  readonly allowUnsettledRecovery?: true;
  /** Who started it: `Schedule`, `Launch`, or what the operator gave. */
  readonly trigger?: string;
}

/** What the workflow that was started knows of itself. */
export interface StartedIn {
  readonly region: string;
  /** Of this launch. */
  readonly tableName: string;
  /** The bucket that the parameter VaultBucketArn names. */
  readonly vaultBucket?: string;
}

const flag: KeyKind<boolean> = { schema: v.boolean(), expected: 'true or false, without quotes', example: true };

function text(expected: string, example: string, pattern: RegExp): KeyKind<string> {
  return { schema: v.pipe(v.string(), v.regex(pattern)), expected, example };
}

const wholeNumber = (min: number, max: number, example: number): KeyKind<number> => ({
  schema: v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)),
  expected: `a whole number from ${min} to ${max}, without quotes`,
  example,
});

const trigger = text(
  'text of at most 40 letters, digits, blanks, dots, dashes or underscores',
  'By hand',
  /^[\w .-]{1,40}$/,
);

/** The id of a pool of the Region in which the workflow runs. */
const poolOf = (region: string): KeyKind<string> => ({
  schema: v.pipe(
    v.string(),
    v.check((poolId) => isPoolIdOf(poolId, region)),
  ),
  expected: `the id of a user pool of ${region}, such as ${region}_AbCdEfGhI`,
  example: `${region}_AbCdEfGhI`,
  about: (given) => aboutPoolId(given, region),
});

/** The roles of the functions may read tables of these names only, so another one would end as a denied call. */
function tableOf(tableName: string): KeyKind<string> {
  const prefix = tablePrefixIn(tableName);
  return {
    schema: v.pipe(
      v.string(),
      v.regex(/^[\w.-]{3,255}$/),
      v.check((given) => given === tableName || (prefix !== undefined && given.startsWith(prefix) && given !== prefix)),
    ),
    expected:
      prefix !== undefined
        ? `the name of a DynamoDB table that begins with ${prefix} (the functions may read no other)`
        : `${tableName}, the table of this launch (the functions may read no other)`,
    example: tableName,
  };
}

const EXPORT_KEYS = {
  AllowMassDelete: flag,
  AllowMassChange: flag,
  Trigger: trigger,
  AllowUnsettledRecovery: flag,
};

const verifyKeys = ({ region }: StartedIn) => ({
  UserPoolId: poolOf(region),
  Percent: wholeNumber(1, 100, 100),
  Trigger: trigger,
  CognitoTPS: wholeNumber(1, 25, 10),
});

const DRILL_KEYS = {
  Users: wholeNumber(50, 10_000_000, SAMPLE_USERS),
  Everybody: flag,
  CleanUp: flag,
  Trigger: trigger,
  CognitoTPS: wholeNumber(1, 25, 10),
};

const importKeys = ({ region, tableName, vaultBucket }: StartedIn) => ({
  NewUserPoolId: {
    ...poolOf(region),
    halt: 'InvalidNewUserPoolId' as const,
    whenMissing: `create an empty user pool in ${region} and give its id`,
  },
  AllowSourcePool: flag,
  AllowTriggers: flag,
  RestoreUnconfirmed: flag,
  AcceptIncomplete: flag,
  RecreateMissing: flag,
  AcceptMfaLockout: flag,
  DryRun: flag,
  CognitoTPS: wholeNumber(1, 25, 10),
  BackupTableName: tableOf(tableName),
  ExportRun: text(
    'the id of an export run, such as 20260301T000000Z-0a1b2c3d',
    '20260301T000000Z-0a1b2c3d',
    /^\d{8}T\d{6}Z-[0-9a-f]{8}$/,
  ),
  SnapshotPrefix: snapshotPrefixIn(vaultBucket),
  GroupRoleMap: groupRoleMapIn(region),
  Selection: selectionIn(region),
});

/** One for another pool is told apart once the pool is known. */
const groupRoleMapIn = (region: string): KeyKind<string> =>
  text(
    'the key of a map of group roles in the mapping-file bucket, restores/<NewUserPoolId>/group-roles.json',
    groupRoleMapKey(`${region}_AbCdEfGhI`),
    /^restores\/[^/]+\/group-roles\.json$/,
  );

/** @throws Halt InvalidInput where it is the key of a map for another pool */
function groupRoleMapFor(poolId: string, key: string): string {
  if (key === groupRoleMapKey(poolId)) return key;
  throw new Halt(
    'InvalidInput',
    `The input of ImportWorkflow gives a GroupRoleMap that is none for the pool ${poolId}, which NewUserPoolId names: the key of one is ${groupRoleMapKey(poolId)}. Correct one of the two and start the workflow again.`,
  );
}

/** The roles of the functions may read snapshots in these places only; another one is refused before any call. */
function snapshotPrefixIn(vaultBucket: string | undefined): KeyKind<string> {
  const vault =
    vaultBucket === undefined
      ? 'that of the vault, once the parameter VaultBucketArn names one'
      : `${vaultBucket}, which the parameter VaultBucketArn names`;
  const obstacle = (given: string): ReturnType<typeof obstacleTo> => {
    const place = snapshotPlaceIn(given);
    return place === undefined ? 'prefix' : obstacleTo(place, vaultBucket);
  };
  return {
    schema: v.pipe(
      v.string(),
      v.check((given) => obstacle(given) === undefined),
    ),
    expected: `s3://<bucket>/, or s3://<bucket>/${ADOPTED_PREFIX} for what the command adopt wrote, with a slash at its end, where the bucket is ${vault}, or the mapping-file bucket of a launch in this account (stackset-cognitouser...-mappingfilebucket-...)`,
    example: `s3://${vaultBucket ?? 'stackset-cognitouser-0a1b2c-mappingfilebucket-0a1b2c3d'}/`,
    about: (given) =>
      obstacle(given) === 'bucket'
        ? 'a prefix of a bucket that the functions of this launch may not read'
        : snapshotPlaceIn(given) === undefined
          ? undefined
          : 'a prefix of that bucket in which the functions of this launch may read nothing',
  };
}

/**
 * Where the snapshot lies and which run that names, if any.
 * @throws Halt InvalidInput where something else is given that names another backup
 */
function placeAsked({ SnapshotPrefix, BackupTableName, ExportRun }: PlaceKeys): Partial<ImportOptions> {
  if (SnapshotPrefix === undefined) return ExportRun === undefined ? {} : { exportRun: ExportRun };
  const { bucket, base, run } = snapshotPlaceIn(SnapshotPrefix) as SnapshotPlace;
  const refuse = (found: string): Halt =>
    new Halt(
      'InvalidInput',
      `The input of ImportWorkflow gives SnapshotPrefix together with ${found} Leave one of the two out and start the workflow again.`,
    );
  if (BackupTableName !== undefined) throw refuse('BackupTableName: from a snapshot nothing is read from a table.');
  if (run !== undefined && ExportRun !== undefined && run !== ExportRun)
    throw refuse(`an ExportRun of another id: the prefix names the folder of the export ${run}.`);
  const exportRun = run ?? ExportRun;
  return { snapshotPrefix: placeText({ bucket, base }), ...(exportRun === undefined ? {} : { exportRun }) };
}

interface PlaceKeys {
  readonly SnapshotPrefix?: string;
  readonly BackupTableName?: string;
  readonly ExportRun?: string;
}

/** A selection that is written for another pool is told apart once the pool is known. */
function selectionIn(region: string): KeyKind<string> {
  const example = selectionKeys(`${region}_AbCdEfGhI`, '20260301T000000Z-0a1b2c3d').request;
  return text(
    'the key of a selection in the mapping-file bucket, restores/<NewUserPoolId>/selections/<id>/request.json',
    example,
    /^restores\/[^/]+\/selections\/[^/]+\/request\.json$/,
  );
}

/**
 * The id of the selection whose request has this key.
 * @throws Halt InvalidInput where it is one for another pool, or something is given that a selection does not know
 */
function selectionFor(poolId: string, key: string, flags: { readonly RecreateMissing?: boolean }): string {
  const id = selectionOf(key, poolId);
  if (id === undefined)
    throw new Halt(
      'InvalidInput',
      `The input of ImportWorkflow gives a Selection that is none for the pool ${poolId}, which NewUserPoolId names: the key of one is ${selectionKeys(poolId, '<id>').request}. Correct one of the two and start the workflow again.`,
    );
  if (flags.RecreateMissing !== undefined)
    throw new Halt(
      'InvalidInput',
      'The input of ImportWorkflow gives RecreateMissing together with Selection: a selection makes everybody again whom it names and the pool lacks. Leave RecreateMissing out and start the workflow again.',
    );
  return id;
}

/**
 * The input of ExportWorkflow; `{}` is fine.
 * @throws Halt InvalidInput that names the key, what was found and what is allowed
 */
export function parseExportInput(input: unknown): ExportOptions {
  const {
    AllowMassDelete = false,
    AllowMassChange = false,
    AllowUnsettledRecovery = false,
    Trigger,
  } = readInputKeys('ExportWorkflow', input, EXPORT_KEYS);
  return {
    allowMassDelete: AllowMassDelete,
    allowMassChange: AllowMassChange,
    ...(AllowUnsettledRecovery ? { allowUnsettledRecovery: true } : {}),
    ...(Trigger === undefined ? {} : { trigger: Trigger }),
  };
}

/**
 * The input of ImportWorkflow.
 * @throws Halt InvalidInput; InvalidNewUserPoolId when only the pool's id is missing, malformed, or of another Region
 */
export function parseImportInput(input: unknown, startedIn: StartedIn): ImportOptions {
  const { NewUserPoolId, CognitoTPS, SnapshotPrefix, BackupTableName, ExportRun, GroupRoleMap, Selection, ...flags } =
    readInputKeys('ImportWorkflow', input, importKeys(startedIn));
  return {
    newUserPoolId: NewUserPoolId,
    allowSourcePool: flags.AllowSourcePool ?? false,
    allowTriggers: flags.AllowTriggers ?? false,
    restoreUnconfirmed: flags.RestoreUnconfirmed ?? false,
    acceptIncomplete: flags.AcceptIncomplete ?? false,
    dryRun: flags.DryRun ?? false,
    ...(flags.RecreateMissing === undefined ? {} : { recreateMissing: flags.RecreateMissing }),
    ...(flags.AcceptMfaLockout === undefined ? {} : { acceptMfaLockout: flags.AcceptMfaLockout }),
    ...(CognitoTPS === undefined ? {} : { cognitoTps: CognitoTPS }),
    ...(BackupTableName === undefined ? {} : { backupTableName: BackupTableName }),
    ...placeAsked({
      ...(SnapshotPrefix === undefined ? {} : { SnapshotPrefix }),
      ...(BackupTableName === undefined ? {} : { BackupTableName }),
      ...(ExportRun === undefined ? {} : { ExportRun }),
    }),
    ...(GroupRoleMap === undefined ? {} : { groupRoleMap: groupRoleMapFor(NewUserPoolId, GroupRoleMap) }),
    ...(Selection === undefined ? {} : { selectionId: selectionFor(NewUserPoolId, Selection, flags) }),
  };
}

/**
 * The input of VerifyWorkflow; `{}` is fine.
 * @throws Halt InvalidInput, also when UserPoolId is not the id of a pool of this Region
 */
export function parseVerifyInput(input: unknown, startedIn: StartedIn): VerifyOptions {
  const {
    UserPoolId,
    Percent = 100,
    Trigger,
    CognitoTPS,
  } = readInputKeys('VerifyWorkflow', input, verifyKeys(startedIn));
  return {
    percent: Percent,
    ...(UserPoolId === undefined ? {} : { userPoolId: UserPoolId }),
    ...(Trigger === undefined ? {} : { trigger: Trigger }),
    ...(CognitoTPS === undefined ? {} : { cognitoTps: CognitoTPS }),
  };
}

/**
 * The input of DrillWorkflow; `{}` is fine.
 * @throws Halt InvalidInput, also when both a number of users and everybody is asked for
 */
export function parseDrillInput(input: unknown): DrillOptions {
  const {
    Users,
    Everybody = false,
    CleanUp = false,
    Trigger,
    CognitoTPS,
  } = readInputKeys('DrillWorkflow', input, DRILL_KEYS);
  if (Everybody && Users !== undefined)
    throw new Halt(
      'InvalidInput',
      'The input of DrillWorkflow gives Users together with "Everybody": true. Leave one of the two out and start the workflow again.',
    );
  return {
    ...(Everybody ? {} : { users: Users ?? SAMPLE_USERS }),
    ...(CleanUp ? { cleanUp: true } : {}),
    ...(Trigger === undefined ? {} : { trigger: Trigger }),
    ...(CognitoTPS === undefined ? {} : { cognitoTps: CognitoTPS }),
  };
}
