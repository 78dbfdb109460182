import { Fault } from '../../../source/domain/errors.ts';
import type { ObjectStore, PutCondition, StoredObject } from '../../../source/domain/ports.ts';
import { assertSealed, sealedPieces } from '../../../source/domain/state/sealed-keys.ts';
import type { Calls } from './calls.ts';

/** Objects in memory; calls are named `objects.get`, `objects.put`, ... */
export class MemoryObjects implements ObjectStore {
  readonly stored = new Map<string, StoredObject>();
  /** Tags by key; as in S3, an object that is written anew has none. */
  readonly tags = new Map<string, Readonly<Record<string, string>>>();
  /** Bytes per piece of `read`; small values exercise records that cross pieces. */
  chunkBytes = 65_536;
  #version = 0;

  constructor(private readonly calls: Calls) {}

  get = (key: string): Promise<StoredObject | undefined> =>
    this.calls.run('objects.get', () => {
      const object = this.stored.get(key);
      if (object !== undefined) assertSealed(key, object.body);
      return object;
    });

  put = (key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> => {
    const bytes = Uint8Array.from(Buffer.from(body as string));
    return this.calls.run('objects.put', () => {
      const now = this.stored.get(key);
      const holds =
        condition === undefined || ('absent' in condition ? now === undefined : now?.etag === condition.etag);
      if (!holds) throw new Fault('PreconditionFailed', `The object ${key} was written by someone else.`);
      return this.#store(key, bytes);
    });
  };

  async *list(prefix: string): AsyncIterable<string> {
    const keys = await this.calls.run('objects.list', () =>
      [...this.stored.keys()].filter((key) => key.startsWith(prefix)).sort(),
    );
    yield* keys;
  }

  read(key: string): AsyncIterable<Uint8Array> {
    return sealedPieces(key, this.#pieces(key));
  }

  async *#pieces(key: string): AsyncIterable<Uint8Array> {
    const object = await this.calls.run('objects.read', () => this.stored.get(key));
    if (object === undefined) throw new Fault('BadState', `The object ${key} does not exist.`);
    for (let at = 0; at < object.body.length; at += this.chunkBytes)
      yield object.body.subarray(at, at + this.chunkBytes);
  }

  write = async (key: string, parts: AsyncIterable<Uint8Array>): Promise<void> => {
    const pieces: Uint8Array[] = [];
    for await (const part of parts) pieces.push(Uint8Array.from(part));
    await this.calls.run('objects.write', () => this.#store(key, Uint8Array.from(Buffer.concat(pieces))));
  };

  deleteAll = (keys: readonly string[]): Promise<void> =>
    this.calls.run('objects.deleteAll', () => {
      for (const key of keys) {
        this.stored.delete(key);
        this.tags.delete(key);
      }
    });

  /** One call per object, as with S3. */
  tagAll = async (keys: readonly string[], tags: Readonly<Record<string, string>>): Promise<void> => {
    for (const key of keys)
      await this.calls.run('objects.tag', () => void (this.stored.has(key) && this.tags.set(key, { ...tags })));
  };

  /** The object as text, for assertions. */
  text(key: string): string {
    const object = this.stored.get(key);
    if (object === undefined) throw new Error(`no object ${key}; there are ${[...this.stored.keys()].join(', ')}`);
    return Buffer.from(object.body).toString('utf8');
  }

  json<T>(key: string): T {
    return JSON.parse(this.text(key)) as T;
  }

  #store(key: string, body: Uint8Array): string {
    this.#version += 1;
    const etag = `"v${this.#version}"`;
    this.stored.set(key, { body, etag });
    this.tags.delete(key);
    return etag;
  }
}
