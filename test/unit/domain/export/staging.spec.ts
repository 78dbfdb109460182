import { expect } from 'chai';
import { membershipItem, userItem, userKey } from '../../../../source/domain/backup/items.ts';
import type { UserItem } from '../../../../source/domain/backup/items.ts';
import { StagedIndex } from '../../../../source/domain/export/clean-up/staged-index.ts';
import { readStaged, stagedIn, Staging } from '../../../../source/domain/export/staging.ts';
import type { StagedItem, StagedParts } from '../../../../source/domain/export/staging.ts';
import { writeChanged } from '../../../../source/domain/export/write-changed.ts';
import { rejection } from '../../../support/rejection.ts';
import { aUser } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';

describe('staging of an export', () => {
  let world: World;
  let parts: StagedParts;
  let cuts: number;
  beforeEach(() => {
    world = new World();
    parts = [];
    cuts = 0;
  });
  const user = (username: string, name = ''): UserItem =>
    userItem(aUser({ username, attributes: { name } }), 'username', 'run-1');
  const stage = async (...items: readonly StagedItem['item'][]): Promise<Staging> => {
    const staging = await Staging.load(world.objects, parts);
    staging.add(items.map((item) => ({ item })));
    cuts += 1;
    for (const { key, body } of staging.cut((kind) => `exports/run-1/${kind}/${cuts}`))
      await world.objects.put(key, body);
    return staging;
  };

  it('keeps items in objects, part by part, and knows their keys again', async () => {
    await stage(user('ana'), user('bob'));
    const staging = await stage(membershipItem('s', 'admins', 'run-1'));
    expect([stagedIn(parts), staging.items, parts.length]).to.deep.equal([3, 3, 2]);
    expect(staging.has(user('bob'))).to.equal(true);
    expect(staging.has(user('eve'))).to.equal(false);
    const first = await readStaged(world.objects, parts[0] as StagedParts[number]);
    expect(first).to.deep.equal([{ item: user('ana') }, { item: user('bob') }]);
  });

  it('finds of several items with one key the one that was staged last', async () => {
    await stage(user('ana', 'one'), user('bob'));
    await stage(user('ana', 'two'));
    const index = await StagedIndex.load(world.objects, parts);
    expect([index.size, index.keys]).to.deep.equal([3, 2]);
    expect([0, 1, 2].map((ordinal) => index.isLast(ordinal))).to.deep.equal([false, true, true]);
    expect(index.find(user('ana'))).to.equal(2);
    expect(index.contentOf(2).toString('hex')).to.equal(user('ana', 'two').contentHash);
    expect(index.find(userKey('nobody'))).to.equal(undefined);
  });

  it('says which object is missing or damaged', async () => {
    await stage(user('ana'));
    const { lines, records } = parts[0] as StagedParts[number];
    world.objects.stored.delete(records);
    expect((await rejection(StagedIndex.load(world.objects, parts))).message).to.include(records);
    world.objects.stored.set(lines, { body: Buffer.from('{}'), etag: '"other"' });
    const error = await rejection(readStaged(world.objects, parts[0] as StagedParts[number]));
    expect(error).to.have.property('name', 'BadState');
    expect(error.message).to.include(lines).and.not.include('ana');
  });

  it('reads of a page only what differs, and writes nothing to the table', async () => {
    await world.table.putItems([user('ana', 'old'), user('bob')]);
    const before = world.table.written;
    const staging = await stage(user('cleo', 'first sight'));
    await world.table.putItems([user('cleo')]);
    const asked: number[] = [];
    const { itemsOf } = world.table;
    world.table.itemsOf = (keys) => {
      asked.push(keys.length);
      return itemsOf(keys);
    };
    const page = [user('ana', 'new'), user('bob'), user('cleo'), user('dan')];
    const { added, changed, toStage } = await writeChanged(world.table, page, staging);
    expect([added.size, changed.size, asked]).to.deep.equal([1, 1, [1]]);
    expect(toStage).to.deep.equal([
      { item: user('ana', 'new'), differs: ['name'] },
      { item: user('cleo') },
      { item: user('dan') },
    ]);
    expect(world.table.written - before).to.equal(1);
  });
});
