import { expect } from 'chai';
import fc from 'fast-check';
import { contentHash } from '../../../source/domain/backup/hashing.ts';
import { itemKind, keyText } from '../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { anyApplication, show } from '../../support/backup/applied-plan.ts';
import { VerifyWorld } from '../../support/workflows/verify-world.ts';
import { addGroups, addUsers } from '../../support/world/builders.ts';

const NEXT_RUN = '20260302T000000Z-0000aaaa';
const ERRORS = ['ReplicaBehind', 'CountsDiffer', 'ChecksumDiffers'];

const hashes = (items: readonly TableItem[]): Map<string, string> =>
  new Map(items.filter((item) => itemKind(item) !== undefined).map((item) => [keyText(item), contentHash(item)]));

describe('VerifyWorkflow in a Region that got a run in any order', () => {
  it('finds in order what was sealed, and what the digests that are there explain; everything else it tells', async function () {
    this.timeout(60_000);
    const sealedWorld = new VerifyWorld();
    addUsers(sealedWorld.home.source, 12);
    addGroups(sealedWorld.home.source, [3]);
    await sealedWorld.export();
    const ends = { inOrder: 0, told: 0, damaged: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed);
        const world = sealedWorld.copy();
        const { table } = world.backup;
        const sealed = hashes(table.all());
        const { marker, digests, content } = anyApplication(table, NEXT_RUN);
        const [early, arrived] = [random() < 0.7, random()];
        for (const each of [marker, ...digests]) show(table, each, early ? 1 : wholeNumber(random, 0, 2));
        for (const each of content) show(table, each, random() < arrived ? 1 : 0);
        const planned = new Set(content.map(({ key }) => keyText(key)));
        const damaged = random() < 0.3;
        if (damaged) {
          const items = table.all().filter((item) => itemKind(item) !== undefined && !planned.has(keyText(item)));
          table.take(items[wholeNumber(random, 0, items.length - 1)] as TableItem);
        }
        const ended = await world.verify(world.backup);
        const now = hashes(table.all());
        const exact = now.size === sealed.size && [...now].every(([key, hash]) => sealed.get(key) === hash);
        const told = early || (table.peek(marker.key) !== undefined && digests.every(({ key }) => table.peek(key)));
        if (!damaged && (exact || told)) {
          ends.inOrder += 1;
          expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
        } else {
          ends[damaged ? 'damaged' : 'told'] += 1;
          expect(ended.status).to.equal('FAILED');
          expect(ERRORS).to.include(ended.error);
        }
      }),
      { numRuns: 60 },
    );
    for (const [end, times] of Object.entries(ends)) expect(times, end).to.be.greaterThan(0);
  });
});
