import { Checksums } from '../../backup/checksums.ts';
import type { Manifest, SnapshotObject } from '../../backup/manifest.ts';
import { KEPT_NAME, snapshotFolder } from '../../backup/snapshot/names.ts';
import { Halt } from '../../errors.ts';
import { readKeptRun } from '../preflight/kept-run.ts';
import { totalsFrom } from './item-totals.ts';
import type { PlanningRun, PlanningState, StateOf } from './planning-state.ts';
import { newObjectScan } from './scan.ts';
import type { ScanState } from './scan.ts';
import { readKept, readKeptObject, readSegmentObject } from './snapshot-objects.ts';

/** The first state of planning from a snapshot. */
export const newSnapshotScan = (): StateOf<'snapshot'> => ({
  step: 'snapshot',
  scan: newObjectScan(),
  held: [],
  joined: 0,
});

/**
 * Reads the next object of the snapshot to its end, since only then it is known to be whole; after the last one holds
 * what was read against the manifest. Halts: SnapshotDamaged, and those of readKeptRun. Nothing has been written to the
 * pool by then.
 */
export async function snapshotStep(
  state: StateOf<'snapshot'>,
  { input, deps, folder }: PlanningRun,
  runId: string,
): Promise<PlanningState> {
  const kept = state.kept ?? (await readKeptRun(deps, { runId, tableName: input.tableName }));
  const objects = inReadingOrder(kept.manifest);
  const object = objects[state.scan.segments.length];
  if (object === undefined) {
    assertWhole(kept.manifest, state.scan);
    return { step: 'survey', scan: state.scan, accepted: kept };
  }
  const source = { objects: deps.objects, runId, spoolPrefix: `${folder}spool/${deps.claim}-` };
  const totals = totalsFrom(state.scan);
  const late = await readKept(source, objects.find(isKept));
  const read = isKept(object)
    ? await readKeptObject(object, late, state, totals, source)
    : await readSegmentObject(object, late, totals, source);
  return {
    step: 'snapshot',
    kept,
    scan: {
      ...totals.stored(),
      segments: [...state.scan.segments, { done: true, parts: read.parts }],
      orphans: state.scan.orphans + read.orphans,
    },
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
  { counts: found, checksums: foundChecksums }: ScanState,
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
    `The objects in ${snapshotFolder(runId)} do not match their manifest: they hold ${found.users} users, ${found.groups} groups, ${found.memberships} memberships, the export sealed ${counts.users}, ${counts.groups}, ${counts.memberships}, and ${differing} of 256 checksums differ. Nothing was written to the new pool. Restore another run, or start without "ExportRun".`,
  );
}
