import { Fault } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { parsed, shaped } from './stored-shapes.ts';

/** Reads a JSON object that an earlier step wrote; Fault BadState when it is missing or not what its key says it is. */
export async function readJson<T>(objects: Pick<ObjectStore, 'get'>, key: string): Promise<T> {
  const stored = await objects.get(key);
  if (stored === undefined)
    throw new Fault('BadState', `The object ${key} does not exist: the state of this restore cannot be used.`);
  return shaped<T>(key, parsed(key, stored.body));
}
