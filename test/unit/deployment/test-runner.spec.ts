import { expect } from 'chai';
import { counts, skipLine, skips } from '../../../deployment/testing/step.ts';
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
      { name: 'lint', ok: true, seconds: 1, passed: 1, failed: 0, skipped: [] },
      { name: 'unit tests', ok: false, seconds: 2.5, passed: 10, failed: 3, skipped: ['no registry'] },
    ]);
    expect(text)
      .to.include('Failed: unit tests')
      .and.include('Skipped in unit tests: no registry')
      .and.match(/\n11 passed, 3 failed$/);
  });

  it('hears what a step could not do', () => {
    expect(skips(`1 done\n${skipLine('the registry is silent')}\nNot Skipped: x\n`)).to.deep.equal([
      'the registry is silent',
    ]);
  });
});
