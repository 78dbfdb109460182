import { newScan, scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { ItemTally } from '../../backup/tally.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { spoolPrefix } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import { nothingRead, ownContent } from './planning-state.ts';
import type { StateOf, TableRead } from './planning-state.ts';
import { SegmentSpool } from './segment-spool.ts';
import { settleScan } from './settle-scan.ts';

/** Segments that are read at the same time: each holds users until they fill an object. */
const SEGMENTS_AT_A_TIME = 4;
/** A scan stores its progress at least so often. */
const ROUND_MS = 30_000;
const RESCAN_AFTER_MS = 20_000;

/** The first state of planning from the table. */
export const newTableRead = (): StateOf<'readTable'> => ({
  step: 'readTable',
  segments: newScan().map(({ done }) => ({ done, parts: [] })),
  content: nothingRead(),
  orphans: 0,
});

/** Scans on for a round; at the end of the table holds the scan against the manifest. Halts: those of settleScan. */
export async function readTableStep(
  state: StateOf<'readTable'>,
  run: PlanningRun,
): Promise<StateOf<'readTable' | 'classify'>> {
  const { input, deps } = run;
  const before = state.before ?? (await readSealedBackup(deps.table, input.tableName));
  const scan = await scanRound(state, run, before.openRunId);
  if (!scanEnded(scan.segments)) return { ...state, before, ...scan };
  const after = await readSealedBackup(deps.table, input.tableName);
  const { content, orphans, segments } = scan;
  const settled = settleScan({
    tableName: input.tableName,
    before,
    after,
    content,
    now: deps.clock.now(),
    differsSince: state.differsSince,
    acceptIncomplete: input.options.acceptIncomplete,
  });
  if (settled.verdict === 'accept') {
    const { verdict: _verdict, ...accepted } = settled;
    return {
      step: 'classify',
      accepted,
      counts: content.counts,
      orphans,
      parts: segments.flatMap(({ parts }) => parts),
    };
  }
  deps.log.warn('The table does not match its manifest yet; it is scanned again', { ...content.counts });
  await deps.clock.sleep(RESCAN_AFTER_MS);
  return { ...newTableRead(), differsSince: settled.differsSince };
}

/** Reads on until the round or the invocation is over, or the table ends; what the returned state counts is in the spool. */
async function scanRound(state: TableRead, run: PlanningRun, openRunId: string | undefined): Promise<TableRead> {
  const { deps, stop } = run;
  const roundEnd = deps.clock.now() + ROUND_MS;
  const content = ownContent(state.content);
  const tally = new ItemTally(content, openRunId);
  const positions: ScanProgress = state.segments.map(({ next, done }) => ({
    done,
    ...(next === undefined ? {} : { start: next }),
  }));
  const prefix = spoolPrefix(run, 'read');
  const spools = state.segments.map(
    (before, segment) => new SegmentSpool(deps.objects, `${prefix}${segment}-`, before),
  );
  const spoolOf = (segment: number): SegmentSpool => spools[segment] as SegmentSpool;
  await scanSegments(deps.table, positions, {
    take: (items, segment) => {
      for (const item of items) {
        tally.add(item);
        spoolOf(segment).add(item);
      }
    },
    afterPage: (segment) => (positions[segment]?.done === true ? spoolOf(segment).end() : spoolOf(segment).makeRoom()),
    stop: () => deps.clock.now() >= roundEnd || stop(),
    atOnce: SEGMENTS_AT_A_TIME,
  });
  await forEachAtOnce(spools, SEGMENTS_AT_A_TIME, (spool) => spool.flush());
  tally.settle();
  return {
    segments: positions.map(({ start, done }, segment) => ({
      done,
      ...(done || start === undefined ? {} : { next: start }),
      ...spoolOf(segment).state,
    })),
    content,
    orphans: spools.reduce((sum, { orphans }) => sum + orphans, state.orphans),
  };
}
