import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import fc from 'fast-check';
import { failureLine, FAILURES_HEADER, subMapLine } from '../../../source/domain/import/plan/csv-rows.ts';
import { reportCell, reportLine } from '../../../source/domain/report-line.ts';
import { hostileText } from '../../support/hostile/alphabet.ts';

/** The worst that a program can make of a file: it takes this for the separator, and no notice of quotes. */
const cellsBy = (delimiter: string, text: string): string[] =>
  text.split(/[\n\r\u2028\u2029]/).flatMap((line) => line.split(delimiter));

/** What a spreadsheet runs (OWASP, "CSV Injection"), after the white space and quotes that it passes over. */
const RUNS = /^[\s"]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u;

describe('Reports that are opened in a spreadsheet', () => {
  it('show nothing that runs, whatever separates cells there', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (values) => {
        const line = reportLine(values);
        for (const delimiter of [',', ';', '\t', '|'])
          for (const cell of cellsBy(delimiter, line))
            expect(RUNS.test(cell), `${JSON.stringify(values)} by ${JSON.stringify(delimiter)}`).to.equal(false);
      }),
      { numRuns: 400 },
    );
  });

  it('keep one line per row, and every value legible', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 2, maxLength: 5 }), (values) => {
        const line = reportLine(values);
        expect(line.split(/[\n\r\u2028\u2029\u0085\v\f]/)).to.have.length(2);
        expect(parse(line)[0]).to.deep.equal(values.map(reportCell));
        expect(line).to.not.match(/[\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 400 },
    );
  });

  it('leave ordinary values as they are', () => {
    for (const value of [
      'ana.lopez',
      "O'Brien, Ana",
      'שלום',
      '👩‍👩‍👧',
      'a-b+c@example.org',
      '00000000-0000-4000-8000-000000000000',
      'x = y',
      'a, b; c',
    ])
      expect(reportCell(value)).to.equal(value);
    expect(reportCell('+15551234567')).to.equal("'+15551234567");
    expect(subMapLine('a', 'b')).to.equal('a,b\n');
  });

  it('have known attacks among what they stop', () => {
    for (const attack of [
      "=cmd|' /C calc'!A0",
      "@SUM(1+1)*cmd|' /C calc'!A0",
      "+1+cmd|'x'!A0",
      "-2+3+cmd|'x'!A0",
      '\t=1+1',
      '\r=1+1',
      '\n=1+1',
      ' =1+1',
      'a;=1+1',
      'a\n=1+1',
      '"=1+1',
      'x";=HYPERLINK("http://x";"y")',
      '\uff1d1+1',
      'a|=1',
      '\u2028=1',
      '\ufeff=1',
    ]) {
      const text =
        FAILURES_HEADER +
        failureLine({ restored: 'no', sub: 's', name: attack, line: '1', reason: 'r', instead: 'i', changed: attack });
      for (const delimiter of [',', ';', '\t', '|'])
        for (const cell of cellsBy(delimiter, text)) expect(cell, JSON.stringify(attack)).to.not.match(RUNS);
    }
  });
});
