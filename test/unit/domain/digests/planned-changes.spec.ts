import { expect } from 'chai';
import { changeDigestsKey } from '../../../../source/domain/backup/manifest.ts';
import { contentHash, bucketOf } from '../../../../source/domain/backup/hashing.ts';
import { groupKey, membershipKey, userKey } from '../../../../source/domain/backup/items.ts';
import { PlannedChanges, PlannedChangesWriter } from '../../../../source/domain/digests/planned-changes.ts';
import type { ItemKey, TableItem } from '../../../../source/domain/ports.ts';

const RUN = '20260301T000000Z-0a1b2c3d';
const hashOf = (text: string): string => contentHash({ id: text, type: text });

/** A table that holds what the writer stored, without the items of these indexes. */
const tableWith = (items: readonly TableItem[], lost: readonly number[] = []) => ({
  getItem: (key: ItemKey) =>
    Promise.resolve(items.find(({ id, type }, index) => id === key.id && type === key.type && !lost.includes(index))),
});

describe('planned changes', () => {
  it('tell of every key of the plan what is before and after it, and nothing of others', async () => {
    const writer = new PlannedChangesWriter();
    writer.add(userKey('new'), { after: hashOf('a') });
    writer.add(groupKey('changed'), { before: hashOf('b'), after: hashOf('c') });
    writer.add(membershipKey('gone', 'g'), { before: hashOf('d') });
    const { plan, items } = writer.stored(RUN);
    const changes = (await PlannedChanges.read(tableWith(items), RUN, plan)) as PlannedChanges;
    expect(plan).to.include({ changes: 3, items: 1 });
    expect(changes.size).to.equal(3);
    const of = (key: ItemKey) => changes.at(changes.find(key) as number);
    expect(of(userKey('new'))).to.deep.equal({
      kind: 'user',
      bucket: bucketOf(userKey('new')),
      after: Buffer.from(hashOf('a'), 'hex'),
    });
    expect(of(groupKey('changed'))).to.deep.include({
      kind: 'group',
      before: Buffer.from(hashOf('b'), 'hex'),
      after: Buffer.from(hashOf('c'), 'hex'),
    });
    expect(of(membershipKey('gone', 'g')))
      .to.include.keys('before')
      .and.not.include.keys('after');
    expect(changes.find(userKey('unplanned'))).to.equal(undefined);
  });

  it('are spread over items that DynamoDB takes, and unknown while one of them is missing or another', async () => {
    const writer = new PlannedChangesWriter();
    for (let user = 0; user < 7_000; user += 1) writer.add(userKey(`user-${user}`), { after: hashOf(String(user)) });
    const { plan, items } = writer.stored(RUN);
    expect(items.map(({ id, type }) => ({ id, type }))).to.deep.equal([0, 1, 2].map((n) => changeDigestsKey(RUN, n)));
    for (const item of items) expect(Buffer.byteLength(JSON.stringify(item))).to.be.below(400 * 1024);
    expect((await PlannedChanges.read(tableWith(items), RUN, plan))?.size).to.equal(7_000);
    for (const lost of [0, 1, 2])
      expect(await PlannedChanges.read(tableWith(items, [lost]), RUN, plan)).to.equal(undefined);
    const swapped = items.map((item, index) => ({ ...item, records: items[2 - index]?.records }));
    expect(await PlannedChanges.read(tableWith(swapped), RUN, plan)).to.equal(undefined);
  });

  it('hold nothing but content', () => {
    expect(() => new PlannedChangesWriter().add({ id: 'EXPORT#OPEN', type: 'MARKER' }, {})).to.throw(TypeError);
  });
});
