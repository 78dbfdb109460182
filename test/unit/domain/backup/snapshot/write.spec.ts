import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { INDEX_NAME, KEPT_NAME, snapshotKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { joinParts, SnapshotParts } from '../../../../../source/domain/backup/snapshot/write.ts';
import type { SnapshotState } from '../../../../../source/domain/backup/snapshot/write.ts';
import { rejection } from '../../../../support/rejection.ts';
import { SEGMENT_NAME, SNAPSHOT_RUN, snapshotItems, SnapshotWorld } from '../../../../support/backup/snapshot-world.ts';

describe('snapshots that are written', () => {
  let world: SnapshotWorld;
  beforeEach(() => {
    world = new SnapshotWorld();
  });

  it('are gzip also where nothing is in them, and the same parts give the same bytes', async () => {
    const empty = await joinParts(world.objects, SNAPSHOT_RUN, SEGMENT_NAME);
    expect(empty).to.include({ items: 0 });
    expect([...world.storedBytes().subarray(0, 2)]).to.deep.equal([0x1f, 0x8b]);
    const one = await world.written(snapshotItems(50));
    const before = world.storedBytes();
    expect(await world.written(snapshotItems(50))).to.deep.equal(one);
    expect(world.storedBytes().equals(before)).to.equal(true);
  });

  it('gather items of several objects, and say when enough waits', async () => {
    const state: SnapshotState = {};
    const parts = new SnapshotParts(state);
    expect(parts.cut(() => 'never')).to.deep.equal([]);
    parts.add(SEGMENT_NAME, snapshotItems(3));
    parts.add(KEPT_NAME, snapshotItems(2));
    parts.add(SEGMENT_NAME, []);
    expect(parts.pending).to.be.within(0.000001, 0.001);
    const cut = parts.cut((kind) => `work/${kind}`);
    expect(cut.map(({ key }) => key.replace(/\.[0-9a-f]{16}\.(gz|bin)$/, ''))).to.deep.equal([
      `work/snapshot/${SEGMENT_NAME}`,
      `work/snapshot/${KEPT_NAME}`,
      `work/snapshot/${INDEX_NAME}`,
    ]);
    expect(parts.pending).to.equal(0);
    expect(state[SEGMENT_NAME]).to.deep.equal({ items: 3, parts: [{ key: cut[0]?.key, bytes: cut[0]?.body.length }] });
    while (parts.pending < 1)
      parts.add(SEGMENT_NAME, [{ id: 'USER#1', type: 'PROFILE', text: randomBytes(300_000).toString('base64') }]);
    expect(parts.cut((kind) => kind)[0]?.body.length).to.be.within(8_000_000, 9_000_000);
  });

  it('are not joined from parts that are missing or were cut', async () => {
    await world.objects.put('work/part', gzipSync('x'));
    for (const part of [
      { key: 'work/part', bytes: 3 },
      { key: 'work/none', bytes: 3 },
    ]) {
      expect(
        await rejection(joinParts(world.objects, SNAPSHOT_RUN, SEGMENT_NAME, { parts: [part], items: 1 })),
      ).to.have.property('name', 'BadState');
    }
    expect(world.objects.stored.has(snapshotKey(SNAPSHOT_RUN, SEGMENT_NAME))).to.equal(false);
  });
});
