/**
 * `check-limits.ts FILE [--all]`: holds the table of docs/limits.md against the tests that have just run, as FILE tells.
 * Last step of run-unit-tests.sh.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLimits } from './limits-table.ts';
import { provedLimits } from './proved-limits.ts';
import { skipLine } from '../../deployment/testing/step.ts';
import { readTestResults } from '../../deployment/testing/test-results.ts';

const [file = '', ...more] = process.argv.slice(2);
const limits = readLimits(readFileSync(join(import.meta.dirname, '..', '..', 'test', 'limits.yaml'), 'utf8'));
const { unproved, proved, leftOut } = provedLimits(limits, readTestResults(file), { all: more.includes('--all') });
console.log(`${proved} tests that docs/limits.md names have passed.`);
if (leftOut > 0)
  console.log(skipLine(`${leftOut} tests on the local cloud that docs/limits.md names (npm test runs them)`));
for (const line of unproved) console.error(line);
process.exitCode = unproved.length === 0 ? 0 : 1;
