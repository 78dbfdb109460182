import type { SnapshotObject } from '../../../source/domain/backup/manifest.ts';
import { segmentName, snapshotKey } from '../../../source/domain/backup/snapshot/names.ts';
import { joinParts, SnapshotParts } from '../../../source/domain/backup/snapshot/write.ts';
import type { SnapshotState } from '../../../source/domain/backup/snapshot/write.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { World } from '../world/world.ts';

/** The export run whose snapshot it is. */
export const SNAPSHOT_RUN = '20260301T000000Z-12345678';
/** The object that the tests write. */
export const SEGMENT_NAME = segmentName(0);

/** The n-th of some users whose texts need care: characters of several bytes, and line breaks. */
export const snapshotItem = (n: number): TableItem => ({
  id: `USER#${n}`,
  type: 'PROFILE',
  username: `Zoë ${n}`,
  attributes: { name: `two\nlines ${'😀'.repeat(n % 5)}`, 'custom:__proto__': '' },
  enabled: n % 2 === 0,
});

/** The first `count` of them. */
export const snapshotItems = (count: number): TableItem[] => Array.from({ length: count }, (_, n) => snapshotItem(n));

/** A Region that keeps snapshots, and one object of a snapshot in it. */
export class SnapshotWorld extends World {
  /** Writes `all` in pages of `pageItems`, storing what was gathered after every third page. */
  async written(all: readonly TableItem[], pageItems = 7, name = SEGMENT_NAME): Promise<SnapshotObject> {
    const state: SnapshotState = {};
    const parts = new SnapshotParts(state);
    let key = 0;
    const store = async (): Promise<void> => {
      for (const part of parts.cut((kind) => `work/${kind}/${key++}`)) await this.objects.put(part.key, part.body);
    };
    for (let at = 0; at < all.length; at += pageItems) {
      parts.add(name, all.slice(at, at + pageItems));
      if (at % (3 * pageItems) === 0) await store();
    }
    await store();
    return joinParts(this.objects, SNAPSHOT_RUN, name, state[name]);
  }

  /** The bytes of the object, as they are stored. */
  storedBytes(): Buffer {
    return Buffer.from(this.objects.stored.get(snapshotKey(SNAPSHOT_RUN, SEGMENT_NAME))?.body ?? []);
  }

  /** Stores other bytes in place of the object. */
  storeBytes(body: Uint8Array): void {
    this.objects.stored.set(snapshotKey(SNAPSHOT_RUN, SEGMENT_NAME), {
      body: Uint8Array.from(body),
      etag: '"changed"',
    });
  }
}
