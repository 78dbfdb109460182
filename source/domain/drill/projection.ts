import type { Counts } from '../backup/manifest.ts';
import { FULL_PAGE } from '../listing/page-chain.ts';
import { SUB_PREFIXES } from '../listing/user-chains.ts';

/** What a drill measured, and of how much. */
export interface Measurement {
  /** What the run holds, and what of it was restored. */
  readonly backup: Counts;
  readonly rehearsed: Counts;
  /** Users of these whom import jobs brought, and users whom calls did. */
  readonly byCsv: number;
  readonly oneByOne: number;
  /** Rows per second of the import job; absent where none was measured. */
  readonly rowsPerSecond?: number;
  /** Reading and planning took so long; the whole table was read. */
  readonly planningSeconds: number;
  readonly callsPerSecond: number;
}

/** Share of CognitoTPS that the pacer grants, and calls per second for groups; see pacer.ts and lane.ts. */
const GRANTED = 0.91;
const GROUPS_PER_SECOND = 4.5;
/** Creating a user takes AdminCreateUser and AdminSetUserPassword. */
const CALLS_OF_CREATION = 2;

/**
 * How long a restore of the whole run would take in this Region: import jobs go on beside the calls for memberships and
 * creations, the comparison follows. Undefined where the sample had no user of an import job to measure by.
 */
export function projectedSeconds(measured: Measurement): number | undefined {
  const { backup, rehearsed, byCsv, oneByOne, rowsPerSecond, planningSeconds } = measured;
  const restored = byCsv + oneByOne;
  if (restored === 0 || rehearsed.users === 0 || (byCsv > 0 && rowsPerSecond === undefined)) return undefined;
  const perSecond = measured.callsPerSecond * GRANTED;
  const created = backup.users * (oneByOne / rehearsed.users);
  const imported = backup.users * (byCsv / rehearsed.users);
  const jobs = rowsPerSecond === undefined ? 0 : imported / rowsPerSecond;
  const writes = (backup.memberships + CALLS_OF_CREATION * created) / perSecond + backup.groups / GROUPS_PER_SECOND;
  const pages = backup.users / FULL_PAGE + SUB_PREFIXES.length + backup.groups + backup.memberships / FULL_PAGE;
  return Math.ceil(planningSeconds + Math.max(jobs, writes) + pages / perSecond);
}
