import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { counted, number } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { gzipLines } from '../../state/gzip-lines.ts';
import { countShape } from '../../state/shape.ts';
import type { Manifest, SnapshotObject } from '../manifest.ts';
import { IndexParts } from './index-parts.ts';
import { INDEX_NAME, snapshotKey, snapshotManifestKey } from './names.ts';

const objectPartsShape = v.object({
  /** Stored objects, one after the other: whole gzip members each. */
  parts: v.array(v.object({ key: v.string(), bytes: countShape })),
  items: countShape,
});
/** What waits to become one object of the snapshot; part of a checkpoint. */
export type ObjectParts = v.InferOutput<typeof objectPartsShape>;
export const snapshotStateShape = v.record(v.string(), objectPartsShape);
/** By the object's name; under that of the index what it will be made of, as `items` the indexed ones. */
export type SnapshotState = v.InferOutput<typeof snapshotStateShape>;

/** Packed bytes that may wait in memory: about 150,000 items. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;

/** Characters of JSON in a gzip member, unless one item has more. */
const MEMBER_LENGTH = 1024 * 1024;

/**
 * Gathers items for a snapshot while a table is scanned. What was added is named by `state` (and counted there) as soon
 * as it is cut, so that a checkpoint which is written after the objects of a cut holds all of a page or nothing of it.
 */
export class SnapshotParts {
  #pending = new Map<string, Buffer[]>();
  #bytes = 0;
  readonly #index = new IndexParts();

  /** `state` is appended to in place. */
  constructor(private readonly state: SnapshotState) {}

  /** How much waits; 1 is as much as should. */
  get pending(): number {
    return this.#bytes / MAX_PENDING_BYTES;
  }

  /** Appends items to the object `name`, as lines in gzip members of their own. */
  add(name: string, items: readonly TableItem[]): void {
    for (const { lines, from } of members(items.map((item) => JSON.stringify(item)))) {
      const packed = gzipLines(lines);
      const pending = this.#pending.get(name) ?? [];
      this.#pending.set(name, pending);
      pending.push(packed);
      this.#bytes += packed.length;
      this.#index.add(name, packed, items.slice(from, from + lines.length));
    }
    this.#note(name, items.length);
  }

  /** Takes what waits, names its objects in the state, and returns them to be stored before the state is. */
  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    const cut = [...this.#pending].map(([name, members]) => {
      const body = Buffer.concat(members);
      const part = { key: keyWithDigest(newKey(`snapshot/${name}`), 'gz', body), body };
      this.state[name]?.parts.push({ key: part.key, bytes: part.body.length });
      return part;
    });
    this.#pending = new Map();
    this.#bytes = 0;
    return [...cut, ...this.#cutIndex(newKey)];
  }

  #cutIndex(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    const cut = this.#index.cut();
    if (cut === undefined) return [];
    const { body, items } = cut;
    const key = keyWithDigest(newKey(`snapshot/${INDEX_NAME}`), 'bin', body);
    this.#note(INDEX_NAME, items);
    this.state[INDEX_NAME]?.parts.push({ key, bytes: body.length });
    return [{ key, body }];
  }

  #note(name: string, items: number): void {
    if (items === 0) return;
    this.state[name] ??= { parts: [], items: 0 };
    this.state[name].items += items;
  }
}

/** Cuts lines so that a reader who needs one of them unpacks about a megabyte. */
function* members(lines: readonly string[]): Generator<{ readonly lines: readonly string[]; readonly from: number }> {
  let from = 0;
  let length = 0;
  for (const [at, line] of lines.entries()) {
    if (length > 0 && length + line.length > MEMBER_LENGTH) {
      yield { lines: lines.slice(from, at), from };
      from = at;
      length = 0;
    }
    length += line.length;
  }
  if (length > 0) yield { lines: lines.slice(from), from };
}

/**
 * Writes one object of the snapshot from its parts; the same parts always give the same bytes. Without parts it is an
 * empty gzip file, so that a reader finds every segment. Fault BadState when a part is not as long as it was stored.
 */
export async function joinParts(
  objects: Pick<ObjectStore, 'read' | 'write'>,
  runId: string,
  name: string,
  { parts, items }: ObjectParts = { parts: [], items: 0 },
): Promise<SnapshotObject> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  const counted = (piece: Uint8Array): Uint8Array => {
    sha256.update(piece);
    bytes += piece.length;
    return piece;
  };
  const joined = async function* (): AsyncGenerator<Uint8Array> {
    if (parts.length === 0) yield counted(gzipSync(''));
    for await (const piece of piecesOf(objects, parts)) yield counted(piece);
  };
  await objects.write(snapshotKey(runId, name), joined());
  return { name, bytes, sha256: sha256.digest('hex'), items };
}

/** The parts' bytes as they come. */
export async function* piecesOf(
  objects: Pick<ObjectStore, 'read'>,
  parts: ObjectParts['parts'],
): AsyncGenerator<Uint8Array> {
  for (const { key, bytes } of parts) {
    let found = 0;
    for await (const piece of objects.read(key)) {
      found += piece.length;
      yield piece;
    }
    if (found !== bytes)
      throw new Fault(
        'BadState',
        `The object ${key} should have ${counted(bytes, 'byte')} and has ${number(found)}. Delete everything below ${key.split('/').slice(0, 2).join('/')}/ and start the workflow again: it then begins from the start.`,
      );
  }
}

/** Closes the snapshot, once the run is sealed. Writing it again changes nothing. */
export async function putSnapshotManifest(objects: Pick<ObjectStore, 'put'>, manifest: Manifest): Promise<void> {
  await objects.put(snapshotManifestKey(manifest.runId), JSON.stringify(manifest));
}

/** Items of all objects together. */
export const itemsIn = (objects: readonly SnapshotObject[]): number =>
  objects.reduce((sum, { items }) => sum + items, 0);
