import * as v from 'valibot';
import { groupShape, settingsShape, SIGN_IN_ATTRIBUTES } from '../../model.ts';
import { countsShape } from '../../backup/manifest.ts';
import type { Counts } from '../../backup/manifest.ts';
import { sampleShape } from '../../backup/sample.ts';
import type { ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';
import { externalIdentityShape, identityPlanShape } from './identity-plan.ts';
import { mfaChangeShape, mfaCountsShape } from './mfa-hurdles.ts';
import { countShape, idShape, subShape, textsShape, timeShape } from '../../state/shape.ts';
import type { Shape, Stored } from '../../state/shape.ts';

/**
 * The binding plan of one restore and the objects it names. All live in the bucket of the Region that restores, below
 * `restores/<NewUserPoolId>/`: they hold personal data. `ScanTable` writes them, `ImportUsers` and `UpdateUsers` carry
 * them out.
 */

/** `newUserPoolId`: the only one that fits. */
const optionsShape = (newUserPoolId: string) =>
  v.object({
    newUserPoolId: v.literal(newUserPoolId),
    allowSourcePool: v.boolean(),
    allowTriggers: v.boolean(),
    restoreUnconfirmed: v.boolean(),
    acceptIncomplete: v.boolean(),
    /** Makes accounts again that a restore had made and that are gone. */
    recreateMissing: v.exactOptional(v.boolean()),
    /** Restores users who cannot sign in to the new pool, which requires MFA. */
    acceptMfaLockout: v.exactOptional(v.boolean()),
    dryRun: v.boolean(),
    /** Overrides the stack's CognitoTPS, 1 to 25. */
    cognitoTps: v.exactOptional(v.number()),
    /** Another table than the stack's: recovered by PITR or retained by an earlier launch. */
    backupTableName: v.exactOptional(v.string()),
    /** Restores exactly this run, from the snapshot that this Region keeps of it, instead of the table. */
    exportRun: v.exactOptional(v.string()),
    /** Where the snapshot is read, `s3://bucket/prefix/`, when it is not this Region's own; then nothing is read from a table. */
    snapshotPrefix: v.exactOptional(v.string()),
    /** Key of the map that gives groups their IAM roles (group-roles.ts). */
    groupRoleMap: v.exactOptional(v.string()),
    /** Restores what this selection asks for into a living pool, instead of the whole backup into an empty one. */
    selectionId: v.exactOptional(v.string()),
    /** Of a drill: restores only these users, with their groups. */
    sample: v.exactOptional(sampleShape),
  });
/** What the operator may give besides NewUserPoolId; defaults filled in. */
export type ImportOptions = Stored<ReturnType<typeof optionsShape>>;

/** A line of a chunk. */
export const restoreUserShape = v.object({
  /** `sub` in the backup. */
  sub: subShape,
  /** What goes into `cognito:username`: the username, or the value of the pool's username attribute, of two the user's own. */
  name: v.string(),
  /** Without `sub`, `identities` and empty values (Cognito keeps no empty attribute). */
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  status: v.string(),
  /** Indexes into the plan's groups. */
  groups: v.array(countShape),
  /** Accounts at identity providers that are linked to the user; see IdentityPlan. */
  links: v.exactOptional(v.array(externalIdentityShape)),
});
/** A user as it is to be restored. One JSON line per user in chunk and creation files. */
export type RestoreUser = Stored<typeof restoreUserShape>;

const exclusionShape = v.picklist([
  'Unconfirmed',
  /** In plans of version 2.0.0 only. */
  'TriggersWouldFire',
  'NoSignInName',
  'NameCollision',
  'BadUsername',
  'BadAttribute',
  'Unreadable',
  'Federated',
]);
/** Why a user is left out, by rule; such users are in failures.csv and never count as restored. */
export type Exclusion = v.InferOutput<typeof exclusionShape>;

const about = { sub: subShape, name: v.string() };
export const excludedUserShape = v.object({
  ...about,
  reason: exclusionShape,
  /** One sentence without other users' data. */
  detail: v.string(),
});
/** A user who is left out; one JSON line each in the object that the plan names. */
export type ExcludedUser = Stored<typeof excludedUserShape>;

/** A chunk as a plan names it. `key`: what the names of its objects are like. */
export const chunkPlanShape = (key: Shape<string>) =>
  v.object({
    /** 0, 1, 2, ...; the first holds the members of the smallest groups. */
    index: countShape,
    /** NDJSON of RestoreUser in CSV order. */
    key,
    users: countShape,
    csvBytes: countShape,
  });
/** Users of one import job, at most 50,000 and 90 MB of CSV. */
export type ChunkPlan = Stored<ReturnType<typeof chunkPlanShape>>;

/** A line of a batch. */
export const updateOpShape = v.variant('op', [
  /** AdminCreateUser + AdminSetUserPassword, for a user that the CSV cannot carry. */
  v.object({ op: v.literal('create'), user: restoreUserShape, why: v.string() }),
  v.object({ op: v.literal('disable'), ...about }),
  v.object({ op: v.literal('add'), ...about, group: countShape }),
  /** CreateGroup (also done by the first `add` that needs it). */
  v.object({ op: v.literal('group'), group: countShape }),
]);
/** One step of UpdateUsers. */
export type UpdateOp = Stored<typeof updateOpShape>;

/** A batch as a plan names it. `key`: what the names of its objects are like. */
export const batchPlanShape = (key: Shape<string>) =>
  v.object({
    index: countShape,
    key,
    ops: countShape,
    /** Released when this chunk has its final result; `null`: released at once (users created one by one, empty groups). */
    chunk: v.nullable(countShape),
  });
/**
 * At most 500 operations; NDJSON of UpdateOp. A chunk's batches hold its `disable` operations first, then its `add`
 * operations ordered by group, so that creating groups and filling them overlap. In a batch of users created one by one
 * each `create` is followed by that user's `disable` and `add` operations, all in the same batch: the order within one
 * user must be kept.
 */
export type BatchPlan = Stored<ReturnType<typeof batchPlanShape>>;

export const plannedGroupShape = v.object({
  ...groupShape.entries,
  members: countShape,
  /** The role that it gets, by the map of the execution; that of the backup is only reported. */
  newRoleArn: v.exactOptional(v.string()),
});
/** A group that is to exist, with the members that the restore brings back. */
export type PlannedGroup = Stored<typeof plannedGroupShape>;

/** What a plan counts of the users it brings back, and of those it leaves out. */
export const planCountsShape = v.object({
  byCsv: countShape,
  oneByOne: countShape,
  /** Users of `oneByOne` whom an import job would bring if the new pool verified the addresses that the old one does. */
  byCsvInSource: v.exactOptional(countShape),
  excluded: countShape,
  excludedBy: v.record(exclusionShape, countShape),
  /** Memberships whose user is not in the backup or is excluded: reported, not planned. */
  membershipsWithoutUser: countShape,
  memberships: countShape,
  disabled: countShape,
  /** Users of `byCsv` and `oneByOne` of whom the backup does not tell by which of two addresses they sign in. */
  signInUnknown: v.exactOptional(countShape),
  /** Users of `byCsv` and `oneByOne` who come back without an attribute; see attributeLossShape. */
  withLosses: v.exactOptional(countShape),
  /** Groups that had an IAM role and get none. */
  groupsWithoutRole: v.exactOptional(countShape),
  /** Groups of the backup that Cognito makes itself for an identity provider: not planned, nor are their memberships. */
  automaticGroups: v.exactOptional(countShape),
  /** Users of `byCsv` and `oneByOne` who will not be able to set a new password by "forgot password". */
  withoutRecovery: v.exactOptional(countShape),
  /** How the same users get in; only where the new pool requires MFA. */
  mfa: v.exactOptional(mfaCountsShape),
});

/** An export that was being applied to the table, or had been interrupted, when the table was read. */
export const interruptedShape = v.object({
  runId: idShape,
  /** Its changes that were in the table; absent where nobody can tell. */
  items: v.exactOptional(countShape),
  /** Its changes altogether; absent where it named no plan. */
  planned: v.exactOptional(countShape),
});
/** Differences from the manifest that AcceptIncomplete let pass. */
export const incompleteShape = v.object({
  expected: countsShape,
  found: countsShape,
  differingBuckets: countShape,
  damagedItems: countShape,
});

export const sourceShape = v.picklist(['table', 'snapshot']);
/** The backup table, or the snapshot of a kept run. */
export type RestoreSource = v.InferOutput<typeof sourceShape>;

/** A plan names its own pool and restore, and objects of this restore only. */
function planShape(newUserPoolId: string, restoreId: string) {
  const key = v.pipe(v.string(), v.startsWith(restoreFolder(newUserPoolId, restoreId)));
  return v.object({
    restoreId: v.literal(restoreId),
    newUserPoolId: v.literal(newUserPoolId),
    newUserPoolName: v.string(),
    options: optionsShape(newUserPoolId),
    /** The sealed run that is restored, and the pool that it came from. */
    runId: idShape,
    sourceUserPoolId: v.string(),
    tableName: v.string(),
    interrupted: v.exactOptional(interruptedShape),
    incomplete: v.exactOptional(incompleteShape),
    /** Absent in plans of version 2.0.0, which read a snapshot only where ExportRun asked for it. */
    source: v.exactOptional(sourceShape),
    /** How the backup was read, where that was not as usual; for report and message. */
    remarks: v.exactOptional(textsShape),
    signInName: v.picklist(SIGN_IN_ATTRIBUTES),
    /** GetCSVHeader's answer. */
    csvHeader: textsShape,
    mfaFlag: v.picklist(['true', 'false']),
    /** MFA of the pool that was backed up, and of the new one; absent in plans of earlier versions. */
    mfa: v.exactOptional(mfaChangeShape),
    /** NDJSON of UserHurdle; only where the new pool requires MFA. */
    mfaKey: v.exactOptional(key),
    /** Absent where the backup names no identity provider, and in plans of earlier versions. */
    identities: v.exactOptional(identityPlanShape(key)),
    /** Whether the new pool tells names apart by case; goes into every name digest (see comparison/matching.ts). */
    caseSensitive: v.boolean(),
    /** AliasAttributes of a pool in which a selection changes accounts; absent in other plans. */
    aliases: v.exactOptional(textsShape),
    /**
     * False: the new pool has triggers that AdminCreateUser would fire and AllowTriggers was not given. Then nobody is
     * created one by one, rows that the import job refused included: they are reported instead. They are planned all the
     * same: every start looks again (OpenedRestore), and what it finds then counts for whoever is still to be created.
     */
    mayCreateUsers: v.boolean(),
    /** At planning: see UserPoolDescription. Absent in plans of version 2.0.0. */
    acceptsSignUps: v.exactOptional(v.boolean()),
    importsConfirmed: v.exactOptional(v.boolean()),
    schema: settingsShape.entries.schema,
    /** See PoolSettings. Plans of earlier versions do not tell. */
    recoveryMechanisms: settingsShape.entries.recoveryMechanisms,
    /** JSON array of PlannedGroup, smallest group first; `group` indexes point into it. */
    groupsKey: key,
    chunks: v.array(chunkPlanShape(key)),
    batches: v.array(batchPlanShape(key)),
    /** NDJSON of ExcludedUser. */
    excludedKey: key,
    /** The records of `expected` tell who is to be disabled; those of version 2.0.0 do not. */
    disabledMarked: v.exactOptional(v.boolean()),
    /** NDJSON of AttributeLoss. */
    lossesKey: v.exactOptional(key),
    /** Objects of fixed-width records (see comparison/expected-records.ts), read in this order; also the source of the sub map. */
    expected: v.object({ users: v.array(key), memberships: v.array(key) }),
    /** Remarks for the report, one sentence each, without personal data: settings that differ, groups without an item, ... */
    notes: textsShape,
    counts: v.object({
      /** In the backup. */
      backup: countsShape,
      ...planCountsShape.entries,
    }),
    /** Of a selection: users, groups and memberships that were decided about. Absent in other plans. */
    decided: v.exactOptional(countShape),
    plannedAt: timeShape,
  });
}
/** What is to be done to restore one backup into one pool. */
export type RestorePlan = Stored<ReturnType<typeof planShape>>;

/** Where the users of the restore are read from. */
export const sourceOf = ({ source, options: { exportRun } }: RestorePlan): RestoreSource =>
  source ?? (exportRun === undefined ? 'table' : 'snapshot');

/** Where the snapshot was read, when it was not this Region's own: for report and message. */
export const otherPlaceOf = ({
  options: { snapshotPrefix },
}: Pick<RestorePlan, 'options'>): Pick<ImportOptions, 'snapshotPrefix'> =>
  snapshotPrefix === undefined ? {} : { snapshotPrefix };

type Found = Pick<RestorePlan, 'incomplete'> & { readonly counts: Pick<RestorePlan['counts'], 'backup'> };

/** What the sealed export held and AcceptIncomplete found missing in the table. */
export const notInTable = ({ incomplete }: Pick<RestorePlan, 'incomplete'>): Counts => ({
  users: lacking(incomplete, 'users'),
  groups: lacking(incomplete, 'groups'),
  memberships: lacking(incomplete, 'memberships'),
});

const lacking = (incomplete: RestorePlan['incomplete'], kind: keyof Counts): number =>
  incomplete === undefined ? 0 : Math.max(0, incomplete.expected[kind] - incomplete.found[kind]);

/** How much there is to restore: what the manifest counts, whatever of it the table lacks. */
export function sealedCounts(plan: Found): Counts {
  const { backup } = plan.counts;
  const missing = notInTable(plan);
  return {
    users: backup.users + missing.users,
    groups: backup.groups + missing.groups,
    memberships: backup.memberships + missing.memberships,
  };
}

/** All restores into one pool lie below this prefix. */
export const restorePrefix = (poolId: string): string => `restores/${poolId}/`;
const OF_SELECTION = 'selection-';
/** Under this name a selection is restored: its objects lie in the selection's folder. */
export const restoreIdOfSelection = (selectionId: string): string => `${OF_SELECTION}${selectionId}`;
/** Whether it is the restore of a selection. */
export const isOfSelection = (restoreId: string): boolean => restoreId.startsWith(OF_SELECTION);

/** Everything of one restore lies below this prefix. */
export const restoreFolder = (poolId: string, restoreId: string): string =>
  `${restorePrefix(poolId)}${isOfSelection(restoreId) ? `selections/${restoreId.slice(OF_SELECTION.length)}` : restoreId}/`;
/** Key of the RestorePlan. */
export const planKey = (poolId: string, restoreId: string): string => `${restoreFolder(poolId, restoreId)}plan.json`;

/** Reads the plan of a restore; Fault BadState when there is none, or when it is another one's. */
export const readPlan = (
  objects: Pick<ObjectStore, 'get'>,
  newUserPoolId: string,
  restoreId: string,
): Promise<RestorePlan> => readJson(objects, planKey(newUserPoolId, restoreId), planShape(newUserPoolId, restoreId));
