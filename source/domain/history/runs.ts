import type { Manifest } from '../backup/manifest.ts';
import { startOfRun } from '../backup/run-id.ts';
import { snapshotFolders, stateOfFolder } from '../backup/snapshot/folders.ts';
import type { SnapshotFolder } from '../backup/snapshot/folders.ts';
import { THINNED_MANIFESTS_PREFIX } from '../backup/snapshot/names.ts';
import { readThinnedManifest, UNREADABLE } from '../backup/snapshot/read.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { isNamed } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';

/** How a run ended, as far as its snapshot tells. `interrupted`: no manifest closes it, so that it is no run to go by. */
export type RunState = 'sealed' | 'refused' | 'interrupted' | 'damaged';

/** A run of which some Region keeps something. */
export interface KeptRunFacts {
  readonly runId: string;
  readonly state: RunState;
  /** Of a run that is sealed or refused. */
  readonly manifest?: Manifest;
  /** Regions that keep its whole snapshot; none where it was thinned out, and its manifest alone stays. */
  readonly regions: readonly string[];
}

/** A run of which some Region keeps the whole snapshot. */
export type ReadableRun = KeptRunFacts & { readonly manifest: Manifest };

/** Manifests that are read at a time: of hourly exports many hundreds are kept. */
const AT_A_TIME = 32;

/** What one Region keeps of each run; one manifest is read per run. */
export async function runsIn(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  region: string,
): Promise<readonly KeptRunFacts[]> {
  const runs = [...(await snapshotsIn(objects, region))];
  const whole = new Set(runs.flatMap(({ runId, manifest }) => (manifest === undefined ? [] : [runId])));
  const thinned = (await thinnedRuns(objects)).filter((runId) => !whole.has(runId));
  await forEachAtOnce(thinned, AT_A_TIME, async (runId) => {
    runs.push(await factsOfThinned(objects, runId));
  });
  return runs;
}

/** The same of runs that were never thinned out: no manifest is looked for beside the snapshots, where the caller may not list. */
export async function snapshotsIn(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  region: string,
): Promise<readonly KeptRunFacts[]> {
  const runs: KeptRunFacts[] = [];
  await forEachAtOnce(await snapshotFolders(objects), AT_A_TIME, async (folder) => {
    runs.push(await factsOf(objects, folder, region));
  });
  return runs;
}

async function thinnedRuns(objects: Pick<ObjectStore, 'list'>): Promise<readonly string[]> {
  const runIds: string[] = [];
  for await (const key of objects.list(THINNED_MANIFESTS_PREFIX)) {
    const [, runId] = /^manifests\/([\w-]+)\.json$/.exec(key) ?? [];
    if (runId !== undefined) runIds.push(runId);
  }
  return runIds;
}

async function factsOfThinned(objects: Pick<ObjectStore, 'get'>, runId: string): Promise<KeptRunFacts> {
  try {
    const manifest = await readThinnedManifest(objects, runId);
    if (manifest === undefined) return { runId, state: 'interrupted', regions: [] };
    return { runId, state: manifest.refused === undefined ? 'sealed' : 'refused', manifest, regions: [] };
  } catch (error) {
    if (isNamed(error, ...UNREADABLE)) return { runId, state: 'damaged', regions: [] };
    throw error;
  }
}

async function factsOf(
  objects: Pick<ObjectStore, 'get'>,
  folder: SnapshotFolder,
  region: string,
): Promise<KeptRunFacts> {
  const found = await stateOfFolder(objects, folder);
  const { runId } = folder;
  if (found === undefined) return { runId, state: 'interrupted', regions: [] };
  if (found.state === 'damaged') return { runId, state: 'damaged', regions: [] };
  const state = found.state === 'complete' ? 'sealed' : 'refused';
  return { runId, state, manifest: found.manifest, regions: [region] };
}

/**
 * Joins what the Regions keep, the newest first: a run is what the Region says of it that has its whole snapshot. Each Region
 * thins its own, so that the manifest that one keeps alone says nothing about the objects that the other still has.
 */
export function joinRegions(perRegion: readonly (readonly KeptRunFacts[])[]): readonly KeptRunFacts[] {
  const joined = new Map<string, KeptRunFacts>();
  for (const run of perRegion.flat()) {
    const known = joined.get(run.runId);
    const better = known === undefined || tells(run) > tells(known) ? run : known;
    joined.set(run.runId, { ...better, regions: [...(known?.regions ?? []), ...run.regions] });
  }
  return [...joined.values()].sort((one, two) => (one.runId < two.runId ? 1 : -1));
}

/** How much a Region says of a run: everything, what its manifest alone tells, or next to nothing. */
const tells = ({ manifest, regions }: KeptRunFacts): number =>
  manifest === undefined ? 0 : regions.length === 0 ? 1 : 2;

/** Runs that can be looked into. */
export const readableRuns = (runs: readonly KeptRunFacts[]): readonly ReadableRun[] =>
  runs.filter((run): run is ReadableRun => run.manifest !== undefined && run.regions.length > 0);

/** Of these the sealed ones: what a restore can bring back. */
export const restorableRuns = (runs: readonly KeptRunFacts[]): readonly ReadableRun[] =>
  readableRuns(runs).filter(({ state }) => state === 'sealed');

/**
 * The run by which the backup stood at a moment: what was sealed later is not in it.
 * @param restorable the newest first
 */
export const runBefore = (restorable: readonly ReadableRun[], moment: number): ReadableRun | undefined =>
  restorable.find(({ manifest }) => Date.parse(manifest.endedAt) <= moment);

/**
 * Runs that `runBefore` would have preferred to this one, were they whole: damaged ones that had begun by then, and ones that
 * were sealed by then, and of which the manifest alone is kept.
 */
export function passedOverBefore(
  runs: readonly KeptRunFacts[],
  moment: number,
  { runId }: { readonly runId: string },
): { readonly damaged: readonly string[]; readonly thinned: readonly string[] } {
  const newer = runs.filter((run) => run.runId > runId);
  const idsOf = (which: (run: KeptRunFacts) => boolean): string[] => newer.filter(which).map((run) => run.runId);
  return {
    damaged: idsOf((run) => run.state === 'damaged' && startOfRun(run.runId) <= moment),
    thinned: idsOf(
      ({ state, manifest, regions }) =>
        state === 'sealed' && manifest !== undefined && regions.length === 0 && Date.parse(manifest.endedAt) <= moment,
    ),
  };
}

/** The runs whose id begins so: people type the day and a time. */
export const runsNamed = (runs: readonly KeptRunFacts[], wanted: string): readonly KeptRunFacts[] =>
  runs.filter(({ runId }) => runId.startsWith(wanted));
