/**
 * `run-unit-tests.sh [--all]`: runs the steps two at a time, shows their output one after the other, and ends with one
 * summary.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { integrationSteps } from './testing/integration-steps.ts';
import { runInLanes } from './testing/lanes.ts';
import { runStep } from './testing/step.ts';
import type { Step, StepResult } from './testing/step.ts';
import { summary } from './testing/summary.ts';

/** Many tests wait for the local cloud, and a type check for nobody: two at a time keep two cores at work. */
const LANES = 2;
const TSX = ['--import', 'tsx'];
const MOCHA = 'node_modules/mocha/bin/mocha.js';
/** The longest first, so that no lane ends long after the other. */
const CHECKS: readonly Step[] = [
  { name: 'property tests', args: [MOCHA, 'test/property/**/*.spec.ts'] },
  { name: 'unit, ASL and template tests', args: [MOCHA, 'test/{unit,asl,templates}/**/*.spec.ts'] },
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  {
    name: 'rooms and their imports',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.js',
      'source',
      'tools',
      'test',
      'deployment',
    ],
  },
  { name: 'exported names', args: [...TSX, 'deployment/lint-names.ts'] },
  { name: 'type check', args: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'cfn-lint and checkov', args: [...TSX, 'deployment/lint-templates.ts'] },
  { name: 'reproducible build', args: [...TSX, 'deployment/testing/check-reproducible.ts'] },
  { name: 'npm audit', args: [...TSX, 'deployment/testing/audit.ts'] },
];
const INTEGRATION_TESTS = join(import.meta.dirname, '..', 'test', 'local');
/** Where the local clouds of the integration tests write which permissions were used. */
const PERMISSIONS = join(import.meta.dirname, '..', '.local-cloud', 'permissions.ndjson');
/** Only after all of them: a test that did not run used nothing. */
const UNUSED_PERMISSIONS: Step = {
  name: 'granted but unused permissions',
  args: [...TSX, 'tools/least-privilege/policies/check-unused.ts', PERMISSIONS],
};

/** What became of every test, for the table of docs/limits.md. */
const RESULTS = join(import.meta.dirname, '..', '.local-cloud', 'test-results.ndjson');
const LIMITS: Step = {
  name: 'docs/limits.md against these tests',
  args: [...TSX, 'tools/docs/check-limits.ts', RESULTS, ...process.argv.slice(2)],
};

const args = process.argv.slice(2);
const all = args.includes('--all');
const unknown = args.find((arg) => arg !== '--all');
if (unknown !== undefined) {
  console.error(`Unknown argument "${unknown}".\nusage: deployment/run-unit-tests.sh [--all]`);
  process.exit(1);
}

const results: StepResult[] = [];
async function run(steps: readonly Step[]): Promise<boolean> {
  const ended = await runInLanes(steps, LANES, {
    run: runStep,
    show: (chunk, stream) => void process[stream].write(chunk),
  });
  results.push(...ended);
  return ended.every(({ ok }) => ok);
}
rmSync(RESULTS, { force: true });
mkdirSync(dirname(RESULTS), { recursive: true });
process.env['TEST_RESULTS'] = RESULTS;
await run(CHECKS);
if (all) {
  rmSync(PERMISSIONS, { force: true });
  mkdirSync(dirname(PERMISSIONS), { recursive: true });
  process.env['LOCAL_CLOUD_PERMISSIONS'] = PERMISSIONS;
  if (await run(integrationSteps(readdirSync(INTEGRATION_TESTS)))) await run([UNUSED_PERMISSIONS]);
}
await run([LIMITS]);
console.log(`\n${summary(results)}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
