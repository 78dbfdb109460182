/**
 * Where the snapshot of a sealed run lies in its Region's bucket. A snapshot is one object per scan segment, and last its
 * manifest: a folder without a manifest belongs to a run that was not sealed.
 */
export const SNAPSHOTS_PREFIX = 'snapshots/';
const MANIFEST = 'manifest.json';
const SUFFIX = '.ndjson.gz';

/** Items that the clean-up kept although the listing had not shown them, and those that its plan puts into the table. */
export const KEPT_NAME = `kept${SUFFIX}`;
/** Items of one segment of the table's scan. */
export const segmentName = (segment: number): string => `segment-${segment}${SUFFIX}`;
/** Where in the snapshot each user is. */
export const INDEX_NAME = 'index.bin';
/** Users of identity providers, part by part. */
export const FEDERATED_NAME = `federated${SUFFIX}`;
/** The pool's configuration. */
export const SETTINGS_NAME = 'settings.json.gz';
const NAME = /^(?:segment-\d{1,3}|kept)\.ndjson\.gz$/;
/** True for what a manifest may name as an object of its snapshot. */
export const isSnapshotName = (name: string): boolean => NAME.test(name);

/** Folder of a run, with its slash. */
export const snapshotFolder = (runId: string): string => `${SNAPSHOTS_PREFIX}${runId}/`;
/** Key of one object of a run, by the name that its manifest gives it. */
export const snapshotKey = (runId: string, name: string): string => `${snapshotFolder(runId)}${name}`;
/** Key of the manifest that closes the snapshot. */
export const snapshotManifestKey = (runId: string): string => snapshotKey(runId, MANIFEST);

/** Manifests of runs whose snapshots were thinned lie below; they stay as long as snapshots do. */
export const THINNED_MANIFESTS_PREFIX = 'manifests/';
/** Key of such a manifest. */
export const manifestOfThinnedKey = (runId: string): string => `${THINNED_MANIFESTS_PREFIX}${runId}.json`;
