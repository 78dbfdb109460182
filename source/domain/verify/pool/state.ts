import type { Matching } from '../../comparison/matching.ts';
import type { LedgerState } from '../../digests/ledger.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { ChainProgress } from '../../listing/chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import type { BackupTable, Clock, Log, ObjectStore, TimeLeft, UserPoolReader } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { newScan } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import type { CompareEvent } from '../verify-event.ts';

export interface ComparePoolInput extends CompareEvent {
  readonly tableName: string;
  /** The Region's bucket, for messages. */
  readonly bucket: string;
}

export interface ComparePoolDeps {
  readonly pool: Pick<UserPoolReader, 'describe' | 'listUsersPage' | 'listGroupsPage' | 'listUsersInGroupPage'>;
  readonly table: Pick<BackupTable, 'getItem' | 'scanPage'>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly claim: string;
  readonly timeLeft: TimeLeft;
}

/** What the comparison found; users of identity providers are ignored on both sides. */
export interface PoolCounts {
  /** In the backup. */
  users: number;
  groups: number;
  memberships: number;
  /** In the backup, not in the pool. */
  usersMissing: number;
  groupsMissing: number;
  membershipsMissing: number;
  /** In the pool, not in the backup. */
  usersExtra: number;
  groupsExtra: number;
  membershipsExtra: number;
  /** In both, but not the same. */
  usersDifferent: number;
  groupsDifferent: number;
  /** Users who never confirmed their sign-up, and their memberships: no restore creates them unless it is asked to. */
  usersNotRestored: number;
  membershipsNotRestored: number;
}
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

const DIFFERENCES: readonly (keyof PoolCounts)[] = [
  'usersMissing',
  'groupsMissing',
  'membershipsMissing',
  'usersExtra',
  'groupsExtra',
  'membershipsExtra',
  'usersDifferent',
  'groupsDifferent',
];
export const differs = (counts: PoolCounts): boolean => DIFFERENCES.some((kind) => counts[kind] > 0);

/** Checkpoint of ComparePool. */
export interface CompareState {
  step: 'scan' | 'users' | 'groups' | 'members' | 'absent' | 'report' | 'done';
  /** ISO 8601. */
  startedAt: string;
  /** Absent before the pool was looked at. */
  matching?: Matching;
  /** Of the scan under way: the first reads what the backup holds, the second, where something is absent, what that is. */
  segments: ScanProgress;
  /** Objects with the records of the backup. */
  readonly records: { readonly users: string[]; readonly memberships: string[]; readonly groups: string[] };
  /** Object with what of it was seen. */
  marksKey?: string;
  scope: ListingScope;
  chains: ChainProgress;
  /** Object with the names of the pool's groups. */
  groupsKey?: string;
  /** In the pool, not in the backup. */
  readonly extraUsers: LedgerState;
  readonly extraMemberships: LedgerState;
  /** Backup items that were read to name differing attributes. */
  lookups: number;
  /** Objects with the lines of differences.csv. */
  readonly rows: string[];
  readonly counts: PoolCounts;
}

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
export interface Comparison {
  readonly input: ComparePoolInput;
  readonly deps: ComparePoolDeps;
  readonly progress: Progress<CompareState>;
  readonly folder: string;
  readonly sliceOver: () => boolean;
}
