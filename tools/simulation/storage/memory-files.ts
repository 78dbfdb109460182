import type { StoredObject } from '../../../source/domain/ports.ts';
import type { ObjectFiles } from './objects.ts';

/** Objects in memory. */
export class MemoryFiles extends Map<string, StoredObject> implements ObjectFiles {
  put(key: string, body: Uint8Array, etag: string): void {
    this.set(key, { body: Uint8Array.from(body), etag });
  }

  bytesOf(key: string): number {
    return this.get(key)?.body.length ?? 0;
  }

  pieces(key: string, most: number): Iterable<Uint8Array> {
    return cut(this.get(key)?.body ?? new Uint8Array(), most);
  }

  writer(key: string): ReturnType<ObjectFiles['writer']> {
    const parts: Uint8Array[] = [];
    return {
      add: (part) => void parts.push(Uint8Array.from(part)),
      close: (etag) => void this.set(key, { body: Uint8Array.from(Buffer.concat(parts)), etag }),
    };
  }
}

function* cut(body: Uint8Array, most: number): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += most) yield body.subarray(at, at + most);
}
