import * as v from 'valibot';
import { KEY_DIGEST_BYTES, keyDigest } from '../backup/hashing.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { Fault } from '../errors.ts';
import { DigestSet } from '../digests/digest-set.ts';
import type { GroupItem, MembershipItem, UserItem } from '../backup/items.ts';
import type { ItemKey, ObjectStore, TableItem } from '../ports.ts';
import { adviceFor } from '../state/advice.ts';
import { keyWithDigest } from '../state/digest-keys.ts';
import { gzipLines, linesOfGzip } from '../state/gzip-lines.ts';
import type { Appendix } from '../state/progress.ts';
import { countShape, onlyRead, textsShape } from '../state/shape.ts';
import { changedValues } from './changed-values.ts';
import { EXPORTS_PREFIX } from './run.ts';

const keyShape = v.pipe(v.string(), v.startsWith(EXPORTS_PREFIX));
export const stagedShape = v.array(
  onlyRead(
    v.object({
      /** Object of the items: gzip, a line of JSON each. */
      lines: keyShape,
      /** Object of their records, in the same order; see STAGED_RECORD_BYTES. */
      records: keyShape,
      items: countShape,
      /** Of the items' object. */
      bytes: countShape,
    }),
  ),
);
/** Staged items as a checkpoint names them: of several with one key the last counts. */
export type StagedParts = v.InferOutput<typeof stagedShape>;
/** One pair of objects. */
export type StagedPart = StagedParts[number];

/** Items in all parts together. */
export const stagedIn = (parts: readonly StagedPart[]): number => parts.reduce((sum, { items }) => sum + items, 0);

/** An item of the content, as a run writes it. */
export type BackupItem = UserItem | MembershipItem | GroupItem;
/** An item that is new or differs from the stored one, and which of the stored values changed (see changedValues). */
export interface StagedItem {
  readonly item: TableItem & { readonly contentHash: string };
  readonly differs?: readonly string[];
}
/** A listed item in the place of a stored one, or of none. */
export function stagedOver(stored: TableItem | undefined, item: BackupItem): StagedItem {
  const differs = stored === undefined ? [] : changedValues(stored, item);
  return { item, ...(differs.length === 0 ? {} : { differs }) };
}

/** A StagedItem as it is stored. */
export const stagedItemShape = v.object({
  item: v.looseObject({ id: v.string(), type: v.string(), contentHash: v.string() }),
  differs: v.exactOptional(textsShape),
});

/** A record: key digest (16), content digest (32). */
export const STAGED_RECORD_BYTES = 48;
const CONTENT_AT = KEY_DIGEST_BYTES;
/** As JSON; so much of a part is in memory when it is read again. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;
/** Many of the objects are small: one after the other they would take longer than their bytes. */
export const READS_AT_A_TIME = 8;

/**
 * What a run would write, kept in objects until the guard has passed. Beside the items it holds their digests, so that
 * the clean-up recognizes them without reading them.
 */
export class Staging implements Appendix {
  #lines: string[] = [];
  #records: Buffer[] = [];
  #bytes = 0;

  private constructor(
    private readonly parts: StagedParts,
    private readonly keys: DigestSet,
  ) {}

  /** Goes on with what `parts` name; appends to that same array. */
  static async load(objects: Pick<ObjectStore, 'get'>, parts: StagedParts): Promise<Staging> {
    const keys = new DigestSet(stagedIn(parts));
    await forEachAtOnce(parts, READS_AT_A_TIME, async (part) => {
      const records = await readStagedRecords(objects, part);
      for (let at = 0; at < records.length; at += STAGED_RECORD_BYTES) keys.add(records.subarray(at, at + CONTENT_AT));
    });
    return new Staging(parts, keys);
  }

  get pending(): number {
    return this.#bytes / MAX_PENDING_BYTES;
  }

  /** Items staged so far, those with the same key counted each. */
  get items(): number {
    return stagedIn(this.parts) + this.#lines.length;
  }

  has(key: ItemKey): boolean {
    return this.keys.has(keyDigest(key));
  }

  add(staged: readonly StagedItem[]): void {
    for (const one of staged) {
      const line = JSON.stringify(one);
      const record = Buffer.alloc(STAGED_RECORD_BYTES);
      keyDigest(one.item).copy(record);
      record.write(one.item.contentHash, CONTENT_AT, 'hex');
      this.keys.add(record.subarray(0, CONTENT_AT));
      this.#lines.push(line);
      this.#records.push(record);
      this.#bytes += line.length;
    }
  }

  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    if (this.#lines.length === 0) return [];
    const lines = gzipLines(this.#lines);
    const records = Buffer.concat(this.#records);
    const name = newKey('staged');
    const part: StagedPart = {
      lines: keyWithDigest(name, 'gz', lines),
      records: keyWithDigest(name, 'bin', records),
      items: this.#lines.length,
      bytes: lines.length,
    };
    [this.#lines, this.#records, this.#bytes] = [[], [], 0];
    this.parts.push(part);
    return [
      { key: part.lines, body: lines },
      { key: part.records, body: records },
    ];
  }
}

/** The records of one part; Fault BadState when they are missing or not as many as the checkpoint says. */
export async function readStagedRecords(
  objects: Pick<ObjectStore, 'get'>,
  { records, items }: StagedPart,
): Promise<Buffer> {
  const body = await bodyOf(objects, records);
  return body.length === items * STAGED_RECORD_BYTES ? body : damaged(records, 'it does not hold what was staged');
}

/** Content digest in a record. */
export const stagedContent = (record: Buffer): Buffer => record.subarray(CONTENT_AT);

/** The items of one part; Fault BadState when they are missing or damaged. */
export async function readStaged(
  objects: Pick<ObjectStore, 'get'>,
  { lines: key, items }: StagedPart,
): Promise<readonly StagedItem[]> {
  const staged = linesOfGzip({ key, body: await bodyOf(objects, key), expected: items }, stagedItemShape);
  return staged ?? damaged(key, 'it does not hold what was staged');
}

async function bodyOf(objects: Pick<ObjectStore, 'get'>, key: string): Promise<Buffer> {
  const stored = await objects.get(key);
  return stored === undefined ? damaged(key, 'it is missing') : Buffer.from(stored.body);
}

function damaged(key: string, problem: string): never {
  throw new Fault('BadState', `The object ${key} cannot be used: ${problem}. ${adviceFor(key)}`);
}
