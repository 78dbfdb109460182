import { segmentName } from '../../backup/snapshot/names.ts';
import { SnapshotParts } from '../../backup/snapshot/write.ts';
import { ItemTally } from '../../backup/tally.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { Halt } from '../../errors.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import { differ } from './differ.ts';
import { runOpen } from './look.ts';
import type { Verification } from './state.ts';
import { forgetScan, isScheduled } from './state.ts';
import { skip } from './skip.ts';
import { differenceFrom, tableVerdict } from './verdict.ts';

/** Scans that a new export may come into before the execution gives up. */
const MOST_MOVES = 5;

/** Reads the whole table and holds it against the manifest that was sealed last. Resumes segment by segment. */
export async function verifyTable(verification: Verification): Promise<void> {
  const { deps, progress, sliceOver } = verification;
  const { state } = progress;
  const runId = state.look?.runId ?? '';
  const tally = new ItemTally(state.found, runId);
  const parts = new SnapshotParts(state.parts);
  await progress.gather([tally, parts], () =>
    scanSegments(deps.table, state.found.segments, {
      take: (items, segment) => {
        const content = items.filter((item) => tally.add(item) !== undefined);
        if (state.look?.writesSnapshot === true) parts.add(segmentName(segment), content);
      },
      afterPage: () => progress.saveIfDue(),
      stop: sliceOver,
    }),
  );
  await progress.save();
  if (!scanEnded(state.found.segments)) return;
  await settleScan(verification, runId);
}

/** The scan is complete; it counts only if the same run was the last one sealed at its beginning and at its end. */
async function settleScan(verification: Verification, runId: string): Promise<void> {
  const { input, deps, progress } = verification;
  const { state } = progress;
  const { found } = state;
  const after = await readSealedBackup(deps.table, input.tableName);
  if (after.openRunId !== undefined) return runOpen(verification, after.openRunId);
  if (after.runId !== runId || after.manifest === undefined) return lookAgain(verification, after.runId);
  const { manifest } = after;
  const difference = differenceFrom(manifest, found);
  if (difference !== undefined)
    return differ(verification, `table ${runId}`, () => tableVerdict(input, manifest, found, difference));
  state.manifest = manifest;
  state.phase = state.look?.writesSnapshot === true ? 'write' : 'snapshot';
  await progress.save();
}

/** Another run was sealed meanwhile. */
async function lookAgain(verification: Verification, runId: string): Promise<void> {
  const { progress, input } = verification;
  progress.state.moves += 1;
  if (progress.state.moves > MOST_MOVES) {
    if (isScheduled(input)) return skip(verification, 'runOpen');
    throw new Halt(
      'ExportRunOpen',
      `Exports changed the table ${input.tableName} during each of ${MOST_MOVES + 1} scans, the last one as run ${runId}: nothing could be held against a sealed manifest.`,
    );
  }
  forgetScan(progress.state);
  await progress.save();
}
