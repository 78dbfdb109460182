import { expect } from 'chai';
import type { Manifest } from '../../../../../source/domain/backup/manifest.ts';
import { INDEX_NAME, snapshotFolder, snapshotManifestKey } from '../../../../../source/domain/backup/snapshot/names.ts';
import type { MemoryFiles } from '../../../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../../../tools/simulation/storage/objects.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpWorld, waitsForSecondLook } from '../../../../support/workflows/verified-backup.ts';

describe('VerifyWorkflow: the backup with a damaged snapshot', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    ({ world, runId } = await backedUpWorld());
  });

  const key = (name: string): string => `${snapshotFolder(runId)}${name}`;
  const damage = (
    objects: SimulatedObjects<MemoryFiles>,
    name: string,
    change: (body: Buffer) => Buffer | undefined,
  ): void => {
    const { body } = objects.stored.get(key(name)) as { body: Uint8Array };
    const changed = change(Buffer.from(body));
    if (changed === undefined) objects.stored.delete(key(name));
    else objects.stored.set(key(name), { body: changed, etag: 'damaged' });
  };
  const flip = (body: Buffer): Buffer => {
    const at = body.length >> 1;
    body.writeUInt8((body[at] as number) ^ 1, at);
    return body;
  };
  const truncate = (body: Buffer): Buffer => body.subarray(0, body.length - 9);
  const biggest = (objects: SimulatedObjects<MemoryFiles>): string =>
    [...objects.stored]
      .filter(([name]) => name.startsWith(key('segment-')))
      .sort(([, a], [, b]) => b.body.length - a.body.length)[0]?.[0]
      .split('/')
      .at(-1) ?? '';

  const cases: readonly (readonly [what: string, change: (body: Buffer) => Buffer | undefined])[] = [
    ['a flipped bit', flip],
    ['a truncated object', truncate],
    ['a missing object', () => undefined],
  ];
  for (const [what, change] of cases) {
    it(`16.3: whose index is damaged, ${what}: ChecksumDiffers names it, in either Region`, async () => {
      damage(world.home.objects, INDEX_NAME, change);
      const here = await world.verify(world.primary, { Percent: 10 });
      expect(here).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(here.cause).to.include(key(INDEX_NAME)).and.include('the index of this snapshot cannot be used');
      await world.verify(world.backup);
      damage(world.replicaObjects, INDEX_NAME, change);
      const there = await world.verify(world.backup);
      expect(there).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(there.cause).to.include(key(INDEX_NAME));
    });

    it(`of the primary Region, ${what}: ChecksumDiffers names the object`, async () => {
      const name = biggest(world.home.objects);
      damage(world.home.objects, name, change);
      const ended = await world.verify(world.primary);
      expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(ended.cause).to.include(key(name)).and.include('The next complete export writes a snapshot of its own');
      expect(waitsForSecondLook(ended.states)).to.equal(0);
    });

    it(`of the backup Region, ${what}: ChecksumDiffers names the object; without its folder it is written anew`, async () => {
      await world.verify(world.backup);
      const name = biggest(world.replicaObjects);
      damage(world.replicaObjects, name, change);
      const ended = await world.verify(world.backup);
      expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(ended.cause)
        .to.include(key(name))
        .and.include(`Delete the folder ${snapshotFolder(runId)}`);
      for (const stored of [...world.replicaObjects.stored.keys()])
        if (stored.startsWith(snapshotFolder(runId))) world.replicaObjects.stored.delete(stored);
      expect((await world.verify(world.backup)).output).to.deep.include({ objects: { read: 8, of: 8 } });
    });
  }

  it('whose manifest is missing, damaged, or another one', async () => {
    const manifest = world.home.objects.stored.get(snapshotManifestKey(runId)) as { body: Uint8Array; etag: string };
    const sealed = JSON.parse(Buffer.from(manifest.body).toString()) as Manifest;
    const others = [undefined, '{"runId":', JSON.stringify({ ...sealed, counts: { ...sealed.counts, users: 29 } })];
    for (const text of others) {
      if (text === undefined) world.home.objects.stored.delete(snapshotManifestKey(runId));
      else world.home.objects.stored.set(snapshotManifestKey(runId), { ...manifest, body: Buffer.from(text) });
      const ended = await world.verify(world.primary);
      expect(ended, text).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(ended.cause).to.include(snapshotManifestKey(runId));
    }
  });

  it('whose manifest was not put yet at the first look: nothing happened', async () => {
    const manifest = world.home.objects.stored.get(snapshotManifestKey(runId)) as { body: Uint8Array; etag: string };
    world.home.objects.stored.delete(snapshotManifestKey(runId));
    world.whileWaiting = () => void world.home.objects.stored.set(snapshotManifestKey(runId), manifest);
    const ended = await world.verify(world.primary);
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(waitsForSecondLook(ended.states)).to.equal(1);
    expect(ended.output).to.deep.include({ objects: { read: 8, of: 8 } });
  });

  it('all of it whole, but not what was sealed', async () => {
    // A snapshot in which one object stands in for another: every object as its own manifest says.
    await world.verify(world.backup);
    const manifest = world.replicaObjects.json<Manifest>(snapshotManifestKey(runId));
    const objects = manifest.snapshot?.objects.slice(1) ?? [];
    world.replicaObjects.stored.set(snapshotManifestKey(runId), {
      body: Buffer.from(JSON.stringify({ ...manifest, snapshot: { objects } })),
      etag: 'x',
    });
    const ended = await world.verify(world.backup);
    expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
    expect(ended.cause).to.match(/The content of the snapshot .* is not what was sealed: it holds \d+ users/);
  });
});
