import { Fault, isNamed } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { adviceFor } from './advice.ts';
import { problemWith } from './shape.ts';
import type { Shape } from './shape.ts';

/** The object as JSON; Fault BadState when it is none. The parser's own message is not shown: it quotes what it read. */
export function parsed(key: string, body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    throw new Fault('BadState', `The object ${key} is damaged: it is no JSON. ${adviceFor(key)}`);
  }
}

/** The value, once it has the shape. Fault BadState names the object, the member, and what it should be; no values. */
export function shaped<T>(key: string, value: unknown, shape: Shape<T>): T {
  const problem = problemWith(value, shape);
  if (problem !== undefined) throw new Fault('BadState', `The object ${key} is damaged: ${problem}. ${adviceFor(key)}`);
  return value as T;
}

/** The object as JSON of that shape; Fault BadState when it is something else. */
export const parseJson = <T>(key: string, body: Uint8Array, shape: Shape<T>): T =>
  shaped(key, parsed(key, body), shape);

/** Reads a JSON object that an earlier step wrote; Fault BadState when it is missing or has another shape. */
export async function readJson<T>(objects: Pick<ObjectStore, 'get'>, key: string, shape: Shape<T>): Promise<T> {
  const stored = await objects.get(key);
  if (stored === undefined)
    throw new Fault('BadState', `The object ${key} does not exist: the state of this restore cannot be used.`);
  return parseJson(key, stored.body, shape);
}

/** The same of an object that is written anew where it is lost: undefined when it is missing or damaged. */
export async function readJsonIfWhole<T>(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  shape: Shape<T>,
): Promise<T | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  try {
    return parseJson(key, stored.body, shape);
  } catch (error) {
    if (isNamed(error, 'BadState')) return undefined;
    throw error;
  }
}
