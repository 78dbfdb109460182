import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { SnapshotObject } from '../../../../../source/domain/backup/manifest.ts';
import { snapshotKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { readSnapshotObject } from '../../../../../source/domain/backup/snapshot/read.ts';
import { Fault } from '../../../../../source/domain/errors.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { rejection } from '../../../../support/rejection.ts';
import {
  SEGMENT_NAME,
  SNAPSHOT_RUN,
  snapshotItem,
  snapshotItems,
  SnapshotWorld,
} from '../../../../support/backup/snapshot-world.ts';

describe('snapshots that are read', () => {
  let world: SnapshotWorld;
  beforeEach(() => {
    world = new SnapshotWorld();
  });

  async function readBack(object: SnapshotObject): Promise<TableItem[]> {
    const found: TableItem[] = [];
    for await (const batch of readSnapshotObject(world.objects, SNAPSHOT_RUN, object)) {
      expect(batch.length).to.be.within(1, 1000);
      found.push(...batch);
    }
    return found;
  }

  /** An object that is what its manifest says, whatever it holds. */
  const sealedAs = (body: Uint8Array, count: number): SnapshotObject => {
    world.storeBytes(body);
    return {
      name: SEGMENT_NAME,
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
      items: count,
    };
  };
  const damage = async (object: SnapshotObject, about?: string): Promise<string> => {
    const error = await rejection(readBack(object));
    expect(error, about).to.have.property('name', 'SnapshotDamaged');
    expect(error.message, about).to.include(snapshotKey(SNAPSHOT_RUN, SEGMENT_NAME)).and.not.include('Zoë');
    return error.message;
  };

  it('come back as they were, whatever the pages and the pieces in which they are read', async () => {
    for (const [count, pageItems, chunkBytes] of [
      [0, 1, 9],
      [1, 1, 1],
      [40, 7, 1],
      [40, 1, 33],
      [2500, 900, 65_536],
      [1000, 1000, 200],
      [600, 1, 65_536],
    ] as const) {
      world.objects.chunkBytes = chunkBytes;
      const object = await world.written(snapshotItems(count), pageItems);
      expect(object.items).to.equal(count);
      expect(await readBack(object)).to.deep.equal(snapshotItems(count));
    }
  });

  it('are damaged when any single byte is flipped', async () => {
    const object = await world.written(snapshotItems(4), 3);
    const whole = world.storedBytes();
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      world.storeBytes(flipped);
      await damage(object, `byte ${at}`);
    }
  });

  it('are damaged when they are cut anywhere, or longer', async () => {
    const object = await world.written(snapshotItems(4), 3);
    const whole = world.storedBytes();
    for (let bytes = 0; bytes < whole.length; bytes += 1) {
      world.storeBytes(whole.subarray(0, bytes));
      expect(await damage(object, `${bytes} bytes`)).to.include(`should have ${whole.length}`);
    }
    world.storeBytes(Buffer.concat([whole, gzipSync('')]));
    expect(await damage(object)).to.include('more than');
  });

  it('are damaged when they are missing, or hold another number of items', async () => {
    const object = await world.written(snapshotItems(12));
    expect(await damage({ ...object, items: 11 })).to.include('holds 12 items and should hold 11');
    expect(await damage({ ...object, items: 13 })).to.include('holds 12 items and should hold 13');
    world.objects.stored.clear();
    expect(await damage(object)).to.include('does not exist');
  });

  it('are damaged when what was sealed is no list of items', async () => {
    const good = JSON.stringify(snapshotItem(1));
    expect(await damage(sealedAs(Buffer.from('plain text'), 1))).to.include('no valid gzip');
    expect(await damage(sealedAs(gzipSync(good), 1))).to.include('middle of a line');
    for (const line of ['{"id": ', 'null', '7', '{"id":"USER#1"}', ''])
      expect(await damage(sealedAs(gzipSync(`${good}\n${line}\n`), 2)), line).to.include('line 2');
    expect(await damage(sealedAs(gzipSync('x'.repeat(5_000_000)), 1))).to.include('has a line of more than');
  });

  it('pass a fault of the store on as it is', async () => {
    const object = await world.written(snapshotItems(12));
    world.calls.fail({ call: 'objects.read', error: () => new Fault('ServiceError', 'busy') });
    expect(await rejection(readBack(object))).to.have.property('name', 'ServiceError');
  });
});
