import type { Clock, ObjectStore } from '../../ports.ts';
import type { Manifest } from '../manifest.ts';
import { startOfRun } from '../run-id.ts';
import { stateOfFolder } from './folders.ts';
import type { SnapshotFolder } from './folders.ts';
import { manifestOfThinnedKey } from './names.ts';

const DAY_MS = 24 * 3_600_000;
/** All runs are kept for so long, then one a day. */
const KEEP_ALL_MS = 2 * DAY_MS;

/**
 * Runs whose snapshots need not be kept, with their manifests: those that began more than two days ago, but for the last
 * complete and the last refused one of each day (UTC). `isThinned`: decided before. A folder without a manifest, or a
 * damaged one, is no run.
 */
export async function runsToThin(
  { objects, clock }: { readonly objects: Pick<ObjectStore, 'get'>; readonly clock: Pick<Clock, 'now'> },
  folders: readonly SnapshotFolder[],
  isThinned: (runId: string) => boolean,
): Promise<ReadonlyMap<string, Manifest>> {
  const days = new Map<number, SnapshotFolder[]>();
  for (const folder of folders) {
    const start = startOfRun(folder.runId);
    if (!(start < clock.now() - KEEP_ALL_MS) || isThinned(folder.runId)) continue;
    const day = Math.floor(start / DAY_MS);
    days.set(day, [...(days.get(day) ?? []), folder]);
  }
  const thinned = new Map<string, Manifest>();
  for (const ofDay of days.values()) {
    if (ofDay.length < 2) continue;
    const kept = new Set<string>();
    // The newest comes first.
    for (const folder of ofDay) {
      const found = await stateOfFolder(objects, folder);
      if (found === undefined || found.state === 'damaged') continue;
      if (kept.has(found.state)) thinned.set(folder.runId, found.manifest);
      kept.add(found.state);
    }
  }
  return thinned;
}

/** Keeps what the run's manifest says, so that it can be told later at which hour something happened; not where its items were. */
export async function keepManifest(
  objects: Pick<ObjectStore, 'put'>,
  { snapshot: _snapshot, ...manifest }: Manifest,
): Promise<void> {
  await objects.put(manifestOfThinnedKey(manifest.runId), JSON.stringify(manifest));
}
