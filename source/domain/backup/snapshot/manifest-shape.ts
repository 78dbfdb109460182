import { problemWith, sha256Shape } from '../../state/shape.ts';
import { manifestShape } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { INDEX_NAME, isSnapshotName, SETTINGS_NAME } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (value !== null && typeof value === 'object' ? (value as Fields) : {});
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash = (value: unknown): boolean => problemWith(value, sha256Shape) === undefined;
const isObject = (value: unknown): boolean => {
  const { name, bytes, sha256, items } = fieldsOf(value);
  return typeof name === 'string' && isSnapshotName(name) && isCount(bytes) && isHash(sha256) && isCount(items);
};
const isIndex = (value: unknown): boolean => {
  const { name, sha256, directory } = fieldsOf(value);
  return name === INDEX_NAME && isHash(sha256) && isHash(fieldsOf(directory).sha256);
};

/** True when the value is the manifest of that run, with its snapshot: everything that a reader relies on is there. */
export function isManifestOf(value: unknown, runId: string): value is Manifest {
  const { objects, index, settings } = fieldsOf(fieldsOf(value).snapshot);
  return (
    isManifest(value, runId) &&
    Array.isArray(objects) &&
    objects.every(isObject) &&
    (index === undefined || isIndex(index)) &&
    (settings === undefined || fieldsOf(settings).name === SETTINGS_NAME)
  );
}

/** True when the value is what is kept of the manifest of that run, whose snapshot was thinned out. */
export const isThinnedManifestOf = (value: unknown, runId: string): value is Manifest =>
  isManifest(value, runId) && fieldsOf(value).snapshot === undefined;

const isManifest = (value: unknown, runId: string): boolean =>
  fieldsOf(value).runId === runId && problemWith(value, manifestShape) === undefined;
