import { segmentName } from '../../backup/snapshot/names.ts';
import { SnapshotParts } from '../../backup/snapshot/write.ts';
import { readSealedBackup, sameBackup } from '../../backup/sealed-backup.ts';
import { counted } from '../../counted.ts';
import type { PlannedChanges } from '../../digests/planned-changes.ts';
import { judgeTable, TableTally } from '../../digests/table-tally.ts';
import { Halt } from '../../errors.ts';
import { intactSettings } from '../../pool-settings/copy.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import { differ } from './differ.ts';
import { goesOnWithOpenRun, mayArriveYet } from './open-run.ts';
import type { Verification } from './state.ts';
import { forgetScan, isScheduled } from './state.ts';
import { skip } from './skip.ts';
import { differenceFrom, settingsVerdict, tableVerdict } from './verdict.ts';

/** Scans that a new export may come into before the execution gives up. */
const MOST_MOVES = 5;

/** Reads the whole table and holds it against the manifest that was sealed last. Resumes segment by segment. */
export async function verifyTable(verification: Verification): Promise<void> {
  const { deps, progress, sliceOver } = verification;
  const { state } = progress;
  const { runId = '', open } = state.look ?? {};
  const plan = await verification.plans.read(open);
  // The plan's run was sealed meanwhile, and its digests are gone: what was scanned so far can be held against nothing.
  if (state.found.asBefore !== undefined && plan === undefined) return lookAgain(verification, runId);
  const tally = new TableTally(state.found, plan, runId);
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
  await settleScan(verification, runId, plan);
}

/** The scan is complete; it counts only if the table said the same about its runs at its beginning and at its end. */
async function settleScan(verification: Verification, runId: string, plan: PlannedChanges | undefined): Promise<void> {
  const { input, deps, progress } = verification;
  const { state } = progress;
  const { found } = state;
  const open = state.look?.open;
  const after = await readSealedBackup(deps.table, input.tableName);
  const { manifest } = after;
  if (manifest === undefined || !sameBackup({ runId, ...(open === undefined ? {} : { open }) }, after))
    return lookAgain(verification, after.open?.runId ?? after.runId);
  const verdict = judgeTable(manifest, found, plan);
  const difference = differenceFrom(manifest, found, verdict);
  if (difference !== undefined) {
    if (mayArriveYet(verification, open)) return skip(verification, 'runOpen');
    return differ(verification, `table ${runId}`, () => tableVerdict(input, { manifest, found, difference, open }));
  }
  if (manifest.settings !== undefined && (await intactSettings(deps.table, manifest.settings)) === undefined)
    return differ(verification, `settings ${runId}`, () => settingsVerdict(input, manifest));
  if (open !== undefined && !(await goesOnWithOpenRun(verification, open, { manifest, verdict }))) return;
  state.manifest = manifest;
  state.phase = state.look?.writesSnapshot === true ? 'write' : 'snapshot';
  await progress.save();
}

/** Another run was sealed, or began to change the table, meanwhile. */
async function lookAgain(verification: Verification, runId: string): Promise<void> {
  const { progress, input } = verification;
  progress.state.moves += 1;
  if (progress.state.moves > MOST_MOVES) {
    if (isScheduled(input)) return skip(verification, 'runOpen');
    throw new Halt(
      'ExportRunOpen',
      `Exports changed the table ${input.tableName} during each of ${counted(MOST_MOVES + 1, 'scan')}, the last one as run ${runId}: nothing could be held against a sealed manifest.`,
    );
  }
  forgetScan(progress.state);
  await progress.save();
}
