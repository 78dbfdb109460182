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
  /** Of these by calls: the drill's pool does without SMS, and a pool like the kept one takes them by import job. */
  readonly byCsvInSource: number;
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
/** Rows per second of an import job that nobody has measured: what docs/benchmarks.md takes for slow jobs. */
const ROWS_PER_SECOND = 30;

/**
 * How long a restore of the whole run would take in this Region: import jobs go on beside the calls for memberships and
 * creations, the comparison follows. Undefined where the sample's import job was not measured.
 */
export function projectedSeconds(measured: Measurement): number | undefined {
  const { backup, rehearsed, byCsv, oneByOne, byCsvInSource, rowsPerSecond, planningSeconds } = measured;
  const restored = byCsv + oneByOne;
  if (restored === 0 || rehearsed.users === 0 || (byCsv > 0 && rowsPerSecond === undefined)) return undefined;
  const perSecond = measured.callsPerSecond * GRANTED;
  const created = backup.users * ((oneByOne - byCsvInSource) / rehearsed.users);
  const imported = backup.users * ((byCsv + byCsvInSource) / rehearsed.users);
  const jobs = imported / (rowsPerSecond ?? ROWS_PER_SECOND);
  const writes = (backup.memberships + CALLS_OF_CREATION * created) / perSecond + backup.groups / GROUPS_PER_SECOND;
  const pages = backup.users / FULL_PAGE + SUB_PREFIXES.length + backup.groups + backup.memberships / FULL_PAGE;
  return Math.ceil(planningSeconds + Math.max(jobs, writes) + pages / perSecond);
}
