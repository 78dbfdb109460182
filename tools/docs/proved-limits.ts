import type { Limit } from './limits-table.ts';
import type { TestResult } from '../../deployment/testing/test-results.ts';

/** Run by `npm test` and not by `npm run check`. */
const INTEGRATION = 'test/local/';

/** What the tests of one run say of the table in docs/limits.md. */
export interface ProvedLimits {
  /** One sentence for each cell that is not proved. */
  readonly unproved: readonly string[];
  /** Tests that have passed. */
  readonly proved: number;
  /** Tests of the local cloud that this run has left out. */
  readonly leftOut: number;
}

/** Holds the table against the tests that have just run; `all`: those on the local cloud as well. */
export function provedLimits(
  limits: readonly Limit[],
  results: readonly TestResult[],
  { all }: { readonly all: boolean },
): ProvedLimits {
  const keyOf = (file: string, title: string): string => `${file} ${title}`;
  const passed = new Map<string, boolean>();
  for (const result of results) {
    const key = keyOf(result.file, result.title);
    passed.set(key, result.passed && passed.get(key) !== false);
  }
  const unproved: string[] = [];
  const counts = { proved: 0, leftOut: 0 };
  for (const { feature, proofs } of limits)
    for (const proof of proofs) {
      if (!('test' in proof)) continue;
      const ended = passed.get(keyOf(proof.test, proof.title));
      if (ended === true) counts.proved += 1;
      else if (ended === undefined && !all && proof.test.startsWith(INTEGRATION)) counts.leftOut += 1;
      else
        unproved.push(
          `docs/limits.md, "${feature}": the test "${proof.title}" of ${proof.test} ${ended === undefined ? 'did not run' : 'failed'}.`,
        );
    }
  return { unproved, ...counts };
}
