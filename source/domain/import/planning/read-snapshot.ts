import { Checksums } from '../../backup/checksums.ts';
import { countsText } from '../../backup/counts.ts';
import type { Manifest, SnapshotObject } from '../../backup/manifest.ts';
import { KEPT_NAME, snapshotFolder } from '../../backup/snapshot/names.ts';
import { ItemTally } from '../../backup/tally.ts';
import { number } from '../../counted.ts';
import { noTableContent } from '../../digests/table-tally.ts';
import { Halt, isNamed } from '../../errors.ts';
import { readKeptRun } from '../preflight/kept-run.ts';
import type { KeptRun } from '../preflight/kept-run.ts';
import { tableHalt } from './instead-of-table.ts';
import { spoolPrefix } from './planning-run.ts';
import type { PlanningRun } from './planning-run.ts';
import { ownContent } from './planning-state.ts';
import type { ReadContent, StateOf } from './planning-state.ts';
import { readKept, readKeptObject, readSegmentObject } from './snapshot-objects.ts';

/** The first state of planning from a snapshot. */
export const newSnapshotRead = (): StateOf<'readSnapshot'> => ({
  step: 'readSnapshot',
  objectsRead: 0,
  content: noTableContent(),
  orphans: 0,
  parts: [],
  held: [],
  joined: 0,
});

/**
 * Reads the next object of the snapshot to its end, since only then it is known to be whole; after the last one holds
 * what was read against the manifest. Halts: SnapshotDamaged, and those of readKeptRun; where the snapshot is read in place
 * of a table that differs, those of tableHalt. Nothing has been written to the pool by then.
 */
export async function readSnapshotStep(
  state: StateOf<'readSnapshot'>,
  run: PlanningRun,
): Promise<StateOf<'readSnapshot' | 'classify'>> {
  const { input, deps } = run;
  const runId = state.kept?.manifest.runId ?? input.options.exportRun ?? '';
  const kept = state.kept ?? (await readKeptRun(deps, { runId, tableName: input.tableName }));
  try {
    return await readNextObject(state, kept, run);
  } catch (error) {
    if (state.instead === undefined || !isNamed(error, 'SnapshotDamaged')) throw error;
    throw await tableHalt(runId, state.instead, run);
  }
}

async function readNextObject(
  state: StateOf<'readSnapshot'>,
  kept: KeptRun,
  run: PlanningRun,
): Promise<StateOf<'readSnapshot' | 'classify'>> {
  const { deps } = run;
  const { runId } = kept.manifest;
  const objects = inReadingOrder(kept.manifest);
  const object = objects[state.objectsRead];
  if (object === undefined) {
    const { content, orphans, parts } = state;
    assertWhole(kept.manifest, content);
    return { step: 'classify', accepted: { ...kept, source: 'snapshot' }, counts: content.counts, orphans, parts };
  }
  const content = ownContent(state.content);
  const tally = new ItemTally(content);
  const source = { objects: deps.objects, runId, spoolPrefix: spoolPrefix(run, 'read'), tally, keeps: run.keeps };
  const late = await readKept(source, objects.find(isKept));
  const read = isKept(object)
    ? await readKeptObject(object, late, state, source)
    : await readSegmentObject(object, late, source);
  tally.settle();
  return {
    ...state,
    kept,
    objectsRead: state.objectsRead + 1,
    content,
    orphans: state.orphans + read.orphans,
    parts: [...state.parts, ...read.parts],
    held: [...state.held, ...read.held],
    joined: state.joined + read.joined,
  };
}

const isKept = ({ name }: SnapshotObject): boolean => name === KEPT_NAME;

/** The kept items last: their users' memberships may lie in any segment. */
const inReadingOrder = ({ snapshot }: Manifest): readonly SnapshotObject[] => {
  const objects = snapshot?.objects ?? [];
  return [...objects.filter((object) => !isKept(object)), ...objects.filter(isKept)];
};

/** Every object has the SHA-256 that the manifest names; that they are all of the run, only counts and checksums tell. */
function assertWhole(
  { runId, counts, checksums }: Manifest,
  { counts: found, checksums: foundChecksums }: ReadContent,
): void {
  const differing = Checksums.differing(checksums, foundChecksums).length;
  if (
    differing === 0 &&
    counts.users === found.users &&
    counts.groups === found.groups &&
    counts.memberships === found.memberships
  )
    return;
  throw new Halt(
    'SnapshotDamaged',
    `The objects in ${snapshotFolder(runId)} do not match their manifest: they hold ${countsText(found)}, the export sealed ${countsText(counts)}, and ${number(differing)} of 256 checksums ${differing === 1 ? 'differs' : 'differ'}. Nothing was written to the new pool. Restore another run, or start without "ExportRun".`,
  );
}
