import * as v from 'valibot';
import type { Sample } from '../../backup/sample.ts';
import { newScan, scanProgressShape } from '../../backup/scan-segments.ts';
import { openMarkerShape } from '../../backup/manifest.ts';
import { matchingShape } from '../../comparison/matching.ts';
import { ledgerShape } from '../../digests/ledger.ts';
import type { OpenPlanReader } from '../../digests/open-plan.ts';
import { tableContentShape } from '../../digests/table-tally.ts';
import { chainProgressShape, NO_CHAINS } from '../../listing/chains.ts';
import { listingScopeShape } from '../../listing/user-chains.ts';
import type { BackupTable, Clock, Log, ObjectStore, TimeLeft, UserPoolReader } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { countShape, onlyRead, textsShape, timeShape } from '../../state/shape.ts';
import type { TellProgress } from '../../state/work-figures.ts';
import { VERIFICATIONS_PREFIX } from '../verify-event.ts';
import type { CompareEvent } from '../verify-event.ts';
import { claimsShape } from './claims.ts';

/** What ComparePool is asked to compare. */
export interface ComparePoolInput extends CompareEvent {
  readonly tableName: string;
  /** The Region's bucket, for messages. */
  readonly bucket: string;
  /** Of a drill: the pool is to hold these users only, with their groups. */
  readonly sample?: Sample;
  /** Of a drill: the backup is read before it is restored, so that an export that is sealed meanwhile does not matter. */
  readonly readOnly?: boolean;
}

/** What ComparePool needs: the pool, the backup, and where it keeps its progress. */
export interface ComparePoolDeps {
  readonly pool: Pick<UserPoolReader, 'describe' | 'listUsersPage' | 'listGroupsPage' | 'listUsersInGroupPage'>;
  readonly table: Pick<BackupTable, 'getItem' | 'scanPage'>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly claim: string;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
  readonly timeLeft: TimeLeft;
}

const poolCountsShape = v.object({
  /** In the backup. */
  users: countShape,
  groups: countShape,
  memberships: countShape,
  /** In the backup, not in the pool. */
  usersMissing: countShape,
  groupsMissing: countShape,
  membershipsMissing: countShape,
  /** In the pool, not in the backup. */
  usersExtra: countShape,
  groupsExtra: countShape,
  membershipsExtra: countShape,
  /** In both, but not the same. */
  usersDifferent: countShape,
  groupsDifferent: countShape,
  /** In both, with another IAM role, or with one in one of them only: no difference, since a restore gives roles by a map only. */
  groupsWithOtherRole: v.exactOptional(countShape),
  /** Users who never confirmed their sign-up, and their memberships: no restore creates them unless it is asked to. */
  usersNotRestored: countShape,
  membershipsNotRestored: countShape,
});
/** What the comparison found; users of identity providers are ignored on both sides. */
export type PoolCounts = v.InferOutput<typeof poolCountsShape>;
const noCounts = (): PoolCounts => ({
  users: 0,
  groups: 0,
  memberships: 0,
  usersMissing: 0,
  groupsMissing: 0,
  membershipsMissing: 0,
  usersExtra: 0,
  groupsExtra: 0,
  membershipsExtra: 0,
  usersDifferent: 0,
  groupsDifferent: 0,
  usersNotRestored: 0,
  membershipsNotRestored: 0,
});

const DIFFERENCES: readonly Exclude<keyof PoolCounts, 'groupsWithOtherRole'>[] = [
  'usersMissing',
  'groupsMissing',
  'membershipsMissing',
  'usersExtra',
  'groupsExtra',
  'membershipsExtra',
  'usersDifferent',
  'groupsDifferent',
];
/** True when the pool is not what the backup holds; what no restore creates is no difference. */
export const differs = (counts: PoolCounts): boolean => DIFFERENCES.some((kind) => counts[kind] > 0);

const extraShape = ledgerShape(VERIFICATIONS_PREFIX);
export const compareStateShape = v.object({
  step: v.picklist(['scan', 'users', 'groups', 'members', 'absent', 'report', 'done']),
  startedAt: timeShape,
  /** Absent before the pool was looked at. */
  matching: v.exactOptional(onlyRead(matchingShape)),
  /** Of the scan under way: the first reads what the backup holds, the second, where something is absent, what that is. */
  segments: v.pipe(scanProgressShape, v.minLength(1)),
  /** The pool that was backed up, where another one is compared: its automatic groups belong to it alone. */
  sourcePoolId: v.exactOptional(v.string()),
  /** The backup as it was read; absent in comparisons that version 2.0.0 began. */
  backup: v.exactOptional(
    v.object({
      /** What was being applied to the table. */
      open: v.exactOptional(onlyRead(openMarkerShape)),
      read: tableContentShape,
      /** By the second scan. */
      readAgain: v.exactOptional(tableContentShape),
    }),
  ),
  /** Of a drill: names of the groups that its users are in. */
  groupsOfSample: v.exactOptional(textsShape),
  /** Objects with the records of the backup. */
  records: v.object({ users: textsShape, memberships: textsShape, groups: textsShape }),
  /** Object with what of it was seen. */
  marksKey: v.exactOptional(v.string()),
  /** Which account is which user, where users sign in by either of two addresses and `sub` does not tell. */
  claims: v.exactOptional(claimsShape),
  scope: listingScopeShape,
  chains: onlyRead(chainProgressShape),
  /** Object with the names of the pool's groups. */
  groupsKey: v.exactOptional(v.string()),
  /** In the pool, not in the backup. */
  extraUsers: extraShape,
  extraMemberships: extraShape,
  /** Backup items that were read to name differing attributes. */
  lookups: countShape,
  /** Objects with the lines of differences.csv. */
  rows: textsShape,
  counts: poolCountsShape,
});
/** Checkpoint of ComparePool, changed in place. */
export type CompareState = v.InferOutput<typeof compareStateShape>;

/** The checkpoint before the backup is read. */
export const newComparison = (now: number): CompareState => ({
  step: 'scan',
  startedAt: new Date(now).toISOString(),
  segments: newScan(),
  records: { users: [], memberships: [], groups: [] },
  scope: 'prefixes',
  chains: NO_CHAINS,
  extraUsers: [],
  extraMemberships: [],
  lookups: 0,
  rows: [],
  counts: noCounts(),
});

/** What the state machine sees: counts and object keys. */
export interface ComparePoolResult {
  readonly done: boolean;
  readonly step: CompareState['step'];
  readonly userPoolId: string;
  readonly counts?: PoolCounts;
  readonly reportKeys?: readonly string[];
}

/** One invocation's view of the comparison. */
export interface ComparisonRun {
  readonly input: ComparePoolInput;
  readonly deps: ComparePoolDeps;
  readonly progress: Progress<CompareState>;
  readonly folder: string;
  /** Plans that are being applied to the table. */
  readonly plans: OpenPlanReader;
  readonly sliceOver: () => boolean;
}
