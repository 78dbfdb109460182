import * as v from 'valibot';
import { isNamed } from '../../errors.ts';
import type { Log, ObjectStore, TimeLeft } from '../../ports.ts';
import { parseJson } from '../../state/json-object.ts';
import { countShape } from '../../state/shape.ts';
import { newestComplete, snapshotFolders } from './folders.ts';
import type { SnapshotFolder } from './folders.ts';
import { SNAPSHOTS_PREFIX } from './names.ts';

/**
 * The bucket's lifecycle lets what carries this tag expire after SnapshotRetentionDays, and nothing else below snapshots/:
 * the newest complete snapshot stays for as long as no newer one is complete.
 */
export const SUPERSEDED = { snapshot: 'superseded' } as const;
/** In place of SUPERSEDED on a snapshot that has become the newest complete one again. */
const NEWEST = { snapshot: 'newest' } as const;

/** Which folders are tagged, so that each one is tagged once; itself tagged, since it can be made again. */
const TAGGED_KEY = `${SNAPSHOTS_PREFIX}tagged.json`;
/** Number of tagged objects, by run: a folder that has got another object since is tagged again. */
const taggedShape = v.record(v.string(), countShape);
type Tagged = v.InferOutput<typeof taggedShape>;

/** What must be left of the invocation for its answer. */
const RESERVE_MS = 60_000;

/** What the tagging of snapshots needs. */
export interface SupersededDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'tagAll'>;
  readonly timeLeft: TimeLeft;
  readonly log: Log;
}

/**
 * Tags every snapshot of this Region's bucket but the newest complete one: superseded ones, those of refused runs, and
 * folders that were given up before their manifest was put; with `keepsSnapshots` false (SnapshotRetentionDays 0) all of
 * them. Called at the end of a run, when no folder is being written. A run never fails for want of tags: resolves a sentence
 * for its message where something could not be tagged, undefined where all is.
 */
export async function tagSuperseded(
  deps: SupersededDeps,
  { keepsSnapshots }: { readonly keepsSnapshots: boolean },
): Promise<string | undefined> {
  try {
    const late = await tagOthers(deps, keepsSnapshots);
    if (late === 0) return undefined;
    deps.log.warn('Not all superseded snapshots were tagged in time: the next run goes on', { folders: late });
    return `${late} superseded snapshots were not marked to expire in time; the next run marks them.`;
  } catch (error) {
    if (!isNamed(error, 'AccessDenied', 'ServiceError', 'Unprocessed')) throw error;
    const { name } = error as Error;
    deps.log.warn('Superseded snapshots could not be tagged: they do not expire', { errorName: name });
    return `Superseded snapshots could not be marked to expire (${name}): they are kept for longer than SnapshotRetentionDays. See the logs of this workflow's functions.`;
  }
}

/** Number of folders that there was no time for. */
async function tagOthers({ objects, timeLeft }: SupersededDeps, keepsSnapshots: boolean): Promise<number> {
  const folders = await snapshotFolders(objects);
  const newest = keepsSnapshots ? await newestComplete(objects, folders) : undefined;
  const before = await readTagged(objects);
  const tagged: Tagged = {};
  let late = 0;
  for (const folder of folders) {
    const isTagged = before[folder.runId] === folder.keys.size;
    if (folder.runId === newest) await untag(objects, folder, before);
    else if (isTagged || timeLeft() >= RESERVE_MS) {
      if (!isTagged) await objects.tagAll([...folder.keys], SUPERSEDED);
      tagged[folder.runId] = folder.keys.size;
    } else late += 1;
  }
  if (JSON.stringify(tagged) !== JSON.stringify(before)) {
    await objects.put(TAGGED_KEY, JSON.stringify(tagged));
    await objects.tagAll([TAGGED_KEY], SUPERSEDED);
  }
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
async function readTagged(objects: Pick<ObjectStore, 'get'>): Promise<Tagged> {
  const stored = await objects.get(TAGGED_KEY);
  if (stored === undefined) return {};
  try {
    return parseJson(TAGGED_KEY, stored.body, taggedShape);
  } catch (error) {
    if (isNamed(error, 'BadState')) return {};
    throw error;
  }
}
