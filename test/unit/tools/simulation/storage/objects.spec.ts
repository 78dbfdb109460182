import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FilesOnDisk } from '../../../../../tools/bench/virtual/files-on-disk.ts';
import { MemoryFiles } from '../../../../../tools/simulation/storage/memory-files.ts';
import { SimulatedObjects } from '../../../../../tools/simulation/storage/objects.ts';
import type { ObjectFiles } from '../../../../../tools/simulation/storage/objects.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'objects-test-'));
const stores: Readonly<Record<string, () => ObjectFiles>> = {
  'in memory': () => new MemoryFiles(),
  'on disk': () => new FilesOnDisk(join(folder, 'bucket')),
};

for (const [name, store] of Object.entries(stores))
  describe(`simulated objects ${name}`, () => {
    let objects: SimulatedObjects<ObjectFiles>;
    beforeEach(() => {
      objects = new SimulatedObjects(new World().calls, store());
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    const listed = async (prefix: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const key of objects.list(prefix)) keys.push(key);
      return keys;
    };

    it('are written under a condition, and read whole or in pieces', async () => {
      const etag = await objects.put('a/1', 'first', { absent: true });
      expect((await rejection(objects.put('a/1', 'second', { absent: true }))).name).to.equal('PreconditionFailed');
      expect((await rejection(objects.put('a/1', 'second', { etag: '"x"' }))).name).to.equal('PreconditionFailed');
      await objects.put('a/1', 'second', { etag });
      expect(objects.text('a/1')).to.equal('second');
      objects.chunkBytes = 4;
      const pieces: string[] = [];
      for await (const piece of objects.read('a/1')) pieces.push(Buffer.from(piece).toString());
      expect(pieces).to.deep.equal(['seco', 'nd']);
    });

    it('are not there before the last part was written', async () => {
      const seen: boolean[] = [];
      async function* parts(): AsyncIterable<Uint8Array> {
        for (const part of ['one', 'two']) {
          yield Buffer.from(part);
          seen.push((await objects.get('large')) !== undefined);
        }
      }
      await objects.write('large', parts());
      expect(seen).to.deep.equal([false, false]);
      expect([objects.text('large'), objects.sizeOf('l')]).to.deep.equal(['onetwo', 6]);
    });

    it('are listed in order, a thousand keys per call', async () => {
      for (let at = 0; at < 1_001; at += 1) await objects.put(`many/${String(at).padStart(4, '0')}`, '');
      await objects.put('other', '');
      const keys = await listed('many/');
      expect(keys).to.have.length(1_001);
      expect(keys).to.deep.equal([...keys].sort());
    });

    it('have tags until they are written again, and none once they are deleted', async () => {
      await objects.put('a', '1');
      await objects.tagAll(['a', 'absent'], { class: 'x' });
      expect([...objects.tags]).to.deep.equal([['a', { class: 'x' }]]);
      await objects.put('a', '2');
      expect(objects.tags.size).to.equal(0);
      await objects.deleteAll(['a', 'absent']);
      expect(await objects.get('a')).to.equal(undefined);
    });
  });
