import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Manifest, SnapshotObject } from '../../../../../source/domain/backup/manifest.ts';
import {
  isSnapshotName,
  KEPT_NAME,
  segmentName,
  snapshotFolder,
  snapshotKey,
  snapshotManifestKey,
} from '../../../../../source/domain/backup/snapshot/names.ts';
import { readSnapshotManifest, readSnapshotObject } from '../../../../../source/domain/backup/snapshot/read.ts';
import {
  itemsIn,
  joinParts,
  putSnapshotManifest,
  SnapshotParts,
} from '../../../../../source/domain/backup/snapshot/write.ts';
import type { SnapshotState } from '../../../../../source/domain/backup/snapshot/write.ts';
import { Checksums } from '../../../../../source/domain/backup/checksums.ts';
import { Fault } from '../../../../../source/domain/errors.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { rejection } from '../../../../support/rejection.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { World } from '../../../../support/world/world.ts';

const RUN = '20260301T000000Z-12345678';
const NAME = segmentName(0);
const anItem = (n: number): TableItem => ({
  id: `USER#${n}`,
  type: 'PROFILE',
  username: `Zoë ${n}`,
  attributes: { name: `two\nlines ${'😀'.repeat(n % 5)}`, 'custom:__proto__': '' },
  enabled: n % 2 === 0,
});
const items = (count: number): TableItem[] => Array.from({ length: count }, (_, n) => anItem(n));

