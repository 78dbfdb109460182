import { manifestIn, manifestKey } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { KEPT_NAME, segmentName } from '../../backup/snapshot/names.ts';
import { joinIndex } from '../../backup/snapshot/write-index.ts';
import { itemsIn, joinParts, putSnapshotManifest } from '../../backup/snapshot/write.ts';
import { counted, number } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { totalOf } from '../../backup/counts.ts';
import { copySettings } from '../../pool-settings/copy.ts';
import type { CleanUp, CleanUpState } from './state.ts';

/** Each one being written holds a few parts of 8 MiB. */
const OBJECTS_AT_A_TIME = 3;

/**
 * Joins what was gathered to the objects of the run's snapshot: what the table holds once the plan is applied. The parts
 * are final since the plan is; an object that was joined already and forgotten by a crash is written again with the same
 * bytes.
 */
export async function joinSnapshot({ deps, run, progress, sliceOver }: CleanUp): Promise<void> {
  const { state } = progress;
  const { snapshot } = state;
  if (snapshot !== undefined) {
    const todo = namesOf(state).filter((name) => snapshot.objects[name] === undefined);
    await forEachAtOnce(todo, OBJECTS_AT_A_TIME, async (name) => {
      if (sliceOver()) return;
      snapshot.objects[name] = await joinParts(deps.objects, run.id, name, snapshot.state[name]);
      progress.saveIfDue();
    });
    if (todo.some((name) => snapshot.objects[name] === undefined) || sliceOver()) return;
    await requireAllItems(run, itemsIn(snapshotOf(state)?.objects ?? []), totalOf(state.stays.counts));
    const index = await joinIndex(deps.objects, run.id, { names: namesOf(state), state: snapshot.state });
    if (index !== undefined) snapshot.index = index;
    const settings = await copySettings(deps, run.id, state.settings);
    if (settings !== undefined) snapshot.settings = settings;
  }
  state.phase = 'guard';
}

/** What was joined, as the manifest has it; undefined when the run keeps no snapshot. */
export function snapshotOf(state: CleanUpState): Manifest['snapshot'] {
  const { snapshot } = state;
  if (snapshot === undefined) return undefined;
  const { index, settings } = snapshot;
  const objects = namesOf(state).flatMap((name) => snapshot.objects[name] ?? []);
  return {
    objects,
    ...(index === undefined ? {} : { index }),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** Every segment has an object, if only an empty one. */
const namesOf = ({ segments, snapshot }: CleanUpState): string[] => [
  ...segments.map((_, segment) => segmentName(segment)),
  ...(snapshot?.state[KEPT_NAME] === undefined ? [] : [KEPT_NAME]),
];

/** Gives the snapshot of the run before its manifest, where that run was sealed and stopped before it could. */
export async function closeSnapshotBefore({ deps, run }: CleanUp): Promise<void> {
  const { stoppedAtItsEnd } = run.facts;
  const item = stoppedAtItsEnd === undefined ? undefined : await deps.table.getItem(manifestKey(stoppedAtItsEnd));
  if (item?.snapshot !== undefined) await putSnapshotManifest(deps.objects, manifestIn(item));
}

async function requireAllItems(run: CleanUp['run'], found: number, expected: number): Promise<void> {
  if (found === expected) return;
  const reason = `The snapshot of export run ${run.id} holds ${counted(found, 'item')} and should hold the ${number(expected)} that stay in the backup table, so the run is not sealed. Start ExportWorkflow again: it lists the pool again.`;
  await run.abandon(reason);
  throw new Fault('BadState', reason);
}
