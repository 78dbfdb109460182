/** `run-unit-tests.sh [--all]`: runs the steps one after the other, shows their output, and ends with one summary. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runStep } from './testing/step.ts';
import type { Step, StepResult } from './testing/step.ts';
import { summary } from './testing/summary.ts';

const TSX = ['--import', 'tsx'];
const CHECKS: readonly Step[] = [
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
  {
    name: 'unit, property, ASL and template tests',
    args: ['node_modules/mocha/bin/mocha.js', 'test/{unit,property,asl,templates}/**/*.spec.ts'],
  },
];
/** Where the local clouds of the integration tests write which permissions were used. */
const PERMISSIONS = join(import.meta.dirname, '..', '.local-cloud', 'permissions.ndjson');
const ON_THE_LOCAL_CLOUD: Step = {
  name: 'integration tests',
  args: ['node_modules/mocha/bin/mocha.js', '--timeout', '900000', 'test/local/**/*.spec.ts'],
};
/** Only after all of them: a test that did not run used nothing. */
const UNUSED_PERMISSIONS: Step = {
  name: 'granted but unused permissions',
  args: [...TSX, 'tools/least-privilege/policies/check-unused.ts', PERMISSIONS],
};

const args = process.argv.slice(2);
const all = args.includes('--all');
const unknown = args.find((arg) => arg !== '--all');
if (unknown !== undefined) {
  console.error(`Unknown argument "${unknown}".\nusage: deployment/run-unit-tests.sh [--all]`);
  process.exit(1);
}

const results: StepResult[] = [];
async function run(step: Step): Promise<boolean> {
  console.log(`\n=== ${step.name}`);
  const result = await runStep(step);
  results.push(result);
  return result.ok;
}
for (const step of CHECKS) await run(step);
if (all) {
  rmSync(PERMISSIONS, { force: true });
  mkdirSync(dirname(PERMISSIONS), { recursive: true });
  process.env['LOCAL_CLOUD_PERMISSIONS'] = PERMISSIONS;
  if (await run(ON_THE_LOCAL_CLOUD)) await run(UNUSED_PERMISSIONS);
}
console.log(`\n${summary(results)}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