describe('snapshots', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  /** Writes `all` in pages of `pageItems`, storing what was gathered after every third page. */
  async function written(all: readonly TableItem[], pageItems = 7, name = NAME): Promise<SnapshotObject> {
    const state: SnapshotState = {};
    const parts = new SnapshotParts(state);
    let key = 0;
    const store = async (): Promise<void> => {
      for (const part of parts.cut((kind) => `work/${kind}/${key++}`)) await world.objects.put(part.key, part.body);
    };
    for (let at = 0; at < all.length; at += pageItems) {
      parts.add(name, all.slice(at, at + pageItems));
      if (at % (3 * pageItems) === 0) await store();
    }
    await store();
    return joinParts(world.objects, RUN, name, state[name]);
  }
  async function readBack(object: SnapshotObject): Promise<TableItem[]> {
    const found: TableItem[] = [];
    for await (const batch of readSnapshotObject(world.objects, RUN, object)) {
      expect(batch.length).to.be.within(1, 1000);
      found.push(...batch);
    }
    return found;
  }
  const stored = (): Buffer => Buffer.from(world.objects.stored.get(snapshotKey(RUN, NAME))?.body ?? []);
  const store = (body: Uint8Array): void =>
    void world.objects.stored.set(snapshotKey(RUN, NAME), { body: Uint8Array.from(body), etag: '"changed"' });
  /** An object that is what its manifest says, whatever it holds. */
  const sealedAs = (body: Uint8Array, count: number): SnapshotObject => {
    store(body);
    return { name: NAME, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex'), items: count };
  };
  const damage = async (object: SnapshotObject, about?: string): Promise<string> => {
    const error = await rejection(readBack(object));
    expect(error, about).to.have.property('name', 'SnapshotDamaged');
    expect(error.message, about).to.include(snapshotKey(RUN, NAME)).and.not.include('Zoë');
    return error.message;
  };

  it('lie in one folder per run', () => {
    expect(snapshotFolder(RUN)).to.equal(`snapshots/${RUN}/`);
    expect(snapshotKey(RUN, segmentName(7))).to.equal(`snapshots/${RUN}/segment-7.ndjson.gz`);
    expect(snapshotManifestKey(RUN)).to.equal(`snapshots/${RUN}/manifest.json`);
    expect(
      [
        'segment-0.ndjson.gz',
        'segment-11.ndjson.gz',
        'kept.ndjson.gz',
        'manifest.json',
        '../segment-0.ndjson.gz',
        'segment-0.ndjson.gz/x',
        '',
      ].map(isSnapshotName),
    ).to.deep.equal([true, true, true, false, false, false, false]);
  });

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
      const object = await written(items(count), pageItems);
      expect(object.items).to.equal(count);
      expect(await readBack(object)).to.deep.equal(items(count));
    }
  });

  it('are gzip also where nothing is in them, and the same parts give the same bytes', async () => {
    const empty = await joinParts(world.objects, RUN, NAME);
    expect(empty).to.include({ items: 0 });
    expect([...stored().subarray(0, 2)]).to.deep.equal([0x1f, 0x8b]);
    const one = await written(items(50));
    const before = stored();
    expect(await written(items(50))).to.deep.equal(one);
    expect(stored().equals(before)).to.equal(true);
  });

  it('gather items of several objects, and say when enough waits', async () => {
    const state: SnapshotState = {};
    const parts = new SnapshotParts(state);
    expect(parts.cut(() => 'never')).to.deep.equal([]);
    parts.add(NAME, items(3));
    parts.add(KEPT_NAME, items(2));
    parts.add(NAME, []);
    expect(parts.pending).to.be.within(0.000001, 0.001);
    const cut = parts.cut((kind) => `work/${kind}`);
    expect(cut.map(({ key }) => key.replace(/\.[0-9a-f]{16}\.gz$/, ''))).to.deep.equal([
      `work/snapshot/${NAME}`,
      `work/snapshot/${KEPT_NAME}`,
    ]);
    expect(parts.pending).to.equal(0);
    expect(state[NAME]).to.deep.equal({ items: 3, parts: [{ key: cut[0]?.key, bytes: cut[0]?.body.length }] });
    while (parts.pending < 1)
      parts.add(NAME, [{ id: 'USER#1', type: 'PROFILE', text: randomBytes(300_000).toString('base64') }]);
    expect(parts.cut((kind) => kind)[0]?.body.length).to.be.within(8_000_000, 9_000_000);
  });

  it('are not joined from parts that are missing or were cut', async () => {
    await world.objects.put('work/part', gzipSync('x'));
    for (const part of [
      { key: 'work/part', bytes: 3 },
      { key: 'work/none', bytes: 3 },
    ]) {
      expect(await rejection(joinParts(world.objects, RUN, NAME, { parts: [part], items: 1 }))).to.have.property(
        'name',
        'BadState',
      );
    }
    expect(world.objects.stored.has(snapshotKey(RUN, NAME))).to.equal(false);
  });

  it('are damaged when any single byte is flipped', async () => {
    const object = await written(items(4), 3);
    const whole = stored();
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      store(flipped);
      await damage(object, `byte ${at}`);
    }
  });

  it('are damaged when they are cut anywhere, or longer', async () => {
    const object = await written(items(4), 3);
    const whole = stored();
    for (let bytes = 0; bytes < whole.length; bytes += 1) {
      store(whole.subarray(0, bytes));
      expect(await damage(object, `${bytes} bytes`)).to.include(`should have ${whole.length}`);
    }
    store(Buffer.concat([whole, gzipSync('')]));
    expect(await damage(object)).to.include('more than');
  });

  it('are damaged when they are missing, or hold another number of items', async () => {
    const object = await written(items(12));
    expect(await damage({ ...object, items: 11 })).to.include('holds 12 items and should hold 11');
    expect(await damage({ ...object, items: 13 })).to.include('holds 12 items and should hold 13');
    world.objects.stored.clear();
    expect(await damage(object)).to.include('does not exist');
  });

  it('are damaged when what was sealed is no list of items', async () => {
    const good = JSON.stringify(anItem(1));
    expect(await damage(sealedAs(Buffer.from('plain text'), 1))).to.include('no valid gzip');
    expect(await damage(sealedAs(gzipSync(good), 1))).to.include('middle of a line');
    for (const line of ['{"id": ', 'null', '7', '{"id":"USER#1"}', ''])
      expect(await damage(sealedAs(gzipSync(`${good}\n${line}\n`), 2)), line).to.include('line 2');
    expect(await damage(sealedAs(gzipSync('x'.repeat(5_000_000)), 1))).to.include('has a line of more than');
  });

  it('pass a fault of the store on as it is', async () => {
    const object = await written(items(12));
    world.calls.fail({ call: 'objects.read', error: () => new Fault('ServiceError', 'busy') });
    expect(await rejection(readBack(object))).to.have.property('name', 'ServiceError');
  });

  describe('manifest', () => {
    const manifest: Manifest = {
      runId: RUN,
      userPoolId: 'eu-west-1_Source',
      poolSettings: PLAIN_SETTINGS,
      counts: { users: 1, groups: 0, memberships: 0 },
      checksums: new Checksums().toHex(),
      added: { users: 1, groups: 0, memberships: 0 },
      changed: { users: 0, groups: 0, memberships: 0 },
      deleted: { users: 0, groups: 0, memberships: 0 },
      skipped: { federatedUsers: 0, federatedMemberships: 0 },
      startedAt: '2026-03-01T00:00:00.000Z',
      endedAt: '2026-03-01T00:01:00.000Z',
      softwareVersion: 'v2.0.0',
      schemaVersion: 1,
      snapshot: { objects: [{ name: NAME, bytes: 20, sha256: '0'.repeat(64), items: 1 }] },
    };

    it('closes the snapshot, and is undefined before', async () => {
      expect(await readSnapshotManifest(world.objects, RUN)).to.equal(undefined);
      await putSnapshotManifest(world.objects, manifest);
      await putSnapshotManifest(world.objects, manifest);
      expect(await readSnapshotManifest(world.objects, RUN)).to.deep.equal(manifest);
      expect(itemsIn(manifest.snapshot?.objects ?? [])).to.equal(1);
    });

    const [object] = manifest.snapshot?.objects as [SnapshotObject];
    const wrong: Record<string, unknown> = {
      'no JSON': undefined,
      'no object': null,
      'another run': { ...manifest, runId: '20260301T000000Z-00000000' },
      'no snapshot': { ...manifest, snapshot: undefined },
      'no counts': { ...manifest, counts: { users: 1, groups: 0 } },
      'a count that is none': { ...manifest, deleted: { users: -1, groups: 0, memberships: 0 } },
      'too few checksums': { ...manifest, checksums: manifest.checksums.slice(1) },
      'a checksum that is none': {
        ...manifest,
        checksums: manifest.checksums.map((sum, index) => (index === 9 ? `${sum}0` : sum)),
      },
      'no pool settings': { ...manifest, poolSettings: null },
      'no version': { ...manifest, schemaVersion: '1' },
      'an object elsewhere': { ...manifest, snapshot: { objects: [{ ...object, name: '../manifest.json' }] } },
      'an object without a digest': { ...manifest, snapshot: { objects: [{ ...object, sha256: '' }] } },
    };
    for (const [what, value] of Object.entries(wrong)) {
      it(`is damaged when it is or has ${what}`, async () => {
        await world.objects.put(
          snapshotManifestKey(RUN),
          value === undefined ? JSON.stringify(manifest).slice(0, -2) : JSON.stringify(value),
        );
        const error = await rejection(readSnapshotManifest(world.objects, RUN));
        expect(error).to.have.property('name', 'SnapshotDamaged');
        expect(error.message).to.include(snapshotManifestKey(RUN)).and.to.include('no manifest of export run');
      });
    }
  });
});
