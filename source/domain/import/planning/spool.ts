import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { Shape } from '../../state/shape.ts';

/** Characters of JSON after which a part is written. */
const PART_CHARS = 4_000_000;

/** Writes lines to numbered objects of a few megabytes: what lies in `parts` after `flush` is stored. */
export class SpoolWriter {
  readonly parts: string[];
  #lines: string[] = [];
  #chars = 0;

  /** `parts`: written earlier under any prefix; new ones are numbered on from them. `partChars`: see `large`. */
  constructor(
    private readonly objects: Pick<ObjectStore, 'put'>,
    private readonly prefix: string,
    parts: readonly string[] = [],
    private readonly partChars = PART_CHARS,
  ) {
    this.parts = [...parts];
  }

  add(line: unknown): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#lines.push(text);
    this.#chars += text.length;
  }

  /** True when what is held in memory should be flushed. */
  get large(): boolean {
    return this.#chars >= this.partChars;
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const body = this.#lines.join('');
    const key = keyWithDigest(`${this.prefix}${String(this.parts.length).padStart(6, '0')}`, 'ndjson', body);
    await this.objects.put(key, body);
    this.parts.push(key);
    this.#lines = [];
    this.#chars = 0;
  }
}

/** The lines of several objects of the spool, one after the other. */
export async function* readSpool<T>(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
  shape: Shape<T>,
): AsyncGenerator<T, void, undefined> {
  for (const part of parts) yield* readNdjson(objects, part, shape);
}
