import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';

/** What became of one row of a chunk. */
export const RowCode = { pending: 0, imported: 1, failed: 2, collision: 3 } as const;
export type RowCode = (typeof RowCode)[keyof typeof RowCode];

/** Where and why a row was refused; `text` is the job log's, which names no user. */
export interface RowNote {
  readonly job: string;
  readonly line: number;
  readonly text: string;
}

interface Stored {
  readonly codes: string;
  readonly notes: readonly (readonly [row: number, note: RowNote])[];
}

/** Results of all rows of one chunk over all of its jobs. Every job's outcome is written to a new object. */
export class RowResults {
  readonly #notes: Map<number, RowNote>;

  private constructor(
    private readonly codes: Uint8Array,
    notes: Iterable<readonly [number, RowNote]>,
  ) {
    this.#notes = new Map(notes);
  }

  static none(rows: number): RowResults {
    return new RowResults(new Uint8Array(rows), []);
  }

  static async load(store: Pick<ObjectStore, 'get'>, key: string | undefined, rows: number): Promise<RowResults> {
    if (key === undefined) return RowResults.none(rows);
    const stored = await readJson<Stored>(store, key);
    const codes = new Uint8Array(Buffer.from(stored.codes, 'base64'));
    if (codes.length !== rows)
      throw new Fault(
        'BadState',
        `The row results ${key} have ${codes.length} rows, the chunk has ${rows}: the state of this restore cannot be used.`,
      );
    return new RowResults(codes, stored.notes);
  }

  async save(store: Pick<ObjectStore, 'put'>, key: string): Promise<void> {
    const stored: Stored = { codes: Buffer.from(this.codes).toString('base64'), notes: [...this.#notes] };
    await store.put(key, JSON.stringify(stored));
  }

  get rows(): number {
    return this.codes.length;
  }

  code(row: number): RowCode {
    return this.codes[row] as RowCode;
  }

  note(row: number): RowNote | undefined {
    return this.#notes.get(row);
  }

  set(row: number, code: RowCode, note?: RowNote): void {
    this.codes[row] = code;
    if (note !== undefined) this.#notes.set(row, note);
  }

  setAll(code: RowCode): void {
    this.codes.fill(code);
  }

  /** Rows without a result, in order: the rows of the next job. */
  pending(): number[] {
    const rows: number[] = [];
    this.codes.forEach((code, row) => {
      if (code === RowCode.pending) rows.push(row);
    });
    return rows;
  }

  count(code: RowCode): number {
    return this.codes.reduce((sum, value) => (value === code ? sum + 1 : sum), 0);
  }
}
