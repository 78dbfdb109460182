import type { ObjectStore } from '../../ports.ts';
import type { Manifest } from '../manifest.ts';
import { snapshotKey, snapshotManifestKey, SNAPSHOTS_PREFIX } from './names.ts';
import { undamagedManifest } from './read.ts';

/** What lies in a bucket of one run's snapshot. */
export interface SnapshotFolder {
  readonly runId: string;
  readonly keys: ReadonlySet<string>;
}

/** All folders of snapshots, the newest run first: ids of runs sort by time. */
export async function snapshotFolders(objects: Pick<ObjectStore, 'list'>): Promise<readonly SnapshotFolder[]> {
  const folders = new Map<string, Set<string>>();
  for await (const key of objects.list(SNAPSHOTS_PREFIX)) {
    const [, runId = '', name] = key.split('/');
    if (name === undefined) continue;
    const keys = folders.get(runId) ?? new Set();
    folders.set(runId, keys.add(key));
  }
  return [...folders]
    .map(([runId, keys]) => ({ runId, keys }))
    .sort((left, right) => (left.runId < right.runId ? 1 : -1));
}

/** True when the folder has the manifest that closes a snapshot. */
export const isClosed = ({ runId, keys }: SnapshotFolder): boolean => keys.has(snapshotManifestKey(runId));

/**
 * What the manifest in the folder says: `complete`, sealed and all of its objects are there; `refused`, the run was refused
 * by a guard; `damaged`, it cannot be restored. Undefined without a manifest.
 */
export async function stateOfFolder(
  objects: Pick<ObjectStore, 'get'>,
  folder: SnapshotFolder,
): Promise<
  { readonly state: 'complete' | 'refused'; readonly manifest: Manifest } | { readonly state: 'damaged' } | undefined
> {
  if (!isClosed(folder)) return undefined;
  const { runId, keys } = folder;
  const manifest = await undamagedManifest(objects, runId);
  if (manifest?.snapshot?.objects.every(({ name }) => keys.has(snapshotKey(runId, name))) !== true)
    return { state: 'damaged' };
  return { state: manifest.refused === undefined ? 'complete' : 'refused', manifest };
}

/** The newest run that was sealed and whose snapshot is all there; runs that were refused never count. */
export async function newestComplete(
  objects: Pick<ObjectStore, 'get'>,
  folders: readonly SnapshotFolder[],
): Promise<string | undefined> {
  for (const folder of folders) if ((await stateOfFolder(objects, folder))?.state === 'complete') return folder.runId;
  return undefined;
}
