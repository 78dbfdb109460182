const HIGH = 0x9e3779b1;
const LOW = 0x85ebca77;
const BACKSLASH = 0x5c;

/**
 * A digest of 64 bits for comparisons of millions of texts within one process, a tenth as dear as SHA-256: two texts that
 * nobody made for the purpose have the same once in 10^19 pairs. Never stored. What it said last is in `high` and `low`.
 */
export class QuickDigest {
  high = 0;
  low = 0;

  /** Begins anew. */
  begin(): this {
    this.high = HIGH;
    this.low = LOW;
    return this;
  }

  /** Goes on from where it was when it said this. */
  resume(high: number, low: number): this {
    this.high = high;
    this.low = low;
    return this;
  }

  /** Takes a text in. */
  add(text: string): this {
    this.#take(text, 0, text.length);
    return this;
  }

  /** Takes in what is written as a text of JSON from there to its closing quote; the quote's place, or -1 where there are escapes. */
  addJson(json: string, from: number): number {
    const end = json.indexOf('"', from);
    return this.#take(json, from, end) ? -1 : end;
  }

  /** Resolves whether there was a backslash. */
  #take(text: string, from: number, to: number): boolean {
    let { high, low } = this;
    let escapes = false;
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) escapes = true;
      high = Math.imul(((high << 5) | (high >>> 27)) ^ code, HIGH);
      low = Math.imul(((low << 7) | (low >>> 25)) ^ code, LOW);
    }
    // Where a text ends counts, too.
    this.high = Math.imul(high ^ (high >>> 16) ^ (to - from), LOW);
    this.low = Math.imul(low ^ (low >>> 15) ^ (to - from), HIGH);
    return escapes;
  }
}
