import { expect } from 'chai';
import { isTooLarge, itemBytes } from '../../../../source/domain/backup/item-size.ts';

describe('size of an item', () => {
  it('is that of names and values in UTF-8, with what DynamoDB adds for what is nested', () => {
    expect(itemBytes({ id: 'abc', n: 1 })).to.equal(2 + 3 + 1 + 2);
    expect(itemBytes({ ä: '€' })).to.equal(2 + 3);
    expect(itemBytes({ m: { a: 'b', c: true }, l: ['x', 'yz'] })).to.equal(
      1 + 3 + 2 + (1 + 1) + (1 + 1) + 1 + 3 + 2 + 3,
    );
  });

  it('may be 400 KB, and not a byte more', () => {
    const of = (bytes: number) => ({ a: 'x'.repeat(bytes - 1) });
    expect(isTooLarge(of(400 * 1024))).to.equal(false);
    expect(isTooLarge(of(400 * 1024 + 1))).to.equal(true);
  });
});
