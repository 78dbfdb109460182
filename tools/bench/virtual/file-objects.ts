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
import { Fault } from '../../../source/domain/errors.ts';
import type { ObjectStore, PutCondition, StoredObject } from '../../../source/domain/ports.ts';
import { assertSealed, sealedPieces } from '../../../source/domain/state/sealed-keys.ts';
import type { Latencies, Meter } from './meter.ts';

const PIECE = 65_536;
/** A multipart part, as in source/adapters/object-parts.ts: one request each. */
const PART = 8 * 1024 * 1024;
/** As in source/adapters/object-store.ts. */
const TAGGED_AT_A_TIME = 16;

/**
 * Objects as files, so that they take no memory of the process that is measured. File access is synchronous: virtual
 * time moves on when the event loop is idle, and must not do so while a file is read.
 */
export class FileObjects implements ObjectStore {
  readonly #etags = new Map<string, string>();
  #version = 0;
  /** Bytes of the largest object that was read or written whole. */
  largestWhole = 0;

  constructor(
    private readonly folder: string,
    private readonly meter: Meter,
    private readonly latencies: Latencies,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  get = async (key: string): Promise<StoredObject | undefined> => {
    const etag = this.#etags.get(key);
    const body = etag === undefined ? undefined : readFileSync(this.#path(key));
    if (body !== undefined) assertSealed(key, body);
    await this.#request('get', body?.length ?? 0);
    return body === undefined || etag === undefined ? undefined : { body, etag };
  };

  put = async (key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> => {
    const now = this.#etags.get(key);
    const holds = condition === undefined || ('absent' in condition ? now === undefined : now === condition.etag);
    if (!holds) throw new Fault('PreconditionFailed', `The object ${key} was written by someone else.`);
    writeFileSync(this.#path(key), body);
    const etag = this.#stored(key);
    await this.#request('put', body.length);
    return etag;
  };

  async *list(prefix: string): AsyncIterable<string> {
    const keys = [...this.#etags.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (let page = 0; page * 1000 <= keys.length; page += 1) {
      await this.#request('list', 0, false);
      yield* keys.slice(page * 1000, (page + 1) * 1000);
    }
  }

  read(key: string): AsyncIterable<Uint8Array> {
    return sealedPieces(key, this.#pieces(key));
  }

  async *#pieces(key: string): AsyncIterable<Uint8Array> {
    if (!this.#etags.has(key)) throw new Fault('BadState', `The object ${key} does not exist.`);
    const path = this.#path(key);
    await this.#request('get', statSync(path).size, false);
    const file = openSync(path, 'r');
    try {
      for (;;) {
        const piece = Buffer.allocUnsafe(PIECE);
        const bytes = readSync(file, piece, 0, PIECE, null);
        if (bytes === 0) return;
        yield piece.subarray(0, bytes);
      }
    } finally {
      closeSync(file);
    }
  }

  write = async (key: string, parts: AsyncIterable<Uint8Array>): Promise<void> => {
    const file = openSync(this.#path(key), 'w');
    let bytes = 0;
    try {
      for await (const part of parts) {
        bytes += part.length;
        writeSync(file, part);
      }
    } finally {
      closeSync(file);
    }
    this.#stored(key);
    const requests = bytes <= PART ? 1 : Math.ceil(bytes / PART) + 2;
    for (let request = 0; request < requests; request += 1) await this.#request('put', bytes / requests, false);
  };

  deleteAll = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) if (this.#etags.delete(key)) rmSync(this.#path(key));
    for (let batch = 0; batch < Math.ceil(keys.length / 1000); batch += 1) await this.#request('delete', 0, false);
  };

  tagAll = async (keys: readonly string[]): Promise<void> => {
    for (let at = 0; at < keys.length; at += TAGGED_AT_A_TIME)
      await Promise.all(keys.slice(at, at + TAGGED_AT_A_TIME).map(() => this.#request('put', 0, false)));
  };

  /** Bytes of all objects below a prefix. */
  sizeOf(prefix: string): number {
    return [...this.#etags.keys()]
      .filter((key) => key.startsWith(prefix))
      .reduce((sum, key) => sum + statSync(this.#path(key)).size, 0);
  }

  #path(key: string): string {
    return join(this.folder, encodeURIComponent(key));
  }

  #stored(key: string): string {
    this.#version += 1;
    const etag = `"v${this.#version}"`;
    this.#etags.set(key, etag);
    return etag;
  }

  #request(kind: 'get' | 'put' | 'list' | 'delete', bytes: number, whole = true): Promise<void> {
    if (whole) this.largestWhole = Math.max(this.largestWhole, bytes);
    return this.meter.call(
      `s3.${kind}`,
      this.latencies.s3 + bytes / (this.latencies.s3MegabytesPerSecond * 1000),
      () => undefined,
    );
  }
}
