import * as v from 'valibot';
import { countsShape } from '../../backup/manifest.ts';
import { countItem, noCounts, totalOf } from '../../backup/counts.ts';
import { itemKind, keyText, subOfKey } from '../../backup/items.ts';
import type { ItemKind } from '../../backup/items.ts';
import { Fault } from '../../errors.ts';
import type { ItemKey, ObjectStore } from '../../ports.ts';
import { MAX_PENDING_KEYS } from '../../digests/ledger.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { Appendix } from '../../state/progress.ts';
import { parseJson } from '../../state/json-object.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { runFolder } from '../run.ts';

/** Keys per batch of the delete plan: one object, one message. */
const BATCH_KEYS = 1000;

/** Batches of a run's delete plan lie here; the marker that one was carried out has the same name below `donePrefix`. */
export const deletePlanPrefix = (runId: string): string => `${runFolder(runId)}delete/planned/`;
/** The markers of the batches that were carried out: they survive a crash, messages do not. */
export const donePrefix = (runId: string): string => `${runFolder(runId)}delete/done/`;
/** How many keys the batch holds. */
export const keysInBatch = ({ counts }: DeletePlan, index: number): number =>
  Math.min(BATCH_KEYS, totalOf(counts) - index * BATCH_KEYS);
/** Name of a batch's object; names sort as their numbers do. */
export const batchName = (index: number): string => `${String(index).padStart(5, '0')}.json`;

/** Objects of item keys, `[[id, type], ...]` each. */
export type KeyList = string[];
const keyListShape = v.array(v.strictTuple([v.string(), v.string()]));

/** Keys of items that the run did not see, gathered while the table is scanned. */
export class GoneKeys implements Appendix {
  #new: [string, string][] = [];

  /** `parts` are the objects that hold them; part of the checkpoint. */
  constructor(private readonly parts: KeyList) {}

  get pending(): number {
    return this.#new.length / MAX_PENDING_KEYS;
  }

  add({ id, type }: ItemKey): void {
    this.#new.push([id, type]);
  }

  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    if (this.#new.length === 0) return [];
    const body = Buffer.from(JSON.stringify(this.#new));
    const key = keyWithDigest(newKey('gone'), 'json', body);
    this.#new = [];
    this.parts.push(key);
    return [{ key, body }];
  }
}

/** The item keys in the objects of these names, which GoneKeys or storePlan wrote; Fault BadState when one is missing or damaged. */
export async function* readKeys(
  objects: Pick<ObjectStore, 'get'>,
  names: AsyncIterable<string> | Iterable<string>,
): AsyncIterable<ItemKey> {
  for await (const key of names) {
    const stored = await objects.get(key);
    if (stored === undefined)
      throw new Fault(
        'BadState',
        `The object ${key} is missing. Delete ${key.split('/').slice(0, 2).join('/')}/run.json and start ExportWorkflow again: it then lists the pool again.`,
      );
    for (const [id, type] of parseJson(key, stored.body, keyListShape)) yield { id, type };
  }
}

export const deletePlanShape = v.object({ batches: countShape, counts: countsShape });
/** What is to be deleted, once that is decided; the keys lie in the batches. */
export type DeletePlan = Stored<typeof deletePlanShape>;

/** Writes the plan's batches; the same keys in the same order always give the same objects. */
export async function storePlan(
  objects: Pick<ObjectStore, 'put'>,
  runId: string,
  keys: AsyncIterable<ItemKey>,
): Promise<DeletePlan> {
  const counts = noCounts();
  let batches = 0;
  let batch: [string, string][] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await objects.put(deletePlanPrefix(runId) + batchName(batches), JSON.stringify(batch));
    batches += 1;
    batch = [];
  };
  for await (const key of keys) {
    countItem(counts, itemKind(key) as ItemKind);
    batch.push([key.id, key.type]);
    if (batch.length === BATCH_KEYS) await flush();
  }
  await flush();
  return { batches, counts };
}

/** What is to be deleted: the gone keys, without those that are kept (see keptIn). */
export async function* withoutKept(keys: AsyncIterable<ItemKey>, kept: ReadonlySet<string>): AsyncIterable<ItemKey> {
  for await (const key of keys) if (!isKept(key, kept)) yield key;
}

/** The rest of them: what is kept although the run did not see it. */
export async function* onlyKept(keys: AsyncIterable<ItemKey>, kept: ReadonlySet<string>): AsyncIterable<ItemKey> {
  for await (const key of keys) if (isKept(key, kept)) yield key;
}

/** True for a user who was confirmed to exist, for that user's memberships (which nobody confirmed to be gone), and for a confirmed membership. */
export const isKept = (key: ItemKey, kept: ReadonlySet<string>): boolean =>
  itemKind(key) !== 'group' && (kept.has(subOfKey(key)) || kept.has(keyText(key)));
