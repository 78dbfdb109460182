import * as v from 'valibot';
import { counted, number } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { readJson } from '../../state/json-object.ts';
import { chunkAccountShape } from '../plan/jobs-state.ts';
import type { ChunkAccount } from '../plan/jobs-state.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

/**
 * What became of one row of a chunk. `imported`: a job said so; `found`: no job did, and an account in the pool proves it.
 */
export const RowCode = { pending: 0, imported: 1, failed: 2, collision: 3, found: 4 } as const;
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
  /** By row: the account that a look at the pool found to be ours. */
  accounts: v.exactOptional(v.array(v.strictTuple([countShape, chunkAccountShape]))),
});

/** Results of all rows of one chunk over all of its jobs. Every job's outcome is written to a new object. */
export class RowResults {
  readonly #notes: Map<number, RowNote>;
  readonly #accounts: Map<number, ChunkAccount>;

  private constructor(
    private readonly codes: Uint8Array,
    notes: Iterable<readonly [number, RowNote]>,
    accounts: Iterable<readonly [number, ChunkAccount]>,
  ) {
    this.#notes = new Map(notes);
    this.#accounts = new Map(accounts);
  }

  static none(rows: number): RowResults {
    return new RowResults(new Uint8Array(rows), [], []);
  }

  static async load(objects: Pick<ObjectStore, 'get'>, key: string | undefined, rows: number): Promise<RowResults> {
    if (key === undefined) return RowResults.none(rows);
    const stored = await readJson(objects, key, rowResultsShape);
    const codes = new Uint8Array(Buffer.from(stored.codes, 'base64'));
    if (codes.length !== rows)
      throw new Fault(
        'BadState',
        `The row results ${key} have ${counted(codes.length, 'row')}, the chunk has ${number(rows)}: the state of this restore cannot be used.`,
      );
    return new RowResults(codes, stored.notes, stored.accounts ?? []);
  }

  async save(objects: Pick<ObjectStore, 'put'>, key: string): Promise<void> {
    const stored: Stored<typeof rowResultsShape> = {
      codes: Buffer.from(this.codes).toString('base64'),
      notes: [...this.#notes],
      accounts: [...this.#accounts],
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

  /** The account of the row is ours. */
  setAccount(row: number, account: ChunkAccount): void {
    this.#accounts.set(row, account);
    if (this.code(row) !== RowCode.imported) this.set(row, RowCode.found);
  }

  hasAccount(row: number): boolean {
    return this.#accounts.has(row);
  }

  get accounts(): readonly ChunkAccount[] {
    return [...this.#accounts.values()];
  }

  /** Whether a job told of rows whose account no look at the pool found. */
  get hasUnshown(): boolean {
    return this.codes.some((code, row) => code === RowCode.imported && !this.#accounts.has(row));
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
