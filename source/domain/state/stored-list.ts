import * as v from 'valibot';
import { Fault } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { digestOfText } from './digest-keys.ts';
import { adviceFor } from './advice.ts';
import { parsed, shaped } from './json-object.ts';
import type { Shape } from './shape.ts';

/** A list in an object whose key is fixed: by where it lies and its digest a changed or a foreign one is known. */
interface StoredList<T> {
  readonly key: string;
  /** Of the list as JSON; see digestOfText. */
  readonly digest: string;
  readonly list: readonly T[];
}

/** Writes a list that readList gives back, which refuses a changed or foreign one. */
export async function putList<T>(objects: Pick<ObjectStore, 'put'>, key: string, list: readonly T[]): Promise<void> {
  await objects.put(
    key,
    JSON.stringify({ key, digest: digestOfText(JSON.stringify(list)), list } satisfies StoredList<T>),
  );
}

/** Fault BadState when the object is missing, not what putList wrote there, or has an item of another shape. */
export async function readList<T>(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  item: Shape<T>,
): Promise<readonly T[]> {
  const stored = await objects.get(key);
  if (stored === undefined) throw new Fault('BadState', `The object ${key} does not exist. ${adviceFor(key)}`);
  const { key: of, digest, list } = (parsed(key, stored.body) ?? {}) as Partial<StoredList<T>>;
  if (of !== key || !Array.isArray(list) || digestOfText(JSON.stringify(list)) !== digest)
    throw new Fault(
      'BadState',
      `The object ${key} is damaged: it is not the list that was written there. ${adviceFor(key)}`,
    );
  return shaped(key, list, v.array(item));
}
