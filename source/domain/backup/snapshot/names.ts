/**
 * Where the snapshot of a sealed run lies in its Region's bucket. A snapshot is one object per scan segment, and last its
 * manifest: a folder without a manifest belongs to a run that was not sealed.
 */
export const SNAPSHOTS_PREFIX = 'snapshots/';
const MANIFEST = 'manifest.json';
const SUFFIX = '.ndjson.gz';

/** Items that the clean-up kept although the listing had not shown them. */
export const KEPT_NAME = `kept${SUFFIX}`;
/** Items of one segment of the table's scan. */
export const segmentName = (segment: number): string => `segment-${segment}${SUFFIX}`;
const NAME = /^(?:segment-\d{1,3}|kept)\.ndjson\.gz$/;
/** True for what a manifest may name as an object of its snapshot. */
export const isSnapshotName = (name: string): boolean => NAME.test(name);

export const snapshotFolder = (runId: string): string => `${SNAPSHOTS_PREFIX}${runId}/`;
export const snapshotKey = (runId: string, name: string): string => `${snapshotFolder(runId)}${name}`;
export const snapshotManifestKey = (runId: string): string => snapshotKey(runId, MANIFEST);
