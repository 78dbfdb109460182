import { expect } from 'chai';
import { textDigest } from '../../../../source/domain/backup/hashing.ts';
import { Bitmap, DigestTable } from '../../../../source/domain/digests/digest-table.ts';

const RECORD_BYTES = 20;

describe('records', () => {
  it('are found by their digest, however many there are; the first of equal ones', () => {
    const names = Array.from({ length: 2_000 }, (_, n) => `user${n}`);
    const records = Buffer.concat([...names, 'user7'].flatMap((name) => [textDigest(name), Buffer.alloc(4)]));
    const table = new DigestTable(records, RECORD_BYTES);
    expect(table.size).to.equal(2_001);
    names.forEach((name, ordinal) => expect(table.find(textDigest(name))).to.equal(ordinal));
    expect(table.find(textDigest('nobody'))).to.equal(undefined);
    expect(new DigestTable(Buffer.alloc(0), RECORD_BYTES).find(textDigest('x'))).to.equal(undefined);
    expect(() => new DigestTable(records.subarray(1), RECORD_BYTES)).to.throw(RangeError);
  });

  it('are ticked off in a bitmap', () => {
    const seen = new Bitmap(20);
    for (const index of [0, 7, 8, 19]) seen.set(index);
    expect(Array.from({ length: 20 }, (_, n) => n).filter((index) => seen.has(index))).to.deep.equal([0, 7, 8, 19]);
  });
});
