import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const unpacked = promisify<Buffer, { readonly chunkSize: number }, Buffer>(gunzip);
/** At the end of a gzip file stands how long its content is. */
const LENGTH_BYTES = 4;
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 4 * 1024 * 1024;

/**
 * Unpacks gzip on another thread, while the caller goes on: in one piece of the length that the file itself says, since each
 * piece goes to that thread and back. What is longer than that, or than a piece may be, takes more of them.
 */
export function unpackAside(packed: Buffer): Promise<Buffer> {
  const length = packed.length < LENGTH_BYTES ? 0 : packed.readUInt32LE(packed.length - LENGTH_BYTES);
  // One byte is left over, by which zlib sees that this was all.
  return unpacked(packed, { chunkSize: Math.max(SMALLEST_CHUNK, Math.min(length + 1, LARGEST_CHUNK)) });
}
