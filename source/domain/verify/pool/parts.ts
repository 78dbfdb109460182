import { RecordBuffer } from '../../digests/record-buffer.ts';
import type { Appendix } from '../../state/progress.ts';

/** Bytes that may wait in memory. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;

/** Bytes gathered during a scan or a listing; `parts` names their objects in order. */
export class Parts implements Appendix {
  #waiting = new RecordBuffer();

  constructor(
    private readonly kind: string,
    private readonly parts: string[],
  ) {}

  get pending(): number {
    return this.#waiting.length / MAX_PENDING_BYTES;
  }

  add(bytes: Buffer): void {
    this.#waiting.append(bytes);
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#waiting.length === 0) return [];
    const part = { key: newKey(this.kind), body: this.#waiting.bytes() };
    this.#waiting = new RecordBuffer();
    this.parts.push(part.key);
    return [part];
  }
}
