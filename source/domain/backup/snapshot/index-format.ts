import { textDigest } from '../hashing.ts';

/**
 * The index of a snapshot tells in which gzip members the items of a user are. It consists of records, and of a directory at
 * its end, whose SHA-256 stands in the manifest and which has a digest of every block of records and of every member: what
 * is read by range is vouched for as what is read whole.
 *
 * Record: digest of a name (5 bytes), number of a member (3 bytes). They are sorted; of 2,048 each a block is made.
 * Directory: number of members (4 bytes); per member the place of its object in the manifest's list (2), its bytes (4) and
 * its digest (16), in the order of their numbers, which within an object is that of their offsets; then per block the name
 * that it begins with (5) and its digest (16). Numbers are unsigned, the most significant byte first; digests are the first
 * bytes of SHA-256.
 */
export const NAME_BYTES = 5;
export const RECORD_BYTES = 8;
export const BLOCK_BYTES = 2048 * RECORD_BYTES;
/** More members than their number in a record can tell. */
export const MOST_MEMBERS = 2 ** 24;
const DIGEST_BYTES = 16;
const MEMBER_BYTES = 2 + 4 + DIGEST_BYTES;
const FENCE_BYTES = NAME_BYTES + DIGEST_BYTES;

/** By which a name, or a sub, is known in an index: in lower case, and who reads the item sees which spelling it has. */
export const indexedName = (name: string): Buffer => textDigest(name.toLowerCase()).subarray(0, NAME_BYTES);

/** A gzip member of an object of the snapshot: readable alone. */
export interface IndexedMember {
  /** Place of its object in the manifest's list. */
  readonly object: number;
  readonly from: number;
  readonly bytes: number;
  readonly digest: Buffer;
}

/** A block of records. */
export interface IndexedBlock {
  /** The name of its first record. */
  readonly first: Buffer;
  readonly digest: Buffer;
}

/** What the directory says. */
export interface IndexDirectory {
  readonly members: readonly IndexedMember[];
  readonly blocks: readonly IndexedBlock[];
}

/** The directory as it is stored. */
export function encodeDirectory({ members, blocks }: IndexDirectory): Buffer {
  const encoded = Buffer.alloc(4 + members.length * MEMBER_BYTES + blocks.length * FENCE_BYTES);
  let at = encoded.writeUInt32BE(members.length);
  for (const { object, bytes, digest } of members) {
    at = encoded.writeUInt16BE(object, at);
    at = encoded.writeUInt32BE(bytes, at);
    at += digest.copy(encoded, at);
  }
  for (const { first, digest } of blocks) {
    at += first.copy(encoded, at);
    at += digest.copy(encoded, at);
  }
  return encoded;
}

/** The directory that was stored so. Its SHA-256 has been checked: it is what was written. */
export function decodeDirectory(encoded: Buffer): IndexDirectory {
  const members: IndexedMember[] = [];
  const ends: number[] = [];
  const count = encoded.readUInt32BE(0);
  let at = 4;
  for (; members.length < count; at += MEMBER_BYTES) {
    const object = encoded.readUInt16BE(at);
    const bytes = encoded.readUInt32BE(at + 2);
    const from = ends[object] ?? 0;
    ends[object] = from + bytes;
    members.push({ object, from, bytes, digest: encoded.subarray(at + 6, at + MEMBER_BYTES) });
  }
  const blocks: IndexedBlock[] = [];
  for (; at < encoded.length; at += FENCE_BYTES)
    blocks.push({
      first: encoded.subarray(at, at + NAME_BYTES),
      digest: encoded.subarray(at + NAME_BYTES, at + FENCE_BYTES),
    });
  return { members, blocks };
}
