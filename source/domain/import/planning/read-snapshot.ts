import { Checksums } from '../../backup/checksums.ts';
import { countsText } from '../../backup/counts.ts';
import type { Manifest, SnapshotObject } from '../../backup/manifest.ts';
import { KEPT_NAME, snapshotFolder } from '../../backup/snapshot/names.ts';
import { ItemTally } from '../../backup/tally.ts';
import { number } from '../../counted.ts';
import { noTableContent } from '../../digests/table-tally.ts';
import { Halt } from '../../errors.ts';
import { readPlacedRun } from '../preflight/placed-run.ts';
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
 * Reads the next object of the snapshot, of this Region or of the place that SnapshotPrefix names, to its end, since only then it is known to be whole; after the last one holds
 * what was read against the manifest. Halts: SnapshotDamaged, and those of readKeptRun or readPlacedRun; where the snapshot is read in place
 * of a table that differs, those of tableHalt. Nothing has been written to the pool by then.
 */
export async function readSnapshotStep(
  state: StateOf<'readSnapshot'>,
  run: PlanningRun,
): Promise<StateOf<'readSnapshot' | 'classify'>> {
  const kept = state.kept ?? (await findRun(run));
  try {
    return await readNextObject(state, kept, run);
  } catch (error) {
    if (!(error instanceof Halt) || error.name !== 'SnapshotDamaged') throw error;
    if (state.instead !== undefined) throw await tableHalt(kept.manifest.runId, state.instead, run);
    const { snapshotPrefix } = run.input.options;
    throw snapshotPrefix === undefined ? error : damagedAt(snapshotPrefix, error);
  }
}

function findRun({ input: { options, tableName }, deps }: PlanningRun): Promise<KeptRun> {
  const { exportRun, snapshotPrefix } = options;
  return snapshotPrefix === undefined
    ? readKeptRun(deps, { runId: exportRun ?? '', tableName })
    : readPlacedRun(deps.snapshots ?? deps.objects, { snapshotPrefix, exportRun });
}

/** Of several places it is said in which one the damage is. */
const damagedAt = (snapshotPrefix: string, { message }: Halt): Halt =>
  new Halt('SnapshotDamaged', `In ${snapshotPrefix}: ${message}`);

async function readNextObject(
  state: StateOf<'readSnapshot'>,
  kept: KeptRun,
  run: PlanningRun,
): Promise<StateOf<'readSnapshot' | 'classify'>> {
  const { deps } = run;
  const { runId } = kept.manifest;
  const inOrder = inReadingOrder(kept.manifest);
  const object = inOrder[state.objectsRead];
  if (object === undefined) {
    const { content, orphans, parts } = state;
    assertWhole(kept.manifest, content);
    return { step: 'classify', accepted: { ...kept, source: 'snapshot' }, counts: content.counts, orphans, parts };
  }
  const content = ownContent(state.content);
  const tally = new ItemTally(content);
  const { objects, snapshots = objects } = deps;
  const source = { objects, snapshots, runId, spoolPrefix: spoolPrefix(run, 'read'), tally, keeps: run.keeps };
  const late = await readKept(source, inOrder.find(isKept));
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
