import { Checksums } from '../../backup/checksums.ts';
import { itemKind } from '../../backup/items.ts';
import type { GroupItem } from '../../backup/items.ts';
import type { Counts } from '../../backup/manifest.ts';
import { NO_COUNTS } from '../../backup/manifest.ts';
import type { PoolGroup } from '../../model.ts';
import type { BackupTable, ItemKey, ObjectStore, TableItem } from '../../ports.ts';
import { inFlight } from './in-flight.ts';
import { assemble } from './spooled-user.ts';
import type { PendingMemberships, SpooledUser } from './spooled-user.ts';

/** Segments of the parallel scan, and how many of them are read at the same time. */
export const SEGMENTS = 8;
const SEGMENTS_IN_FLIGHT = 4;
/** Characters of JSON after which a segment's spool part is written. */
const PART_CHARS = 4_000_000;

interface SegmentState {
  readonly next?: ItemKey;
  readonly done: boolean;
  readonly pending?: PendingMemberships;
  /** Objects written for this segment, in order. */
  readonly parts: readonly string[];
}

/** Progress of one scan; everything that it counts is spooled. */
export interface ScanState {
  readonly segments: readonly SegmentState[];
  readonly counts: Counts;
  readonly checksums: readonly string[];
  /** Memberships whose user is not in the backup. */
  readonly orphans: number;
  /** Items that the run with the OPEN marker wrote last. */
  readonly interruptedItems: number;
}

export const newScan = (): ScanState => ({
  segments: Array.from({ length: SEGMENTS }, () => ({ done: false, parts: [] })),
  counts: NO_COUNTS,
  checksums: new Checksums().toHex(),
  orphans: 0,
  interruptedItems: 0,
});

export const scanEnded = ({ segments }: ScanState): boolean => segments.every(({ done }) => done);
export const spoolParts = ({ segments }: ScanState): string[] => segments.flatMap(({ parts }) => parts);

/** A line of a spool object: a user with its memberships, or a group. */
export type SpoolLine = SpooledUser | { readonly group: PoolGroup };

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
  const checksums = new Checksums(state.checksums);
  const totals = { ...state.counts, orphans: state.orphans, interruptedItems: state.interruptedItems };
  const segments = [...state.segments];
  const add = (items: readonly TableItem[]): void => {
    for (const item of items) {
      const kind = itemKind(item);
      if (kind === undefined) continue;
      checksums.add(item);
      totals[`${kind}s`] += 1;
      if (deps.openRunId !== undefined && item.changedIn === deps.openRunId) totals.interruptedItems += 1;
    }
  };
  await inFlight(segments.keys(), SEGMENTS_IN_FLIGHT, async (index) => {
    const { state: after, orphans } = await readSegment(index, segments[index] as SegmentState, add, deps);
    segments[index] = after;
    totals.orphans += orphans;
  });
  const { users, groups, memberships, orphans, interruptedItems } = totals;
  return { segments, counts: { users, groups, memberships }, checksums: checksums.toHex(), orphans, interruptedItems };
}

async function readSegment(segment: number, before: SegmentState, add: (items: readonly TableItem[]) => void, deps: ScanDeps): Promise<{ readonly state: SegmentState; readonly orphans: number }> {
  let { next, done, pending } = before;
  const parts = [...before.parts];
  let orphans = 0;
  let lines: string[] = [];
  let chars = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const key = `${deps.spoolPrefix}${segment}-${String(parts.length).padStart(6, '0')}.ndjson`;
    await deps.objects.put(key, lines.join(''));
    parts.push(key);
    lines = [];
    chars = 0;
  };
  while (!done && !deps.stop()) {
    const page = await deps.table.scanPage({ segment, totalSegments: SEGMENTS, consistent: true, ...(next === undefined ? {} : { start: next }) });
    add(page.items);
    const assembled = assemble(page.items, pending);
    pending = assembled.pending;
    orphans += assembled.orphans;
    for (const line of [...assembled.users, ...page.items.filter((item) => itemKind(item) === 'group').map(groupLine)]) {
      const text = `${JSON.stringify(line)}\n`;
      lines.push(text);
      chars += text.length;
    }
    if (chars >= PART_CHARS) await flush();
    next = page.next;
    done = next === undefined;
  }
  await flush();
  if (done && pending !== undefined) {
    orphans += pending.groups.length;
    pending = undefined;
  }
  return { state: { done, parts, ...(next === undefined ? {} : { next }), ...(pending === undefined ? {} : { pending }) }, orphans };
}

function groupLine(item: TableItem): SpoolLine {
  const { groupName, description, precedence, roleArn } = item as GroupItem;
  return {
    group: {
      name: groupName,
      ...(description === undefined ? {} : { description }),
      ...(precedence === undefined ? {} : { precedence }),
      ...(roleArn === undefined ? {} : { roleArn }),
    },
  };
}
