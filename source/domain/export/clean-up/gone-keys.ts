import * as v from 'valibot';
import { Fault } from '../../errors.ts';
import type { ItemKey, ObjectStore } from '../../ports.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { Appendix } from '../../state/progress.ts';
import { parseJson } from '../../state/json-object.ts';
import { runFolder } from '../run.ts';

/** Delete plans of versions before 2.1, which deleted without a marker that names the plan: they count for the guard. */
export const earlierPlanPrefix = (runId: string): string => `${runFolder(runId)}delete/planned/`;

/** Keys that may wait in memory; one object holds about so many. */
const MAX_PENDING = 20_000;

/** Objects of item keys, `[[id, type, content digest], ...]` each; earlier versions wrote no digest. */
export type KeyList = string[];
const keyListShape = v.array(
  v.union([v.strictTuple([v.string(), v.string(), v.string()]), v.strictTuple([v.string(), v.string()])]),
);

/** Key of an item that the run did not see, and the digest of what it holds. */
export interface GoneKey extends ItemKey {
  /** 64 hex digits; empty where it is not known. */
  readonly before: string;
}

/** Items that the run did not see, gathered while the table is scanned. */
export class GoneKeys implements Appendix {
  #new: [string, string, string][] = [];

  /** `parts` are the objects that hold them; part of the checkpoint. */
  constructor(private readonly parts: KeyList) {}

  get pending(): number {
    return this.#new.length / MAX_PENDING;
  }

  /** `digest`: the item's content digest. */
  add({ id, type }: ItemKey, digest: Buffer): void {
    this.#new.push([id, type, digest.toString('hex')]);
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

/** The item keys in the objects of these names; Fault BadState when one is missing or damaged. */
export async function* readKeys(
  objects: Pick<ObjectStore, 'get'>,
  names: AsyncIterable<string> | Iterable<string>,
): AsyncIterable<GoneKey> {
  for await (const key of names) {
    const stored = await objects.get(key);
    if (stored === undefined)
      throw new Fault(
        'BadState',
        `The object ${key} is missing. Delete ${key.split('/').slice(0, 2).join('/')}/run.json and start ExportWorkflow again: it then lists the pool again.`,
      );
    for (const [id, type, before = ''] of parseJson(key, stored.body, keyListShape)) yield { id, type, before };
  }
}
