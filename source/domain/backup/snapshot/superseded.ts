import * as v from 'valibot';
import { countedAs } from '../../counted.ts';
import { isNamed } from '../../errors.ts';
import type { Clock, Log, ObjectStore, TimeLeft } from '../../ports.ts';
import { readJsonIfWhole } from '../../state/json-object.ts';
import { countShape } from '../../state/shape.ts';
import { newestComplete, snapshotFolders } from './folders.ts';
import type { SnapshotFolder } from './folders.ts';
import type { Manifest } from '../manifest.ts';
import { keepManifest, runsToThin } from './thinned.ts';

/**
 * The bucket's lifecycle lets what carries this tag expire after SnapshotRetentionDays, and nothing else below snapshots/:
 * the newest complete snapshot stays for as long as no newer one is complete.
 */
export const SUPERSEDED = { snapshot: 'superseded' } as const;
/** In place of SUPERSEDED on a snapshot that has become the newest complete one again. */
const NEWEST = { snapshot: 'newest' } as const;

/** Of a run that is not kept any more, because others of its day are: it expires at once. */
export const THINNED = { snapshot: 'thinned' } as const;

/** Number of tagged objects, by run and tag: a folder that has got another object since is tagged again. */
const taggedShape = v.record(v.string(), v.union([countShape, v.object({ thinned: countShape })]));
type Tagged = v.InferOutput<typeof taggedShape>;

/** What must be left of the invocation for its answer. */
const RESERVE_MS = 60_000;

/** Which snapshots are to be tagged. */
export interface SupersededSetting {
  /** False when SnapshotRetentionDays is 0. */
  readonly keepsSnapshots: boolean;
  /** The run whose snapshot the caller has just closed: it is the newest complete one, without another look. */
  readonly newest?: string;
  /** Object that remembers which folders are tagged, so that each one is tagged once. Without it all are tagged once more. */
  readonly taggedKey: string;
}

/** What the tagging of snapshots needs. */
export interface SupersededDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'tagAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeLeft: TimeLeft;
  readonly log: Log;
}

/**
 * Tags every snapshot of this Region's bucket but the newest complete one: superseded ones, those of refused runs, and
 * folders that were given up before their manifest was put; after two days all but one of each day so that they go at once; with `keepsSnapshots` false (SnapshotRetentionDays 0) all of
 * them. Called at the end of a run, when no folder is being written. A run never fails for want of tags: resolves a sentence
 * for its message where something could not be tagged, undefined where all is.
 */
export async function tagSuperseded(deps: SupersededDeps, setting: SupersededSetting): Promise<string | undefined> {
  try {
    const late = await tagOthers(deps, setting);
    if (late === 0) return undefined;
    deps.log.warn('Not all superseded snapshots were tagged in time: the next run goes on', { folders: late });
    return `${countedAs(late, 'superseded snapshot', ['was', 'were'])} not marked to expire in time; the next run marks ${late === 1 ? 'it' : 'them'}.`;
  } catch (error) {
    if (!isNamed(error, 'AccessDenied', 'ServiceError', 'Unprocessed')) throw error;
    const { name } = error as Error;
    deps.log.warn('Superseded snapshots could not be tagged: they do not expire', { errorName: name });
    return `Superseded snapshots could not be marked to expire (${name}): they are kept for longer than SnapshotRetentionDays. See the logs of this workflow's functions.`;
  }
}

/** Number of folders that there was no time for. */
async function tagOthers(
  deps: SupersededDeps,
  { keepsSnapshots, newest: closed, taggedKey }: SupersededSetting,
): Promise<number> {
  const { objects, timeLeft } = deps;
  const folders = await snapshotFolders(objects);
  const newest = keepsSnapshots ? (closed ?? (await newestComplete(objects, folders))) : undefined;
  const before = await readTagged(objects, taggedKey);
  const wasThinned = (runId: string): boolean => typeof before[runId] === 'object';
  const toThin = keepsSnapshots ? await runsToThin(deps, folders, wasThinned) : new Map<string, Manifest>();
  const tagged: Tagged = {};
  let late = 0;
  for (const folder of folders) {
    const { runId, keys } = folder;
    if (runId === newest) {
      await untag(objects, folder, before);
      continue;
    }
    const manifest = toThin.get(runId);
    const thins = manifest !== undefined || wasThinned(runId);
    const wanted: Tagged[string] = thins ? { thinned: keys.size } : keys.size;
    const isTagged = JSON.stringify(before[runId]) === JSON.stringify(wanted);
    if (!isTagged && timeLeft() < RESERVE_MS) {
      late += 1;
      continue;
    }
    if (manifest !== undefined) await keepManifest(objects, manifest);
    if (!isTagged) await objects.tagAll([...keys], thins ? THINNED : SUPERSEDED);
    tagged[runId] = wanted;
  }
  if (JSON.stringify(tagged) !== JSON.stringify(before)) await objects.put(taggedKey, JSON.stringify(tagged));
  return late;
}

/** It was superseded, or snapshots were switched off, when it was tagged; now it is the newest one that there is. */
async function untag(
  objects: Pick<ObjectStore, 'tagAll'>,
  { runId, keys }: SnapshotFolder,
  before: Readonly<Tagged>,
): Promise<void> {
  if (before[runId] !== undefined) await objects.tagAll([...keys], NEWEST);
}

/** Nothing where the object is missing or cannot be read: then everything is tagged once more. */
const readTagged = async (objects: Pick<ObjectStore, 'get'>, key: string): Promise<Tagged> =>
  (await readJsonIfWhole(objects, key, taggedShape)) ?? {};
