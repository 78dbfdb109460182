import * as v from 'valibot';
import { KEY_DIGEST_BYTES, keyDigest } from '../backup/hashing.ts';
import { counted, number } from '../counted.ts';
import { Fault } from '../errors.ts';
import type { ItemKey, ObjectStore } from '../ports.ts';
import type { Appendix } from '../state/progress.ts';
import { keyWithDigest } from '../state/digest-keys.ts';
import { countShape } from '../state/shape.ts';
import { DigestSet } from './digest-set.ts';
import { forEachAtOnce } from '../concurrency.ts';

/** `folder`: where a checkpoint's ledgers lie; they name no objects elsewhere. */
export const ledgerShape = (folder: string) =>
  v.array(v.object({ key: v.pipe(v.string(), v.startsWith(folder)), digests: countShape }));
/** A ledger as a checkpoint names it. */
export type LedgerState = v.InferOutput<ReturnType<typeof ledgerShape>>;
/** One stored object of a ledger: its digests one after the other. */
export type LedgerPart = Readonly<LedgerState[number]>;

/** Number of digests in the stored objects of all these ledgers. */
export const digestsIn = (...ledgers: readonly (readonly LedgerPart[])[]): number =>
  ledgers.flat().reduce((sum, { digests }) => sum + digests, 0);

/** Keys or digests that may wait in memory before they are stored early. */
export const MAX_PENDING_KEYS = 100_000;

/**
 * What a run has seen: distinct key digests, kept in memory and, part by part, as objects. A part is never written
 * twice: its key carries the invocation, so that a superseded one cannot overwrite what its successor stored.
 */
export class Ledger implements Appendix {
  #new: Buffer[] = [];

  private constructor(
    private readonly kind: string,
    private readonly parts: LedgerState,
    private readonly set: DigestSet,
  ) {}

  /** Loads what `parts` name; the ledger appends to that same array. */
  static async load(objects: Pick<ObjectStore, 'read'>, kind: string, parts: LedgerState): Promise<Ledger> {
    const set = new DigestSet(digestsIn(parts));
    await readDigests(objects, parts, set);
    return new Ledger(kind, parts, set);
  }

  get size(): number {
    return this.set.size;
  }

  get pending(): number {
    return this.#new.length / MAX_PENDING_KEYS;
  }

  has(key: ItemKey): boolean {
    return this.set.has(keyDigest(key));
  }

  /** False when the key was seen before. */
  add(key: ItemKey): boolean {
    const digest = keyDigest(key);
    const added = this.set.add(digest);
    if (added) this.#new.push(digest);
    return added;
  }

  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    if (this.#new.length === 0) return [];
    const body = Buffer.concat(this.#new);
    const part = { key: keyWithDigest(newKey(`ledger/${this.kind}`), 'bin', body), digests: this.#new.length };
    this.#new = [];
    this.parts.push(part);
    return [{ key: part.key, body }];
  }
}

/** Many of the objects are small: one after the other they would take longer than their bytes. */
const READS_AT_A_TIME = 8;

/** Adds the digests of all parts to `set`; Fault BadState when a part is not as long as its checkpoint says. */
export async function readDigests(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly LedgerPart[],
  set: DigestSet,
): Promise<void> {
  await forEachAtOnce(parts, READS_AT_A_TIME, (part) => readPart(objects, part, set));
}

async function readPart(
  objects: Pick<ObjectStore, 'read'>,
  { key, digests }: LedgerPart,
  set: DigestSet,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let found = 0;
  for await (const piece of objects.read(key)) {
    const bytes =
      rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength) : Buffer.concat([rest, piece]);
    const whole = bytes.length - (bytes.length % KEY_DIGEST_BYTES);
    for (let at = 0; at < whole; at += KEY_DIGEST_BYTES) set.add(bytes.subarray(at, at + KEY_DIGEST_BYTES));
    found += whole / KEY_DIGEST_BYTES;
    rest = Buffer.from(bytes.subarray(whole));
  }
  if (found !== digests || rest.length > 0) {
    throw new Fault(
      'BadState',
      `The ledger object ${key} should hold ${counted(digests, 'digest')} and holds ${number(found)}. Delete ${key.split('/').slice(0, 2).join('/')}/run.json and start ExportWorkflow again: it then lists the pool again.`,
    );
  }
}
