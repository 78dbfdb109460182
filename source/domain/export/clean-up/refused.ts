import { putSnapshotManifest } from '../../backup/snapshot/write.ts';
import type { HaltName } from '../../errors.ts';
import { manifestOf } from './manifest.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp } from './state.ts';

/** Closes the snapshot of a run that a guard refused, marked so: it is restored only by the run's id. */
export async function keepRefused(
  cleanUp: CleanUp,
  seen: SeenByRun,
  { refused, softwareVersion }: { readonly refused: HaltName; readonly softwareVersion: string },
): Promise<void> {
  const manifest = manifestOf(cleanUp, seen, softwareVersion);
  if (manifest.snapshot !== undefined) await putSnapshotManifest(cleanUp.deps.objects, { ...manifest, refused });
}
