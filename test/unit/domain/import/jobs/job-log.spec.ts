import { expect } from 'chai';
import { lineOffset, parseLogLine, readJobLog } from '../../../../../source/domain/import/jobs/job-log.ts';
import type { LogLine } from '../../../../../source/domain/import/jobs/job-log.ts';

async function* texts(...lines: string[]): AsyncGenerator<string> {
  yield* lines;
}
const numbered = (...numbers: number[]): Map<number, LogLine> =>
  new Map(numbers.map((line) => [line, { status: 'SUCCEEDED', line, text: '' }]));

describe('Log of an import job', () => {
  it('is read by its prefix alone, whatever the wording', () => {
    expect(parseLogLine('[SUCCEEDED] Line Number 5956 - The import succeeded.')).to.deep.equal({
      status: 'SUCCEEDED',
      line: 5956,
      text: 'The import succeeded.',
    });
    expect(parseLogLine('[FAILED] Line Number 7 - ...auto verified attributes to verified')).to.include({
      status: 'FAILED',
      line: 7,
    });
    expect(parseLogLine('[SKIPPED] Line Number 1 -')).to.include({ status: 'SKIPPED', line: 1, text: '' });
  });

  it('tells nothing by other lines', () => {
    for (const line of [
      '',
      'Import job started',
      '[RETRIED] Line Number 3 - again',
      '[FAILED] Line 3 - short',
      'x [FAILED] Line Number 3 - y',
    ])
      expect(parseLogLine(line), line).to.equal(undefined);
  });

  it('believes a success more than a repeated line', async () => {
    const log = await readJobLog(
      texts(
        '[SKIPPED] Line Number 1 - a',
        '[SUCCEEDED] Line Number 1 - b',
        '[SKIPPED] Line Number 1 - c',
        '[FAILED] Line Number 2 - d',
      ),
    );
    expect([...log.values()].map(({ status }) => status)).to.deep.equal(['SUCCEEDED', 'FAILED']);
  });

  it('counts from the first data row, from the header, or from zero', () => {
    expect(lineOffset(numbered(1, 2, 3), 3, undefined)).to.equal(0);
    expect(lineOffset(numbered(2, 3, 4), 3, undefined)).to.equal(-1);
    expect(lineOffset(numbered(0, 1, 2), 3, undefined)).to.equal(1);
  });

  it('counts by the whole log of a job that ended early', () => {
    expect(lineOffset(numbered(1, 2), 9, 2)).to.equal(0);
    expect(lineOffset(numbered(2, 3), 9, 2)).to.equal(-1);
    expect(lineOffset(numbered(0, 1), 9, 2)).to.equal(1);
  });

  it('names no row when lines are lost that would tell how they are counted', () => {
    expect(lineOffset(numbered(2), 3, undefined)).to.equal(undefined);
    expect(lineOffset(numbered(1, 2), 3, undefined)).to.equal(undefined);
    expect(lineOffset(numbered(2, 3), 9, undefined)).to.equal(undefined);
    expect(lineOffset(numbered(2, 4), 9, 2)).to.equal(undefined);
    expect(lineOffset(numbered(), 3, 0)).to.equal(undefined);
    expect(lineOffset(numbered(1, 3), 3, undefined)).to.equal(0);
  });
});
