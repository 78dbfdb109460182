/** `run-unit-tests.sh [--all]`: runs the steps one after the other, shows their output, and ends with one summary. */
import { runStep, type Step, type StepResult } from './testing/step.ts';
import { summary } from './testing/summary.ts';

const TSX = ['--import', 'tsx'];
const CHECKS: readonly Step[] = [
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '.'] },
  { name: 'type check', args: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'cfn-lint and checkov', args: [...TSX, 'deployment/lint-templates.ts'] },
  { name: 'reproducible build', args: [...TSX, 'deployment/testing/check-reproducible.ts'] },
  { name: 'npm audit', args: [...TSX, 'deployment/testing/audit.ts'] },
  { name: 'unit, property, ASL and template tests', args: ['node_modules/mocha/bin/mocha.js', 'test/{unit,property,asl,templates}/**/*.spec.ts'] },
];
const ON_THE_LOCAL_CLOUD: Step = { name: 'integration tests', args: ['node_modules/mocha/bin/mocha.js', '--timeout', '900000', 'test/local/**/*.spec.ts'] };

const args = process.argv.slice(2);
const all = args.includes('--all');
const unknown = args.find((arg) => arg !== '--all');
if (unknown !== undefined) {
  console.error(`Unknown argument "${unknown}".\nusage: deployment/run-unit-tests.sh [--all]`);
  process.exit(1);
}

const results: StepResult[] = [];
for (const step of all ? [...CHECKS, ON_THE_LOCAL_CLOUD] : CHECKS) {
  console.log(`\n=== ${step.name}`);
  results.push(await runStep(step));
}
console.log(`\n${summary(results)}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
