import { CHECKSUM_BUCKETS } from '../hashing.ts';
import type { Manifest } from '../manifest.ts';
import { isSnapshotName } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (value !== null && typeof value === 'object' ? value as Fields : {});
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isCounts = (value: unknown): boolean => ['users', 'groups', 'memberships'].every((kind) => isCount(fieldsOf(value)[kind]));
const isObject = (value: unknown): boolean => {
  const { name, bytes, sha256, items } = fieldsOf(value);
  return typeof name === 'string' && isSnapshotName(name) && isCount(bytes) && isHash(sha256) && isCount(items);
};

/** True when the value is the manifest of that run, with its snapshot: everything that a reader relies on is there. */
export function isManifestOf(value: unknown, runId: string): value is Manifest {
  const manifest = fieldsOf(value);
  const { objects } = fieldsOf(manifest.snapshot);
  return manifest.runId === runId
    && [manifest.userPoolId, manifest.startedAt, manifest.endedAt, manifest.softwareVersion].every(isText)
    && isCount(manifest.schemaVersion)
    && [manifest.counts, manifest.added, manifest.changed, manifest.deleted].every(isCounts)
    && Array.isArray(manifest.checksums) && manifest.checksums.length === CHECKSUM_BUCKETS && manifest.checksums.every(isHash)
    && manifest.poolSettings !== null && typeof manifest.poolSettings === 'object'
    && Array.isArray(objects) && objects.every(isObject);
}
