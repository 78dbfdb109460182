import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StoredObject } from '../../../source/domain/ports.ts';
import type { ObjectFiles } from '../../simulation/storage/objects.ts';

/** The file in which an object lies. */
export const fileOf = (folder: string, key: string): string => join(folder, encodeURIComponent(key));

/**
 * Objects as files, so that they take no memory of the process that is measured. File access is synchronous: virtual
 * time moves on when the event loop is idle, and must not do so while a file is read.
 */
export class FilesOnDisk implements ObjectFiles {
  readonly #etags = new Map<string, string>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  get(key: string): StoredObject | undefined {
    const etag = this.#etags.get(key);
    return etag === undefined ? undefined : { body: readFileSync(this.#path(key)), etag };
  }

  has(key: string): boolean {
    return this.#etags.has(key);
  }

  keys(): Iterable<string> {
    return this.#etags.keys();
  }

  put(key: string, body: Uint8Array, etag: string): void {
    writeFileSync(this.#path(key), body);
    this.#etags.set(key, etag);
  }

  delete(key: string): boolean {
    if (this.has(key)) rmSync(this.#path(key));
    return this.#etags.delete(key);
  }

  bytesOf(key: string): number {
    return this.has(key) ? statSync(this.#path(key)).size : 0;
  }

  *pieces(key: string, most: number): Generator<Uint8Array> {
    const file = openSync(this.#path(key), 'r');
    try {
      for (;;) {
        const piece = Buffer.allocUnsafe(most);
        const bytes = readSync(file, piece, 0, most, null);
        if (bytes === 0) return;
        yield piece.subarray(0, bytes);
      }
    } finally {
      closeSync(file);
    }
  }

  writer(key: string): ReturnType<ObjectFiles['writer']> {
    const file = openSync(this.#path(key), 'w');
    return {
      add: (part) => void writeSync(file, part),
      close: (etag) => {
        closeSync(file);
        this.#etags.set(key, etag);
      },
    };
  }

  #path(key: string): string {
    return fileOf(this.folder, key);
  }
}
