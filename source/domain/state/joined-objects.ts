import { counted, countedAs } from '../counted.ts';
import { Fault } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';

/**
 * All objects one after the other, in one buffer that is made once: at a million users they take more than 100 MB.
 * Fault BadState, with `advice`, when one is missing or when they do not take exactly so many bytes.
 */
export async function joinedObjects(
  objects: Pick<ObjectStore, 'get'>,
  keys: readonly string[],
  bytes: number,
  advice: string,
): Promise<Buffer> {
  const all = Buffer.alloc(bytes);
  let at = 0;
  for (const key of keys) {
    const object = await objects.get(key);
    if (object === undefined) throw new Fault('BadState', `The object ${key} is missing. ${advice}`);
    if (at + object.body.length <= bytes) all.set(object.body, at);
    at += object.body.length;
  }
  if (at !== bytes)
    throw new Fault(
      'BadState',
      `${countedAs(keys.length, 'object', ['takes', 'take'])} ${counted(at, 'byte')} from ${keys[0] ?? 'nowhere'} on, and ${counted(bytes, 'byte')} should be there. ${advice}`,
    );
  return all;
}
