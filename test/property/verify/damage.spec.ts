import { expect } from 'chai';
import fc from 'fast-check';
import { contentHash } from '../../../source/domain/backup/hashing.ts';
import { itemKind } from '../../../source/domain/backup/items.ts';
import { manifestKey } from '../../../source/domain/backup/manifest.ts';
import { snapshotFolder } from '../../../source/domain/backup/snapshot/names.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { addGroups, addUsers } from '../../support/world/builders.ts';
import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import { VerifyWorld } from '../../support/workflows/verify-world.ts';

type Site = VerifyWorld['primary'];

/** Flips one bit somewhere in the text; what is no longer JSON, or only bookkeeping, is flipped elsewhere. */
function flipped(item: TableItem, at: number): TableItem {
  const text = JSON.stringify(item);
  for (let tries = 0; tries < text.length * 8; tries += 1) {
    const bytes = Buffer.from(text);
    const place = (at + tries) % (bytes.length * 8);
    bytes.writeUInt8((bytes[place >> 3] as number) ^ (1 << (place & 7)), place >> 3);
    try {
      const changed = JSON.parse(bytes.toString('utf8')) as TableItem;
      const same = contentHash(changed) === contentHash(item) && changed.contentHash === item.contentHash;
      if (changed.id === item.id && changed.type === item.type && !same) return changed;
    } catch {
      // Another bit, then.
    }
  }
  throw new Error('no bit can be flipped');
}

const stolen = (objects: SimulatedObjects<MemoryFiles>, key: string, change: (body: Buffer) => Uint8Array): void =>
  void objects.stored.set(key, { body: change(Buffer.from(objects.stored.get(key)?.body ?? [])), etag: 'changed' });

const content = (site: Site): TableItem[] => site.table.all().filter((item) => itemKind(item) !== undefined);
const pick = <T>(values: readonly T[], at: number): T => values[at % values.length] as T;

/** Each kind of damage, done to the item or object that `at` selects; and the errors by which it may be told. */
const DAMAGE: Readonly<
  Record<
    string,
    { readonly apply: (site: Site, runId: string, at: number) => void; readonly errors: readonly string[] }
  >
> = {
  'a bit of an item': {
    apply: (site, _runId, at) => site.table.seed(flipped(pick(content(site), at >> 8), at)),
    errors: ['ChecksumDiffers'],
  },
  'an item dropped': {
    // In the replica an item that the last run wrote may also be under way.
    apply: (site, _runId, at) => {
      const { id, type } = pick(content(site), at);
      site.table.take({ id, type });
      site.table.seed({ id: 'EXPORT#x', type: 'x' });
    },
    errors: ['CountsDiffer', 'ReplicaBehind'],
  },
  'an item added': {
    apply: (site, _runId, at) => {
      const item = pick(content(site), at);
      site.table.seed({ ...item, id: `${item.id.split('#')[0] ?? ''}#added-${at}` });
    },
    errors: ['CountsDiffer'],
  },
  'an item replaced by another': {
    apply: (site, _runId, at) => {
      const item = pick(
        content(site).filter((each) => itemKind(each) === 'user'),
        at,
      );
      const changed: TableItem = { ...item, status: 'COMPROMISED' };
      site.table.seed({ ...changed, contentHash: contentHash(changed) });
    },
    errors: ['ChecksumDiffers'],
  },
  'the manifest dropped': {
    apply: (site, runId) => {
      site.table.take(manifestKey(runId));
      site.table.seed({ id: 'EXPORT#x', type: 'x' });
    },
    errors: ['ManifestMissing', 'ReplicaBehind'],
  },
  'a bit of an object': {
    apply: ({ objects }, runId, at) =>
      stolen(objects, objectOf(objects, runId, at), (body) => {
        const place = (at >> 4) % (body.length * 8);
        body.writeUInt8((body[place >> 3] as number) ^ (1 << (place & 7)), place >> 3);
        return body;
      }),
    errors: ['ChecksumDiffers'],
  },
  'an object cut': {
    apply: ({ objects }, runId, at) =>
      stolen(objects, objectOf(objects, runId, at), (body) => body.subarray(0, at % body.length)),
    errors: ['ChecksumDiffers'],
  },
  'bytes after an object': {
    apply: ({ objects }, runId, at) =>
      stolen(objects, objectOf(objects, runId, at), (body) => Buffer.concat([body, Buffer.alloc(1 + (at % 30), at)])),
    errors: ['ChecksumDiffers'],
  },
  'an object removed': {
    apply: ({ objects }, runId, at) => void objects.stored.delete(objectOf(objects, runId, at)),
    errors: ['ChecksumDiffers'],
  },
};

const objectOf = (objects: SimulatedObjects<MemoryFiles>, runId: string, at: number): string =>
  pick(
    [...objects.stored.keys()].filter((key) => key.startsWith(snapshotFolder(runId)) && key.endsWith('.gz')).sort(),
    at,
  );

describe('VerifyWorkflow and damage of any kind', function () {
  this.timeout(60_000);

  /** Odd ones have a second run that wrote a few items only. */
  const worlds: { readonly world: VerifyWorld; readonly runId: string }[] = [];
  before(async () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const world = new VerifyWorld();
      world.home.table.pageItems = seed * 3;
      world.replica.pageItems = 10 - seed;
      addUsers(world.home.source, 5 + seed);
      addGroups(world.home.source, [seed % 4, 3]);
      await world.export();
      if (seed % 2 === 1) addUsers(world.home.source, seed, { prefix: 'late' });
      const runId = await world.export();
      await world.verify(world.backup);
      worlds.push({ world, runId });
    }
  });

  for (const [what, { apply, errors }] of Object.entries(DAMAGE)) {
    it(`sees ${what}, in either Region, and in the same words when asked again`, () =>
      fc.assert(
        fc.asyncProperty(fc.nat(3), fc.nat(1 << 30), fc.boolean(), async (index, at, inPrimary) => {
          const { world: before, runId } = worlds[index] as (typeof worlds)[number];
          const world = before.copy();
          const site = inPrimary ? world.primary : world.backup;
          expect(await world.verify(site), 'undamaged').to.include({ status: 'SUCCEEDED' });
          apply(site, runId, at);
          const ended = await world.verify(site);
          expect(ended.status).to.equal('FAILED');
          expect(
            errors.filter((error) => error !== 'ReplicaBehind' || !inPrimary),
            ended.cause,
          ).to.include(ended.error);
          expect((await world.verify(site)).cause).to.equal(ended.cause);
          // The other Region has its own copy.
          expect(await world.verify(inPrimary ? world.backup : world.primary)).to.include({ status: 'SUCCEEDED' });
        }),
        { numRuns: 5 },
      ));
  }
});
