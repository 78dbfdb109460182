import type { Manifest } from '../backup/manifest.ts';
import { snapshotFolders, stateOfFolder } from '../backup/snapshot/folders.ts';
import type { ObjectStore } from '../ports.ts';

/** How a run ended, as far as its snapshot tells. `interrupted`: no manifest closes it, so that it is no run to go by. */
export type RunState = 'sealed' | 'refused' | 'interrupted' | 'damaged';

/** A run of which a Region keeps something. */
export interface KeptRunFacts {
  readonly runId: string;
  readonly state: RunState;
  /** Of a run that is sealed or refused. */
  readonly manifest?: Manifest;
  /** Regions that keep its whole snapshot. */
  readonly regions: readonly string[];
}

/** What one Region keeps, the newest run first; one manifest is read per run. */
export async function* runsOf(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  region: string,
): AsyncGenerator<KeptRunFacts> {
  for (const folder of await snapshotFolders(objects)) {
    const found = await stateOfFolder(objects, folder);
    const { runId } = folder;
    if (found === undefined) yield { runId, state: 'interrupted', regions: [] };
    else if (found.state === 'damaged') yield { runId, state: 'damaged', regions: [] };
    else
      yield {
        runId,
        state: found.state === 'complete' ? 'sealed' : 'refused',
        manifest: found.manifest,
        regions: [region],
      };
  }
}

/** Joins what the Regions keep, the newest first: a run is what the Region says that has its whole snapshot. */
export function joinRegions(perRegion: readonly (readonly KeptRunFacts[])[]): readonly KeptRunFacts[] {
  const joined = new Map<string, KeptRunFacts>();
  for (const run of perRegion.flat()) {
    const known = joined.get(run.runId);
    const better = known?.manifest === undefined ? run : known;
    joined.set(run.runId, { ...better, regions: [...(known?.regions ?? []), ...run.regions] });
  }
  return [...joined.values()].sort((one, two) => (one.runId < two.runId ? 1 : -1));
}
