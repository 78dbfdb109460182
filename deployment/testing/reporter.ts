import mocha from 'mocha';
import { failingLine, notRunLine } from './step.ts';
import { addTestResults, fromRoot } from './test-results.ts';
import type { TestResult } from './test-results.ts';

type Reporting = ConstructorParameters<typeof mocha.reporters.Spec>;

/** Names a file to which every run of mocha adds what became of its tests; see test-results.ts. */
const RESULTS = 'TEST_RESULTS';

/**
 * Mocha's own output, a line for every test that failed, and one for every test that did not run: mocha says nothing of those after a failed hook or after
 * a bail, and a run that left them out would look complete.
 */
export default class Reporter extends mocha.reporters.Spec {
  constructor(...[runner, options]: Reporting) {
    super(runner, options);
    // Of each suite when it begins: mocha forgets the tests of a suite that has ended.
    const found = new Set<Mocha.Test>();
    runner.suite.eachTest((test) => found.add(test));
    const ran = new Set<Mocha.Test>();
    const results: TestResult[] = [];
    for (const event of ['pass', 'fail', 'pending'] as const)
      runner.on(event, (test: Mocha.Test) => {
        ran.add(test);
        results.push({ file: fromRoot(test.file), title: test.title, passed: event === 'pass' });
      });
    const failed: string[] = [];
    runner.on('fail', (test: Mocha.Test) => {
      failed.push(failingLine(test.fullTitle()));
    });
    runner.once('end', () => {
      if (failed.length > 0) process.stdout.write(`${failed.join('\n')}\n`);
      const missing = [...found].filter((test) => !ran.has(test)).map((test) => notRunLine(test.fullTitle()));
      if (missing.length > 0) process.stdout.write(`${missing.join('\n')}\n`);
      const file = process.env[RESULTS];
      if (file !== undefined) addTestResults(file, results);
    });
  }
}
