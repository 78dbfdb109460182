import type { ObjectStore } from '../../ports.ts';
import { SNAPSHOTS_PREFIX } from './names.ts';

/** Where snapshots lie that are read by their objects alone: in a vault, a retained bucket, or below a prefix of their own. */
export interface SnapshotPlace {
  readonly bucket: string;
  /** What stands before `snapshots/` in every key: empty, or with its slash. */
  readonly base: string;
  /** The run whose folder was named. */
  readonly run?: string;
}

/** What a reader of snapshots asks of a bucket. */
export type SnapshotObjects = Pick<ObjectStore, 'get' | 'list' | 'read' | 'readRange'>;

const URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/((?:[\w.=+-]+\/)*)$/;
const RUN_FOLDER = new RegExp(`^(.*/)?${SNAPSHOTS_PREFIX}(\\d{8}T\\d{6}Z-[0-9a-f]{8})/$`);
const SNAPSHOTS = new RegExp(`^(.*/)?${SNAPSHOTS_PREFIX}$`);
/** CloudFormation names the mapping-file buckets of every launch so. */
const OF_A_LAUNCH = /^stackset-cognitouser[a-z0-9-]*-mappingfilebucket-[a-z0-9]+$/;
/** Below it in the bucket of a launch lie the snapshots that were made of tables of the retired solution. */
export const ADOPTED_PREFIX = 'adopted/';

/**
 * The place that a text names: `s3://bucket/` or `s3://bucket/prefix/`, in which `snapshots/` lies, that folder itself, or
 * the one of a run in it. Undefined when it is none of these.
 */
export function snapshotPlaceIn(text: string): SnapshotPlace | undefined {
  const [, bucket, path] = URL.exec(text) ?? [];
  if (bucket === undefined || path === undefined) return undefined;
  const [ofRun, beforeRun = '', run] = RUN_FOLDER.exec(path) ?? [];
  if (ofRun !== undefined && run !== undefined) return { bucket, base: beforeRun, run };
  const [ofAll, before = ''] = SNAPSHOTS.exec(path) ?? [];
  return { bucket, base: ofAll === undefined ? path : before };
}

/** The prefix in which `snapshots/` lies, as an input gives it. */
export const placeText = ({ bucket, base }: Pick<SnapshotPlace, 'bucket' | 'base'>): string => `s3://${bucket}/${base}`;

/**
 * What keeps functions from reading snapshots in a place: they may in the vault and in the buckets that launches made, where
 * snapshots lie, and where adopted ones do. Whose bucket it is IAM holds. Undefined where nothing does.
 */
export function obstacleTo(
  { bucket, base }: Pick<SnapshotPlace, 'bucket' | 'base'>,
  vaultBucket: string | undefined,
): 'bucket' | 'prefix' | undefined {
  const ofLaunch = OF_A_LAUNCH.test(bucket);
  if (!ofLaunch && bucket !== vaultBucket) return 'bucket';
  return base === '' || (ofLaunch && base === ADOPTED_PREFIX) ? undefined : 'prefix';
}

/** The objects below a prefix, under the keys that they would have at the top of the bucket. */
export const objectsBelow = (objects: SnapshotObjects, base: string): SnapshotObjects => ({
  get: (key) => objects.get(base + key),
  read: (key) => objects.read(base + key),
  readRange: (key, from, bytes) => objects.readRange(base + key, from, bytes),
  async *list(prefix) {
    for await (const key of objects.list(base + prefix)) yield key.slice(base.length);
  },
});
