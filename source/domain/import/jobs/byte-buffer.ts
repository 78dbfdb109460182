/** UTF-8 text gathered in one growing buffer: a 90 MB file is held once, not once per part. */
export class ByteBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(1_024, capacity));
  }

  append(text: string): void {
    const needed = this.#length + Buffer.byteLength(text, 'utf8');
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
