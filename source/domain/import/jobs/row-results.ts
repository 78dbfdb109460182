import * as v from 'valibot';
import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

/** What became of one row of a chunk. */
export const RowCode = { pending: 0, imported: 1, failed: 2, collision: 3 } as const;
/** One byte of the stored results. */
export type RowCode = (typeof RowCode)[keyof typeof RowCode];

/** Where and why a row was refused; `text` is the job log's, which names no user. */
const rowNoteShape = v.object({ job: v.string(), line: countShape, text: v.string() });
/** The note of one row that was refused. */
export type RowNote = Stored<typeof rowNoteShape>;

const rowResultsShape = v.object({
  /** One byte per row, base64. */
  codes: v.string(),
  /** By row. */
  notes: v.array(v.strictTuple([countShape, rowNoteShape])),
});

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

  static async load(objects: Pick<ObjectStore, 'get'>, key: string | undefined, rows: number): Promise<RowResults> {
    if (key === undefined) return RowResults.none(rows);
    const stored = await readJson(objects, key, rowResultsShape);
    const codes = new Uint8Array(Buffer.from(stored.codes, 'base64'));
    if (codes.length !== rows)
      throw new Fault(
        'BadState',
        `The row results ${key} have ${codes.length} rows, the chunk has ${rows}: the state of this restore cannot be used.`,
      );
    return new RowResults(codes, stored.notes);
  }

  async save(objects: Pick<ObjectStore, 'put'>, key: string): Promise<void> {
    const stored: Stored<typeof rowResultsShape> = {
      codes: Buffer.from(this.codes).toString('base64'),
      notes: [...this.#notes],
    };
    await objects.put(key, JSON.stringify(stored));
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
