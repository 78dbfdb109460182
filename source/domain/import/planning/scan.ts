import { Checksums } from '../../backup/checksums.ts';
import { itemKind } from '../../backup/items.ts';
import { NO_COUNTS } from '../../backup/manifest.ts';
import type { BackupTable, ItemKey, ObjectStore } from '../../ports.ts';
import { inFlight } from './in-flight.ts';
import { ItemTotals } from './item-totals.ts';
import type { StoredTotals } from './item-totals.ts';
import { groupLine, SpoolWriter } from './spool.ts';
import { assemble } from './spooled-user.ts';
import type { PendingMemberships } from './spooled-user.ts';

/** Segments of the parallel scan, and how many of them are read at the same time. */
export const SEGMENTS = 8;
const SEGMENTS_IN_FLIGHT = 4;

interface SegmentState {
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

export const newScan = (): ScanState => ({
  segments: Array.from({ length: SEGMENTS }, () => ({ done: false, parts: [] })),
  counts: NO_COUNTS,
  checksums: new Checksums().toHex(),
  orphans: 0,
  interruptedItems: 0,
  damagedItems: 0,
});

export const scanEnded = ({ segments }: ScanState): boolean => segments.every(({ done }) => done);
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
  const totals = new ItemTotals(state, deps.openRunId);
  const segments = [...state.segments];
  let { orphans } = state;
  await inFlight(segments.keys(), SEGMENTS_IN_FLIGHT, async (index) => {
    const segment = await readSegment(index, segments[index] as SegmentState, totals, deps);
    segments[index] = segment.state;
    orphans += segment.orphans;
  });
  return { ...totals.stored(), segments, orphans };
}

async function readSegment(
  segment: number,
  before: SegmentState,
  totals: ItemTotals,
  deps: ScanDeps,
): Promise<{ readonly state: SegmentState; readonly orphans: number }> {
  let { next, done, pending } = before;
  const spool = new SpoolWriter(deps.objects, `${deps.spoolPrefix}${segment}-`, before.parts);
  let orphans = 0;
  while (!done && !deps.stop()) {
    const page = await deps.table.scanPage({
      segment,
      totalSegments: SEGMENTS,
      consistent: true,
      ...(next === undefined ? {} : { start: next }),
    });
    totals.add(page.items);
    const assembled = assemble(page.items, pending);
    pending = assembled.pending;
    orphans += assembled.orphans;
    for (const user of assembled.users) spool.add(user);
    for (const item of page.items) if (itemKind(item) === 'group') spool.add(groupLine(item));
    if (spool.large) await spool.flush();
    next = page.next;
    done = next === undefined;
  }
  await spool.flush();
  if (done && pending !== undefined) {
    orphans += pending.groups.length;
    pending = undefined;
  }
  return {
    state: {
      done,
      parts: spool.parts,
      ...(next === undefined ? {} : { next }),
      ...(pending === undefined ? {} : { pending }),
    },
    orphans,
  };
}
