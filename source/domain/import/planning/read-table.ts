import { newScan, scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import type { PlannedChanges } from '../../digests/planned-changes.ts';
import { noTableContent, TableTally } from '../../digests/table-tally.ts';
import type { ImportOptions } from '../plan/plan-model.ts';
import { snapshotInstead } from './instead-of-table.ts';
import { spoolPrefix } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import { ownContent } from './planning-state.ts';
import type { StateOf, TableRead } from './planning-state.ts';
import { newSnapshotRead } from './read-snapshot.ts';
import { SegmentSpool } from './segment-spool.ts';
import { settleScan } from './settle-scan.ts';

/** Segments that are read at the same time: each holds users until they fill an object. */
const SEGMENTS_AT_A_TIME = 4;
/** A scan stores its progress at least so often. */
const ROUND_MS = 30_000;
const RESCAN_AFTER_MS = 20_000;

/** Whether the backup is the table, and no snapshot that was asked for. */
export const readsTable = ({ exportRun, snapshotPrefix }: ImportOptions): boolean =>
  exportRun === undefined && snapshotPrefix === undefined;

/** The first state of planning from the table. */
export const newTableRead = (): StateOf<'readTable'> => ({
  step: 'readTable',
  segments: newScan().map(({ done }) => ({ done, parts: [] })),
  content: noTableContent(),
  orphans: 0,
});

/**
 * Scans on for a round; at the end of the table holds the scan against the manifest, and against the plan of a run that is
 * being applied. Goes on with the snapshot of the sealed run where the table differs for good. Halts: those of tableHalt.
 */
export async function readTableStep(
  state: StateOf<'readTable'>,
  run: PlanningRun,
): Promise<StateOf<'readTable' | 'readSnapshot' | 'classify'>> {
  const { input, deps } = run;
  const before = state.before ?? (await readSealedBackup(deps.table, input.tableName));
  const plan = await run.plans.read(before.open);
  const begun =
    state.before === undefined ? { ...state, content: noTableContent({ underPlan: plan !== undefined }) } : state;
  const underPlan = begun.content.asBefore !== undefined;
  // The run was sealed meanwhile, and its digests are gone: what was scanned so far can be held against nothing.
  if (underPlan && plan === undefined) return scanAgain(begun.differsSince ?? deps.clock.now(), run);
  const scan = await scanRound(begun, run, plan);
  if (!scanEnded(scan.segments)) return { ...begun, before, ...scan };
  const after = await readSealedBackup(deps.table, input.tableName);
  const { content, orphans, segments } = scan;
  const settled = settleScan({
    tableName: input.tableName,
    before,
    after,
    content,
    plan: underPlan ? plan : undefined,
    now: deps.clock.now(),
    differsSince: begun.differsSince,
    acceptIncomplete: input.options.acceptIncomplete,
  });
  if (settled.verdict === 'again') return scanAgain(settled.differsSince, run);
  if (settled.verdict === 'differs') {
    const { difference } = settled;
    const kept = await snapshotInstead(after.runId, difference, run);
    deps.log.warn('The table cannot be used; the snapshot of its last sealed run is read instead', {
      ...content.counts,
    });
    return { ...newSnapshotRead(), kept, instead: difference };
  }
  return {
    step: 'classify',
    accepted: settled.accepted,
    counts: content.counts,
    orphans,
    parts: segments.flatMap(({ parts }) => parts),
  };
}

async function scanAgain(differsSince: number, { deps }: PlanningRun): Promise<StateOf<'readTable'>> {
  deps.log.warn('The table does not match its manifest yet; it is scanned again');
  await deps.clock.sleep(RESCAN_AFTER_MS);
  return { ...newTableRead(), differsSince };
}

/** Reads on until the round or the invocation is over, or the table ends; what the returned state counts is in the spool. */
async function scanRound(state: TableRead, run: PlanningRun, plan: PlannedChanges | undefined): Promise<TableRead> {
  const { deps, stop } = run;
  const roundEnd = deps.clock.now() + ROUND_MS;
  const content = ownContent(state.content);
  const tally = new TableTally(content, plan);
  const positions: ScanProgress = state.segments.map(({ next, done }) => ({
    done,
    ...(next === undefined ? {} : { start: next }),
  }));
  const prefix = spoolPrefix(run, 'read');
  const spools = state.segments.map(
    (before, segment) => new SegmentSpool(deps.objects, `${prefix}${segment}-`, before, { keeps: run.keeps }),
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
