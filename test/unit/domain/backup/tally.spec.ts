import { expect } from 'chai';
import { Checksums } from '../../../../source/domain/backup/checksums.ts';
import { noCounts } from '../../../../source/domain/backup/counts.ts';
import { contentDigest } from '../../../../source/domain/backup/hashing.ts';
import { groupItem, membershipItem } from '../../../../source/domain/backup/items.ts';
import { openItem } from '../../../../source/domain/backup/manifest.ts';
import { isDamaged, ItemTally, noContent } from '../../../../source/domain/backup/tally.ts';

const STAFF = groupItem({ name: 'staff' }, 'run-1');
const MEMBER = membershipItem('5a3f', 'staff', 'run-2');
const DAMAGED = { ...membershipItem('77c1', 'staff', 'run-2'), groupName: 'other' };
const MARKER = openItem({ runId: 'run-2', openedAt: '2026-01-01T00:00:00Z' });

const full = () => ({ ...noContent(), written: noCounts(), damaged: 0 });

describe('ItemTally', () => {
  it('counts kinds, checksums, what one run wrote and what is damaged; passes over records of a run', () => {
    const content = full();
    const tally = new ItemTally(content, 'run-2');
    expect([STAFF, MEMBER, DAMAGED, MARKER].map((item) => tally.add(item))).to.deep.equal([
      'group',
      'membership',
      'membership',
      undefined,
    ]);
    tally.settle();
    const expected = new Checksums();
    for (const item of [STAFF, MEMBER, DAMAGED]) expected.add(item);
    expect(content).to.deep.equal({
      counts: { users: 0, groups: 1, memberships: 2 },
      checksums: expected.toHex(),
      written: { users: 0, groups: 0, memberships: 2 },
      damaged: 1,
    });
  });

  it('goes on from what a checkpoint holds, which is up to date before each save', () => {
    const whole = full();
    const once = new ItemTally(whole, 'run-2');
    for (const item of [STAFF, MEMBER, DAMAGED]) once.add(item);
    once.settle();

    let stored = full();
    for (const item of [STAFF, MEMBER, DAMAGED]) {
      const tally = new ItemTally(stored, 'run-2');
      tally.add(item);
      expect(tally.cut()).to.deep.equal([]);
      stored = structuredClone(stored);
    }
    expect(stored).to.deep.equal(whole);
  });

  it('adds nothing to a content that has no room for it, and writes nothing up without a run', () => {
    const plain = noContent();
    new ItemTally(plain, 'run-2').add(DAMAGED);
    expect(plain).to.have.all.keys('counts', 'checksums');
    const withoutRun = full();
    new ItemTally(withoutRun).add({ ...MEMBER, changedIn: undefined });
    expect(withoutRun.written).to.deep.equal(noCounts());
  });

  it('takes a digest that is known already', () => {
    const content = full();
    const tally = new ItemTally(content);
    tally.add(MEMBER, contentDigest(STAFF));
    expect(content.damaged).to.equal(1);
    expect(isDamaged(MEMBER, contentDigest(MEMBER))).to.equal(false);
  });
});
