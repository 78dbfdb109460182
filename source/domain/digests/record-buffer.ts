/** Records gathered in one growing buffer. */
export class RecordBuffer {
  #bytes = Buffer.alloc(4096);
  #length = 0;

  /** Bytes gathered so far. */
  get length(): number {
    return this.#length;
  }

  append(record: Buffer): void {
    if (this.#length + record.length > this.#bytes.length) {
      const larger = Buffer.alloc((this.#length + record.length) * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += record.copy(this.#bytes, this.#length);
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
