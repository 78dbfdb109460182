import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { integrationSteps, LONG } from '../../../deployment/testing/integration-steps.ts';
import { runInLanes } from '../../../deployment/testing/lanes.ts';
import {
  counts,
  failing,
  failingLine,
  notRunLine,
  notRun,
  runStep,
  skipLine,
  skips,
} from '../../../deployment/testing/step.ts';
import type { Step, StepResult } from '../../../deployment/testing/step.ts';
import { summary } from '../../../deployment/testing/summary.ts';

describe('Test runner', () => {
  it("takes mocha's counts", () => {
    expect(counts('  x\n\n  12 passing (3s)\n  2 failing\n\n  1) ...', false)).to.deep.equal({ passed: 12, failed: 2 });
    expect(counts('  12 passing (3s)\n', true)).to.deep.equal({ passed: 12, failed: 0 });
  });

  it('counts a step without tests as one, and a crash after passing tests as a failure', () => {
    expect(counts('', true)).to.deep.equal({ passed: 1, failed: 0 });
    expect(counts('Segmentation fault', false)).to.deep.equal({ passed: 0, failed: 1 });
    expect(counts('  12 passing (3s)\n', false)).to.deep.equal({ passed: 12, failed: 1 });
  });

  it('ends with the totals and names the steps that failed', () => {
    const text = summary([
      { name: 'lint', ok: true, seconds: 1, passed: 1, failed: 0, notRun: [], failing: [], skipped: [] },
      {
        name: 'unit tests',
        ok: false,
        seconds: 2.5,
        passed: 10,
        failed: 3,
        notRun: ['a suite its test'],
        failing: ['a suite another test'],
        skipped: ['no registry'],
      },
    ]);
    expect(text)
      .to.include('Failed: unit tests')
      .and.include('Skipped in unit tests: no registry')
      .and.include('Failed in unit tests: a suite another test')
      .and.include('Not run in unit tests, counted as failed: a suite its test')
      .and.match(/\n11 passed, 3 failed$/);
  });

  it('hears what a step could not do', () => {
    expect(skips(`1 done\n${skipLine('the registry is silent')}\nNot Skipped: x\n`)).to.deep.equal([
      'the registry is silent',
    ]);
  });

  it('hears what failed', () => {
    expect(failing(`1 passing\n${failingLine('a title\nof two lines')}\n`)).to.deep.equal(['a title of two lines']);
  });

  it('hears what did not run, whatever its title', () => {
    expect(notRun(`1 passing\n${notRunLine('a title\nof two lines')}\n${notRunLine('another')}\n`)).to.deep.equal([
      'a title of two lines',
      'another',
    ]);
  });

  describe('in two lanes', () => {
    const steps: readonly Step[] = ['a', 'b', 'c'].map((name) => ({ name, args: [] }));
    const ended = (name: string): StepResult => ({
      name,
      ok: name !== 'b',
      seconds: 0,
      passed: 1,
      failed: 0,
      notRun: [],
      failing: [],
      skipped: [],
    });

    it('shows the outputs one after the other, though a later step ends first', async () => {
      const shown: string[] = [];
      const finish = new Map<string, () => void>();
      const results = runInLanes(steps, 2, {
        run: (step, show) => {
          show(`${step.name} begins\n`, 'stdout');
          return new Promise((resolve) => {
            finish.set(step.name, () => {
              show(`${step.name} ends\n`, 'stderr');
              resolve(ended(step.name));
            });
          });
        },
        show: (chunk) => shown.push(chunk.toString()),
      });
      await turns();
      expect([...finish.keys()]).to.deep.equal(['a', 'b'], 'two at a time');
      expect(shown.join('')).to.equal('\n=== a\na begins\n', 'what is under way is shown, and nothing of the second');
      finish.get('b')?.();
      await turns();
      expect([...finish.keys()]).to.deep.equal(['a', 'b', 'c']);
      finish.get('c')?.();
      finish.get('a')?.();
      expect((await results).map(({ name, ok }) => ({ name, ok }))).to.deep.equal([
        { name: 'a', ok: true },
        { name: 'b', ok: false },
        { name: 'c', ok: true },
      ]);
      expect(shown.join('')).to.equal(
        ['a', 'b', 'c'].map((name) => `\n=== ${name}\n${name} begins\n${name} ends\n`).join(''),
      );
    });
  });

  it('runs every file of integration tests, the long ones first', () => {
    const files = readdirSync('test/local').filter((file) => file.endsWith('.spec.ts'));
    const run = integrationSteps(files).map(({ args }) => args.at(-1));
    expect([...run].sort()).to.deep.equal(files.map((file) => `test/local/${file}`).sort());
    expect(run[0]).to.equal('test/local/lifecycle.spec.ts');
    const long = run.slice(0, LONG.length);
    expect(long).to.deep.equal(
      LONG.map((name) => `test/local/${name}.spec.ts`),
      'a name that is no file would begin nothing',
    );
  });

  it('runs every suite, and counts as failed what did not run, after a failed test, hook or step', async () => {
    const result = await runStep(
      { name: 'tests', args: ['node_modules/mocha/bin/mocha.js', 'test/support/testing/suites-that-fail.ts'] },
      () => undefined,
    );
    expect(result).to.deep.include({
      ok: false,
      passed: 2,
      notRun: ['hook is left out', 'hook deeper is left out too'],
      failing: [
        'first fails',
        'hook "before all" hook for "is left out"',
        'in steps takes too long',
        'in steps would end',
        'in steps deeper would continue',
      ],
      // One test, one hook, one step and the two after it; and the two that did not run.
      failed: 1 + 1 + 3 + 2,
    });
  });
});

/** Lets everything that is ready happen. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
