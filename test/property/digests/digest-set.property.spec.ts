import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { DigestSet } from '../../../source/domain/digests/digest-set.ts';
import { Ledger, readDigests } from '../../../source/domain/digests/ledger.ts';
import type { LedgerState } from '../../../source/domain/digests/ledger.ts';
import { rejection } from '../../support/rejection.ts';
import { World } from '../../support/world/world.ts';

const digestOf = (n: number): Buffer => createHash('sha256').update(String(n)).digest().subarray(0, 16);

describe('DigestSet', () => {
  it('behaves as a set, whatever its first size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 800 }),
        fc.integer({ min: 0, max: 500 }),
        (numbers, expected) => {
          const set = new DigestSet(expected);
          const model = new Set<number>();
          for (const n of numbers) {
            expect(set.add(digestOf(n))).to.equal(!model.has(n));
            model.add(n);
          }
          expect(set.size).to.equal(model.size);
          for (let n = 0; n <= 400; n += 1) expect(set.has(digestOf(n))).to.equal(model.has(n));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('finds digests that begin alike, also past the end of its array', () => {
    const set = new DigestSet();
    const alike = (n: number): Buffer => Buffer.from([255, 255, 255, 255, ...new Array<number>(11).fill(7), n]);
    for (let n = 0; n < 40; n += 1) expect(set.add(alike(n))).to.equal(true);
    for (let n = 0; n < 40; n += 1) expect(set.add(alike(n))).to.equal(false);
    expect(set.has(alike(40))).to.equal(false);
  });
});

describe('Ledger', () => {
  const userKey = (n: number) => ({ id: `USER#${n}`, type: 'PROFILE' });

  it('comes back from its parts as it was, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (numbers, chunkBytes) => {
          const world = new World();
          world.objects.chunkBytes = chunkBytes;
          const parts: LedgerState = [];
          const ledger = await Ledger.load(world.objects, 'users', parts);
          let name = 0;
          for (const [index, n] of numbers.entries()) {
            ledger.add(userKey(n));
            const cut = index % 7 === 0 ? ledger.cut((kind) => `${kind}/${name++}`) : [];
            for (const { key, body } of cut) await world.objects.put(key, body);
          }
          for (const { key, body } of ledger.cut((kind) => `${kind}/${name++}`)) await world.objects.put(key, body);
          const loaded = await Ledger.load(world.objects, 'users', parts);
          expect(loaded.size).to.equal(new Set(numbers).size);
          for (let n = 0; n < 100; n += 1) expect(loaded.has(userKey(n))).to.equal(numbers.includes(n));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses a truncated or an extended part', async () => {
    const world = new World();
    for (const bytes of [16, 47, 64]) {
      await world.objects.put('exports/run/ledger/users/1', Buffer.alloc(bytes, 1));
      const error = await rejection(
        readDigests(world.objects, [{ key: 'exports/run/ledger/users/1', digests: 3 }], new DigestSet()),
      );
      expect(error).to.have.property('name', 'BadState');
      expect(error.message).to.include('should hold 3 digests').and.include('exports/run/run.json');
    }
  });
});
