import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Unpacks gzip on another thread, while the caller goes on. */
export const unpackAside: (packed: Buffer) => Promise<Buffer> = promisify(gunzip);
