import { putSnapshotManifest } from '../../backup/snapshot/write.ts';
import { tagSuperseded } from '../../backup/snapshot/superseded.ts';
import { Halt } from '../../errors.ts';
import type { HaltName } from '../../errors.ts';
import { lastSealedText } from '../last-sealed.ts';
import { isStaged, TAGGED_SNAPSHOTS_KEY } from '../run.ts';
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

/** Gives the run up: says why, what the backup still holds, and what to do. */
export async function refuseRun(
  { deps, run, snapshot }: CleanUp,
  name: HaltName,
  what: string,
  next: string,
): Promise<never> {
  const untagged = await tagSuperseded(deps, {
    keepsSnapshots: snapshot !== undefined,
    taggedKey: TAGGED_SNAPSHOTS_KEY,
  });
  // The first export of a pool writes as it lists.
  const left = isStaged(run.facts) ? 'Nothing was changed in the backup' : 'Nothing was deleted from the backup table';
  const reason = [
    `${what}. ${left} and the run is not sealed. ${await lastSealedText(deps.table)} ${next}`,
    ...(untagged === undefined ? [] : [untagged]),
  ].join(' ');
  await run.abandon(reason);
  throw new Halt(name, reason);
}
