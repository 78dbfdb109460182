import type { BenchResults } from '../results.ts';

/** Writes docs/benchmarks.md and its pictures from the results alone. */
export function writeDocuments(_results: BenchResults): void {
  throw new Error('not yet');
}
