import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';

/** Reads a JSON object that an earlier step wrote; Fault BadState when it is missing or damaged. */
export async function readJson<T>(objects: Pick<ObjectStore, 'get'>, key: string): Promise<T> {
  const stored = await objects.get(key);
  if (stored === undefined) throw new Fault('BadState', `The object ${key} does not exist: the state of this restore cannot be used.`);
  try {
    return JSON.parse(Buffer.from(stored.body).toString('utf8')) as T;
  } catch {
    throw new Fault('BadState', `The object ${key} is damaged: the state of this restore cannot be used.`);
  }
}
