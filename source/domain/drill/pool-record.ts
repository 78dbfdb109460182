import * as v from 'valibot';
import type { ObjectStore } from '../ports.ts';
import { parseJson } from '../state/json-object.ts';
import { timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

/** Everything that drills store lies below it. */
export const DRILLS_PREFIX = 'drills/';
const RECORDS_PREFIX = `${DRILLS_PREFIX}pools/`;

const recordShape = v.object({
  /** Name of the pool; tells it among all others when the answer to its creation was lost. */
  name: v.string(),
  executionArn: v.string(),
  /** Before the pool was asked for. */
  intendedAt: timeShape,
  /** Absent until Cognito has answered. */
  poolId: v.exactOptional(v.string()),
  /** It was asked for once more, since no listing showed it: there may be two of this name. */
  again: v.exactOptional(v.literal(true)),
  /** By which error Cognito refused the settings without which a restore can be rehearsed, too; the pool does without them. */
  refused: v.exactOptional(v.string()),
});
/**
 * That a pool is made, or about to be: written before its creation and deleted after its deletion, so that a drill that is
 * killed at any moment leaves behind what the next one finds its pool by.
 */
export type PoolRecord = Stored<typeof recordShape>;

const keyOf = (name: string): string => `${RECORDS_PREFIX}${name}.json`;

/** Of the pool with that name. */
export async function readRecord(objects: Pick<ObjectStore, 'get'>, name: string): Promise<PoolRecord | undefined> {
  const stored = await objects.get(keyOf(name));
  return stored === undefined ? undefined : parseJson(keyOf(name), stored.body, recordShape);
}

/** All there are: one while a drill is at work, and those of drills that were killed. */
export async function allRecords(objects: Pick<ObjectStore, 'get' | 'list'>): Promise<readonly PoolRecord[]> {
  const names: string[] = [];
  for await (const key of objects.list(RECORDS_PREFIX)) names.push(key.slice(RECORDS_PREFIX.length, -'.json'.length));
  const records: PoolRecord[] = [];
  for (const name of names) {
    const record = await readRecord(objects, name);
    if (record !== undefined) records.push(record);
  }
  return records;
}

export const writeRecord = (objects: Pick<ObjectStore, 'put'>, record: PoolRecord): Promise<string> =>
  objects.put(keyOf(record.name), JSON.stringify(record));

/** The pool is gone. */
export async function dropRecord(objects: Pick<ObjectStore, 'deleteAll'>, name: string): Promise<void> {
  await objects.deleteAll([keyOf(name)]);
}
