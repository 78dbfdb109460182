import { expect } from 'chai';
import fc from 'fast-check';
import { csvBytes, csvHeaderLine } from '../../../source/domain/import/csv/csv-line.ts';
import { buildChunkCsv } from '../../../source/domain/import/jobs/chunk-csv.ts';
import { restoreUserShape } from '../../../source/domain/import/plan/plan-model.ts';
import type { ChunkPlan } from '../../../source/domain/import/plan/plan-model.ts';
import { afterCollisions, givingWay } from '../../../source/domain/import/planning/giving-way.ts';
import { classifyBackup } from '../../../source/domain/import/planning/classify-backup.ts';
import { classifiedShape } from '../../../source/domain/import/planning/classify.ts';
import type { Rules } from '../../../source/domain/import/planning/classify.ts';
import type { NameRules } from '../../../source/domain/import/planning/collisions.ts';
import { cutChunk, newDraft } from '../../../source/domain/import/planning/cut-chunk.ts';
import type { SpooledUser } from '../../../source/domain/import/planning/spooled-user.ts';
import { readSpool } from '../../../source/domain/import/planning/spool.ts';
import { toNdjson } from '../../../source/domain/state/ndjson.ts';
import { anyText, userWith } from '../../support/import/any-users.ts';
import { headerOf, SCHEMA } from '../../support/import/csv-pool.ts';
import { World } from '../../support/world/world.ts';

const RULES: Rules & NameRules = {
  header: headerOf(SCHEMA),
  mfaFlag: 'true',
  autoVerified: ['email'],
  signInName: 'username',
  schema: SCHEMA,
  sourceSchema: [],
  sourceVerified: ['email'],
  aliases: [],
  restoreUnconfirmed: false,
  runStartedAt: '2026-03-01T00:00:00.000Z',
  caseSensitive: false,
  sourceCaseSensitive: false,
};

/** Plans the users as far as their chunks; `bytesOf`: the recorded size of the row, by `sub`. */
async function planned(
  users: readonly SpooledUser[],
  chunkBytes: number,
): Promise<{
  readonly objects: World['objects'];
  readonly chunks: readonly ChunkPlan[];
  readonly bytesOf: Map<string, number>;
}> {
  const { objects } = new World();
  await objects.put('read', toNdjson(users));
  const limits = { firstChunkUsers: 20, chunkUsers: 20, chunkBytes };
  const { parts, losers, tally } = await classifyBackup({
    objects,
    parts: ['read'],
    prefix: 'classified-',
    rules: RULES,
    firstChunkUsers: limits.firstChunkUsers,
    orphans: 0,
    sourcePoolId: 'us-east-1_Source123',
  });
  const bytesOf = new Map<string, number>();
  for await (const found of readSpool(objects, parts, classifiedShape))
    if (found.way === 'csv') bytesOf.set(found.user.sub, found.bytes);
  let draft = newDraft('a secret');
  while (!draft.ended)
    draft = await cutChunk(draft, {
      objects,
      parts,
      afterCollisions: (found) => afterCollisions(found, givingWay(losers, [], []), RULES),
      groupIndex: new Map(),
      firstGroups: 0,
      folder: 'restore/',
      groups: [],
      caseSensitive: RULES.caseSensitive,
      csvHeader: RULES.header,
      sizes: { ...limits, counts: tally.counts },
    });
  return { objects, chunks: draft.chunks, bytesOf };
}

describe('sizes of CSV rows', () => {
  it('that planning recorded, with the header, add up to the bytes of the file that the job uploads, for any users', async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(userWith(anyText), { selector: ({ username }) => username, maxLength: 12 }),
        fc.integer({ min: 500, max: 8_000 }),
        async (users, chunkBytes) => {
          const { objects, chunks, bytesOf } = await planned(users, chunkBytes);
          for (const chunk of chunks) {
            const { csv } = await buildChunkCsv(objects, { csvHeader: RULES.header, mfaFlag: RULES.mfaFlag }, chunk);
            const recorded: number[] = [];
            for await (const { sub } of readSpool(objects, [chunk.key], restoreUserShape))
              recorded.push(bytesOf.get(sub) ?? NaN);
            rows += recorded.length;
            expect(csv.length).to.equal(chunk.csvBytes);
            expect(csv.length).to.equal(
              recorded.reduce((sum, bytes) => sum + bytes, csvBytes(csvHeaderLine(RULES.header))),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(rows).to.be.greaterThan(100);
  });
});
