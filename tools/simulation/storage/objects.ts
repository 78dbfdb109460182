import { Fault } from '../../../source/domain/errors.ts';
import type { ObjectStore, PutCondition, StoredObject } from '../../../source/domain/ports.ts';
import { assertIntact, intactPieces } from '../../../source/domain/state/digest-keys.ts';
import type { ServiceCalls } from '../service-calls.ts';

/** Where objects lie: a map of them, and a way to read and write a large one piece by piece. */
export interface ObjectFiles extends Pick<Map<string, StoredObject>, 'get' | 'delete' | 'has'> {
  keys(): Iterable<string>;
  put(key: string, body: Uint8Array, etag: string): void;
  /** Bytes of an object; 0 without one. */
  bytesOf(key: string): number;
  /** The object as it is now, whatever becomes of it while it is read. */
  pieces(key: string, most: number): Iterable<Uint8Array>;
  /** Collects the parts of an object; nothing is stored before `close`. */
  writer(key: string): { add(part: Uint8Array): void; close(etag: string): void };
}

/** S3 lists a thousand keys per page, and the adapter tags as many objects at once. */
const KEYS_PER_PAGE = 1000;
const TAGGED_AT_A_TIME = 16;

/** S3's rules for one bucket; calls are named `objects.get`, `objects.put`, ... */
export class SimulatedObjects<Files extends ObjectFiles> implements ObjectStore {
  /** Tags by key; as in S3, an object that is written again has none. */
  readonly tags = new Map<string, Readonly<Record<string, string>>>();
  /** Bytes per piece of `read`; small values exercise records that cross pieces. */
  chunkBytes = 65_536;
  #version = 0;

  constructor(
    private readonly calls: ServiceCalls,
    readonly stored: Files,
  ) {}

  get = (key: string): Promise<StoredObject | undefined> =>
    this.calls.run(
      'objects.get',
      () => {
        const object = this.stored.get(key);
        if (object !== undefined) assertIntact(key, object.body);
        return object;
      },
      { bytes: this.stored.bytesOf(key) },
    );

  put = (key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return this.calls.run(
      'objects.put',
      () => {
        const now = condition === undefined ? undefined : this.stored.get(key);
        const holds =
          condition === undefined || ('absent' in condition ? now === undefined : now?.etag === condition.etag);
        if (!holds) throw new Fault('PreconditionFailed', `The object ${key} was written by someone else.`);
        const etag = this.#written(key);
        this.stored.put(key, bytes, etag);
        return etag;
      },
      { bytes: bytes.length },
    );
  };

  async *list(prefix: string): AsyncIterable<string> {
    let page: string[] = [];
    for (let after = ''; ; after = page.at(-1) ?? '') {
      const keys = await this.calls.run('objects.list', () => this.#keysAfter(prefix, after));
      page = keys.slice(0, KEYS_PER_PAGE);
      yield* page;
      if (keys.length <= KEYS_PER_PAGE) return;
    }
  }

  read(key: string): AsyncIterable<Uint8Array> {
    return intactPieces(key, this.#pieces(key));
  }

  readRange = async (key: string, from: number, bytes: number): Promise<Uint8Array> => {
    const stored = await this.calls.run('objects.readRange', () => this.stored.get(key), { bytes });
    if (stored === undefined) throw new Fault('BadState', `The object ${key} does not exist.`);
    return stored.body.slice(from, from + bytes);
  };

  write = async (key: string, parts: AsyncIterable<Uint8Array>): Promise<void> => {
    const writer = this.stored.writer(key);
    let bytes = 0;
    for await (const part of parts) {
      bytes += part.length;
      writer.add(part);
    }
    await this.calls.run('objects.write', () => writer.close(this.#written(key)), { bytes });
  };

  deleteAll = (keys: readonly string[]): Promise<void> =>
    this.calls.run(
      'objects.deleteAll',
      () => {
        for (const key of keys) {
          this.stored.delete(key);
          this.tags.delete(key);
        }
      },
      { entries: keys.length },
    );

  /** One call per object, as with S3. */
  tagAll = async (keys: readonly string[], tags: Readonly<Record<string, string>>): Promise<void> => {
    for (let at = 0; at < keys.length; at += TAGGED_AT_A_TIME)
      await Promise.all(
        keys
          .slice(at, at + TAGGED_AT_A_TIME)
          .map((key) =>
            this.calls.run('objects.tag', () => void (this.stored.has(key) && this.tags.set(key, { ...tags }))),
          ),
      );
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

  /** Bytes of all objects below a prefix. */
  sizeOf(prefix: string): number {
    return this.#keysAfter(prefix, '').reduce((sum, key) => sum + this.stored.bytesOf(key), 0);
  }

  async *#pieces(key: string): AsyncIterable<Uint8Array> {
    const pieces = await this.calls.run(
      'objects.read',
      () => (this.stored.has(key) ? this.stored.pieces(key, this.chunkBytes) : undefined),
      { bytes: this.stored.bytesOf(key) },
    );
    if (pieces === undefined) throw new Fault('BadState', `The object ${key} does not exist.`);
    yield* pieces;
  }

  #keysAfter(prefix: string, after: string): string[] {
    return [...this.stored.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }

  #written(key: string): string {
    this.#version += 1;
    this.tags.delete(key);
    return `"v${this.#version}"`;
  }
}
