import { newScan, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import { noContent } from '../../backup/tally.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import type { BackupTable, ItemKey, ObjectStore } from '../../ports.ts';
import { totalsFrom } from './item-totals.ts';
import type { StoredTotals } from './item-totals.ts';
import { SegmentSpool } from './segment-spool.ts';
import type { PendingMemberships } from './spooled-user.ts';

/** Segments that are read at the same time: each holds users until they fill an object. */
const SEGMENTS_AT_ONCE = 4;

/** How far one segment of the table, or one object of a snapshot, has been read and spooled. */
export interface SegmentState {
  readonly next?: ItemKey;
  readonly done: boolean;
  readonly pending?: PendingMemberships;
  /** Objects written for this segment, in order. */
  readonly parts: readonly string[];
}

/** Progress of one scan; everything that it counts is spooled. */
export interface ScanState extends StoredTotals {
  readonly segments: readonly SegmentState[];
  /** Memberships whose user is not in the backup. */
  readonly orphans: number;
}

/** A scan that has read nothing of `segments`. */
const nothingScanned = (segments: readonly SegmentState[]): ScanState => ({
  segments,
  ...noContent(),
  orphans: 0,
  interruptedItems: 0,
  damagedItems: 0,
});

/** A scan of the whole table before its first page. */
export const newTableScan = (): ScanState => nothingScanned(newScan().map(({ done }) => ({ done, parts: [] })));
/** Instead of a scan: no object of a snapshot has been read yet. */
export const newObjectScan = (): ScanState => nothingScanned([]);
export const spoolParts = ({ segments }: Pick<ScanState, 'segments'>): string[] =>
  segments.flatMap(({ parts }) => parts);

export interface ScanDeps {
  readonly table: Pick<BackupTable, 'scanPage'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  /** Key prefix of spool objects; unique per invocation, so that a superseded one overwrites nothing. */
  readonly spoolPrefix: string;
  readonly openRunId: string | undefined;
  /** True when this round should end. */
  readonly stop: () => boolean;
}

/** Reads on until `stop` or the end of the table; what the returned state counts is in the spool. */
export async function scanRound(state: ScanState, deps: ScanDeps): Promise<ScanState> {
  const totals = totalsFrom(state, deps.openRunId);
  const positions: ScanProgress = state.segments.map(({ next, done }) => ({
    done,
    ...(next === undefined ? {} : { start: next }),
  }));
  const spools = state.segments.map(
    (before, segment) => new SegmentSpool(deps.objects, `${deps.spoolPrefix}${segment}-`, before),
  );
  const spoolOf = (segment: number): SegmentSpool => spools[segment] as SegmentSpool;
  await scanSegments(deps.table, positions, {
    take: (items, segment) => {
      totals.add(items);
      spoolOf(segment).add(items);
    },
    afterPage: (segment) => (positions[segment]?.done === true ? spoolOf(segment).end() : spoolOf(segment).makeRoom()),
    stop: deps.stop,
    atOnce: SEGMENTS_AT_ONCE,
  });
  await forEachAtOnce(spools, SEGMENTS_AT_ONCE, (spool) => spool.flush());
  return {
    ...totals.stored(),
    segments: positions.map(({ start, done }, segment) => ({
      done,
      ...(done || start === undefined ? {} : { next: start }),
      ...spoolOf(segment).state,
    })),
    orphans: spools.reduce((sum, { orphans }) => sum + orphans, state.orphans),
  };
}
