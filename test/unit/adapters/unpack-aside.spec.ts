import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import { unpackAside } from '../../../source/adapters/unpack-aside.ts';
import { rejection } from '../../support/rejection.ts';

describe('unpackAside', () => {
  it('16.3: unpacks what is short, long, packed a thousandfold, or of several members, as it was packed', async () => {
    for (const content of ['', 'a', 'line\n'.repeat(300_000), '0'.repeat(9_000_000)]) {
      const packed = gzipSync(content);
      expect((await unpackAside(packed)).equals(Buffer.from(content)), `${content.length}`).to.equal(true);
      // The length at the end is that of the last member only.
      const both = await unpackAside(Buffer.concat([packed, gzipSync('end')]));
      expect(both.equals(Buffer.from(`${content}end`)), `${content.length} and more`).to.equal(true);
    }
  });

  it('16.3: takes what is of the length that the file says in one piece', async () => {
    const content = Buffer.alloc(1_000_000, 'x');
    const unpacked = await unpackAside(gzipSync(content));
    // Pieces that were put together lie in a buffer of exactly their length; one piece in its own, a byte longer.
    expect(unpacked.buffer.byteLength).to.equal(content.length + 1);
  });

  it('16.3: refuses what is no gzip, or none any more', async () => {
    const packed = gzipSync('content '.repeat(1000));
    for (const bytes of [Buffer.from('abc'), Buffer.alloc(100), packed.subarray(0, packed.length >> 1)])
      expect((await rejection(unpackAside(bytes))).message).to.not.equal('');
  });
});
