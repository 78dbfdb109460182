import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Manifest, SnapshotIndex } from '../../../../../source/domain/backup/manifest.ts';
import { INDEX_NAME, KEPT_NAME, segmentName, snapshotKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import { SnapshotIndexReader } from '../../../../../source/domain/backup/snapshot/read-index.ts';
import { joinIndex } from '../../../../../source/domain/backup/snapshot/write-index.ts';
import { joinParts, SnapshotParts } from '../../../../../source/domain/backup/snapshot/write.ts';
import type { SnapshotState } from '../../../../../source/domain/backup/snapshot/write.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { SNAPSHOT_RUN } from '../../../../support/backup/snapshot-world.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const NAMES = [segmentName(0), segmentName(1), KEPT_NAME];

const profile = (n: number, text = ''): TableItem => ({
  id: `USER#sub-${n}`,
  type: 'PROFILE',
  username: `user${n}`,
  attributes: { email: `User${n}@example.test`, phone_number: `+1555${n % 3}`, text },
});
const membership = (n: number, group: string): TableItem => ({ id: `USER#sub-${n}`, type: `MEMBER_OF#${group}` });

/** A snapshot of users of whom some have memberships in other members than their profiles, and its index. */
class IndexedSnapshot extends World {
  readonly state: SnapshotState = {};
  #keys = 0;

  async gather(pages: readonly (readonly [name: string, items: readonly TableItem[]])[]): Promise<void> {
    const parts = new SnapshotParts(this.state);
    for (const [name, items] of pages) {
      parts.add(name, items);
      for (const { key, body } of parts.cut((kind) => `work/${kind}/${this.#keys++}`))
        await this.objects.put(key, body);
    }
  }

  async join(recordsAtATime?: number): Promise<Pick<Manifest, 'runId' | 'snapshot'>> {
    const objects = await Promise.all(
      NAMES.map((name) => joinParts(this.objects, SNAPSHOT_RUN, name, this.state[name])),
    );
    const index = await joinIndex(this.objects, SNAPSHOT_RUN, { names: NAMES, state: this.state }, recordsAtATime);
    return { runId: SNAPSHOT_RUN, snapshot: { objects, ...(index === undefined ? {} : { index }) } };
  }

  indexBytes(): Buffer {
    return Buffer.from(this.objects.stored.get(snapshotKey(SNAPSHOT_RUN, INDEX_NAME))?.body ?? []);
  }
}

async function itemsFound(
  { objects }: World,
  manifest: Pick<Manifest, 'runId' | 'snapshot'>,
  ...names: string[]
): Promise<string[]> {
  const index = (await SnapshotIndexReader.open(objects, manifest)) as SnapshotIndexReader;
  const found: string[] = [];
  await index.read(await index.membersOf(names), (items) => {
    for (const { id, type } of items) if (names.includes(id.slice('USER#'.length))) found.push(`${id} ${type}`);
  });
  return found.sort();
}

describe('index of a snapshot', () => {
  let snapshot: IndexedSnapshot;
  beforeEach(async () => {
    snapshot = new IndexedSnapshot();
    await snapshot.gather([
      [segmentName(0), Array.from({ length: 50 }, (_, n) => profile(n))],
      [segmentName(0), [membership(7, 'a'), profile(100), membership(101, 'b')]],
      [segmentName(1), Array.from({ length: 3000 }, (_, n) => profile(n + 1000, 'x'.repeat(500)))],
      [KEPT_NAME, [profile(101), membership(7, 'c')]],
    ]);
  });

  it('16.3: finds all items of a user, also where a border of members or objects is between them', async () => {
    const manifest = await snapshot.join();
    expect(await itemsFound(snapshot, manifest, 'sub-7')).to.deep.equal([
      'USER#sub-7 MEMBER_OF#a',
      'USER#sub-7 MEMBER_OF#c',
      'USER#sub-7 PROFILE',
    ]);
    expect(await itemsFound(snapshot, manifest, 'sub-101')).to.deep.equal([
      'USER#sub-101 MEMBER_OF#b',
      'USER#sub-101 PROFILE',
    ]);
    expect(await itemsFound(snapshot, manifest, 'sub-2', 'sub-3999')).to.have.length(2);
    expect(await itemsFound(snapshot, manifest, 'nobody')).to.deep.equal([]);
  });

  it('16.3: names every member by offset, length and digest: each is gzip by itself, of about a megabyte of text', async () => {
    const manifest = await snapshot.join();
    const index = (await SnapshotIndexReader.open(snapshot.objects, manifest)) as SnapshotIndexReader;
    const all = new Set(Array.from({ length: 5 }, (_, member) => member));
    expect(index.shareOf(all)).to.equal(1);
    let items = 0;
    await index.read(all, (some) => (items += some.length));
    expect(items).to.equal(50 + 3 + 3000 + 2);
    const key = snapshotKey(SNAPSHOT_RUN, segmentName(1));
    const body = snapshot.objects.stored.get(key)?.body as Uint8Array;
    expect(gunzipSync(body).toString().split('\n')).to.have.length(3001);
  });

  it('16.3: is of sorted records of 8 bytes, each once, whose digests hold the names in lower case; ends in its directory', async () => {
    const { snapshot: stored } = await snapshot.join();
    const index = stored?.index as SnapshotIndex;
    const bytes = snapshot.indexBytes();
    expect(index.bytes).to.equal(bytes.length);
    expect(index.sha256).to.equal(createHash('sha256').update(bytes).digest('hex'));
    const directory = bytes.subarray(-index.directory.bytes);
    expect(index.directory.sha256).to.equal(createHash('sha256').update(directory).digest('hex'));
    const records = bytes.subarray(0, -index.directory.bytes);
    const texts = Array.from({ length: records.length / 8 }, (_, at) => records.toString('hex', at * 8, at * 8 + 8));
    expect(texts).to.deep.equal([...new Set(texts)].sort());
    for (const name of ['sub-7', 'user7', 'user7@example.test', '+15551']) {
      const digest = createHash('sha256').update(name).digest('hex').slice(0, 10);
      expect(texts.filter((text) => text.startsWith(digest)).length, name).to.be.greaterThan(0);
    }
  });

  it('16.3: is the same bytes from the same parts, however many records are sorted at a time', async () => {
    await snapshot.join();
    const bytes = snapshot.indexBytes();
    for (const recordsAtATime of [undefined, 5000, 700]) {
      await snapshot.join(recordsAtATime);
      expect(snapshot.indexBytes().equals(bytes), String(recordsAtATime)).to.equal(true);
    }
  });

  it('16.3: is not written for a run of which a version without indexes gathered a part', async () => {
    const { [INDEX_NAME]: gathered, ...before } = structuredClone(snapshot.state);
    expect(gathered?.items).to.equal(3055);
    for (const name of Object.keys(snapshot.state)) delete snapshot.state[name];
    Object.assign(snapshot.state, before);
    await snapshot.gather([[KEPT_NAME, [profile(102)]]]);
    const { snapshot: stored } = await snapshot.join();
    expect(stored?.index).to.equal(undefined);
    expect(snapshot.indexBytes()).to.have.length(0);
  });

  it('16.3: is held against the manifest, and what is read by it against the index: no byte can differ unseen', async () => {
    const manifest = await snapshot.join();
    const indexKey = snapshotKey(SNAPSHOT_RUN, INDEX_NAME);
    const segmentKey = snapshotKey(SNAPSHOT_RUN, segmentName(0));
    const directoryAt = snapshot.indexBytes().length - 3;
    for (const [key, at] of [
      [indexKey, 0],
      [indexKey, directoryAt],
      [segmentKey, 100],
    ] as const) {
      const whole = snapshot.objects.stored.get(key) as { body: Uint8Array; etag: string };
      const body = Uint8Array.from(whole.body);
      body[at] = (body[at] as number) ^ 1;
      for (const stored of [{ ...whole, body }, { ...whole, body: whole.body.subarray(0, at) }, undefined]) {
        if (stored === undefined) snapshot.objects.stored.delete(key);
        else snapshot.objects.stored.set(key, stored);
        const names = Array.from({ length: 50 }, (_, n) => `sub-${n}`);
        const error = await rejection(itemsFound(snapshot, manifest, ...names));
        expect(error.name).to.equal('SnapshotDamaged');
        expect(error.message).to.contain(key);
      }
      snapshot.objects.stored.set(key, whole);
    }
  });
});
