import {
  changeDigestsKey,
  latestItem,
  manifestIn,
  manifestItem,
  manifestKey,
  OPEN_KEY,
} from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { putSnapshotManifest } from '../../backup/snapshot/write.ts';
import { withSettings } from './settings.ts';
import type { CleanUp } from './state.ts';
import { findPlan, orGiveUp, readStoredPlan } from './stored-plan.ts';

/**
 * Seals the run by one transaction: manifest and pointer appear, the OPEN marker goes, together or not at all. Only then
 * the snapshot gets its manifest, without which it is none.
 */
export async function sealRun({ deps, run, progress }: CleanUp): Promise<void> {
  const { state } = progress;
  const before = await deps.table.getItem(manifestKey(run.id));
  const manifest = before === undefined ? await plannedManifest({ deps, run }) : manifestIn(before);
  if (before === undefined) await deps.table.transact([manifestItem(manifest), latestItem(manifest)], [OPEN_KEY]);
  if (manifest.snapshot !== undefined) await putSnapshotManifest(deps.objects, manifest);
  state.phase = 'tidy';
  await progress.save();
}

async function plannedManifest({ deps, run }: Pick<CleanUp, 'deps' | 'run'>): Promise<Manifest> {
  const { manifest } = await orGiveUp({ objects: deps.objects, run }, () => readStoredPlan(deps.objects, run.id));
  return withSettings(deps, { ...manifest, endedAt: new Date(deps.clock.now()).toISOString() });
}

/** Takes the digests of the plan, and what earlier ones left, out of the table: nobody needs them any more. */
export async function removeDigests({ deps, run, progress }: CleanUp): Promise<void> {
  const { state } = progress;
  const items = (await findPlan(deps.objects, run.id))?.open?.items ?? 0;
  const keys = [...state.stale, ...Array.from({ length: items }, (_, index) => changeDigestsKey(run.id, index))];
  if (keys.length > 0) await deps.table.deleteItems(keys);
  state.phase = 'replica';
}
