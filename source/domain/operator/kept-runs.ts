import type { Manifest } from '../backup/manifest.ts';
import { startOfRun } from '../backup/run-id.ts';
import { snapshotFolders, stateOfFolder } from '../backup/snapshot/folders.ts';
import type { ObjectStore } from '../ports.ts';

/** The newest complete run that had ended by a moment, and how many are kept at all. */
export interface RunBefore {
  readonly run: Manifest | undefined;
  /** Of the complete runs: the oldest. */
  readonly oldest: Manifest | undefined;
}

/** Looks for the kept run by which the backup stood at a moment: what was sealed later is not in it. */
export async function newestRunBefore(objects: Pick<ObjectStore, 'get' | 'list'>, moment: number): Promise<RunBefore> {
  const folders = await snapshotFolders(objects);
  let oldest: Manifest | undefined;
  for (const folder of folders) {
    if (startOfRun(folder.runId) > moment) continue;
    const found = await stateOfFolder(objects, folder);
    if (found?.state === 'complete' && Date.parse(found.manifest.endedAt) <= moment)
      return { run: found.manifest, oldest };
  }
  for (const folder of folders.toReversed()) {
    const found = await stateOfFolder(objects, folder);
    if (found?.state === 'complete') {
      oldest = found.manifest;
      break;
    }
  }
  return { run: undefined, oldest };
}
