import { expect } from 'chai';
import fc from 'fast-check';
import {
  csvLimits,
  headerProblem,
  inMemory,
  readCsvFile,
  splitRow,
} from '../../../../../tools/simulation/import-jobs/csv.ts';

const kept = { backslash: 'kept', quote: 'kept' } as const;
const dropped = { backslash: 'dropped', quote: 'dropped' } as const;

describe('import jobs: CSV file', () => {
  it('splits lines at line feeds only and forgets empty lines at the end', () => {
    const file = Buffer.from('a,b\n1,2\n\n3,"4\n5é"\n\n\n');
    const inPieces = (bytes: number): Buffer[] =>
      Array.from({ length: Math.ceil(file.length / bytes) }, (_, at) => file.subarray(at * bytes, (at + 1) * bytes));
    for (const bytes of [1, 2, 3, 7, 100]) {
      const read = readCsvFile({ byteLength: file.length, pieces: () => inPieces(bytes) });
      if ('unreadable' in read) throw new Error(read.unreadable);
      expect([read.header, read.rowCount]).to.deep.equal(['a,b', 4]);
      // A file is read as often as it takes.
      for (const rows of [[...read.rows], [...read.rows]]) expect(rows).to.deep.equal(['1,2', '', '3,"4', '5é"']);
    }
  });

  it('refuses a byte order mark, bytes that are not UTF-8, an empty file and a file of more than 100 MB', () => {
    const reason = (file: Buffer): unknown => (readCsvFile(inMemory(file)) as { unreadable?: string }).unreadable;
    expect(reason(Buffer.from('\uFEFFa,b\n1,2'))).to.match(/byte order mark/);
    expect(reason(Buffer.from([0x61, 0xff, 0x0a]))).to.match(/UTF-8/);
    expect(reason(Buffer.alloc(0))).to.match(/empty/);
    expect(reason({ byteLength: csvLimits.fileBytes + 1 } as Buffer)).to.match(/100 MB/);
  });

  it('allows 500,000 rows and not one more', () => {
    const file = (rows: number): Buffer => Buffer.from(`h\n${'x\n'.repeat(rows)}`);
    expect(readCsvFile(inMemory(file(csvLimits.rows)))).to.have.property('rowCount', csvLimits.rows);
    expect(readCsvFile(inMemory(file(csvLimits.rows + 1)))).to.have.property('unreadable');
  });

  it('trims values and reads an escaped comma as part of the value', () => {
    expect(splitRow(' a , b\\,c ,\t,d', kept)).to.deep.equal(['a', 'b,c', '', 'd']);
  });

  it('treats quotes as ordinary characters, so a quoted comma still separates', () => {
    expect(splitRow('"a,b"', kept)).to.deep.equal(['"a', 'b"']);
    expect(splitRow('"a",b', dropped)).to.deep.equal(['a', 'b']);
  });

  it('keeps or drops a backslash that escapes nothing, and lets one at the end of a value swallow the separator', () => {
    expect(splitRow('a\\b,c', kept)).to.deep.equal(['a\\b', 'c']);
    expect(splitRow('a\\b,c', dropped)).to.deep.equal(['ab', 'c']);
    expect(splitRow('a\\,c', kept)).to.deep.equal(['a,c']);
  });

  it('gives back any value without line feed, backslash and outer space that was written with escaped commas', () => {
    const value = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\n\\]/g, '').trim());
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        expect(splitRow(values.map((text) => text.replaceAll(',', '\\,')).join(','), kept)).to.deep.equal(values);
      }),
    );
  });

  it('wants every column exactly once, in any order, and no other', () => {
    expect(headerProblem(['b', 'a'], ['a', 'b'])).to.equal(undefined);
    for (const header of [['a'], ['a', 'b', 'c'], ['a', 'a', 'b'], ['a', 'c']])
      expect(headerProblem(header, ['a', 'b']), header.join()).to.match(/header/);
  });
});
