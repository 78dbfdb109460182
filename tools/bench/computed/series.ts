import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { endWithProcess } from '../../shutdown.ts';
import type { Cell } from '../cells.ts';
import type { Latencies } from '../virtual/meter.ts';
import type { CellResult, StateResult } from '../results.ts';

/** Cells of one pool in the order in which they are run. */
export interface Series {
  readonly cells: readonly Cell[];
  /** Also report memory and time per function, with a function's limit on V8's heap. */
  readonly state?: boolean;
  /** Cell by cell, where they differ from LATENCIES. */
  readonly latencies: readonly Partial<Latencies>[];
  /** See CellResult. */
  readonly twin?: boolean;
}

/** What the child process tells. */
export interface Line {
  readonly result?: CellResult;
  readonly state?: StateResult;
}

const CHILD = join(import.meta.dirname, 'child.ts');
/** A plain run trades memory for speed. */
const FAST = ['--max-semi-space-size=64', '--max-old-space-size=6144'];
/** Where memory is looked at, V8 has no more than in a function of 512 MB: with all of this machine's it would let garbage lie. */
const FRUGAL = ['--expose-gc', '--max-old-space-size=400'];

/** Runs a series in a process of its own; rejects when that fails. */
export async function computeSeries(series: Series, tell: (line: Line) => void): Promise<void> {
  const child = spawn(
    process.execPath,
    [...(series.state === true ? FRUGAL : FAST), '--import', 'tsx', CHILD, JSON.stringify(series)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: join(import.meta.dirname, '..', '..', '..'),
    },
  );
  const forget = endWithProcess(() => {
    child.kill('SIGTERM');
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors = `${errors}${data.toString()}`.slice(-4000);
  });
  createInterface(child.stdout).on('line', (line) => {
    tell(JSON.parse(line) as Line);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  forget();
  if (code !== 0) throw new Error(`Computing ${series.cells[0]?.title ?? ''} failed:\n${errors}`);
}
