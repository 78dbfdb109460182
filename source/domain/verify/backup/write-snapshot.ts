import type { Manifest } from '../../backup/manifest.ts';
import { segmentName } from '../../backup/snapshot/names.ts';
import { joinIndex } from '../../backup/snapshot/write-index.ts';
import { joinParts, putSnapshotManifest } from '../../backup/snapshot/write.ts';
import { copySettings } from '../../pool-settings/copy.ts';
import type { Verification } from './state.ts';

/** Writes this Region's own snapshot from what the scan gathered, object by object; its manifest closes it. */
export async function writeSnapshot({ deps, progress, sliceOver }: Verification, manifest: Manifest): Promise<void> {
  const { state } = progress;
  const names = [...state.found.segments.keys()].map(segmentName);
  for (const name of names.slice(state.objects.length)) {
    if (sliceOver()) return;
    state.objects.push(await joinParts(deps.objects, manifest.runId, name, state.parts[name]));
    await progress.save();
  }
  if (sliceOver()) return;
  const index = await joinIndex(deps.objects, manifest.runId, { names, state: state.parts });
  const settings = await copySettings(deps, manifest.runId, manifest.settings);
  await putSnapshotManifest(
    deps.objects,
    withSnapshot(manifest, {
      objects: state.objects,
      ...(index === undefined ? {} : { index }),
      ...(settings === undefined ? {} : { settings }),
    }),
  );
  deps.log.info('The snapshot of this Region is written', { runId: manifest.runId, objects: state.objects.length });
  state.phase = 'snapshot';
  await progress.save();
}

/** The manifest as it was sealed, without the keys that it has in the table. */
function withSnapshot(sealed: Manifest, snapshot: NonNullable<Manifest['snapshot']>): Manifest {
  const { id: _id, type: _type, ...manifest } = sealed as Manifest & { readonly id?: string; readonly type?: string };
  return { ...manifest, snapshot };
}
