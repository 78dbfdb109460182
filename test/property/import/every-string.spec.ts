import { expect } from 'chai';
import fc from 'fast-check';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { fromAttributeValues, toAttributeValues } from '../../../source/adapters/item-codec.ts';
import { contentDigest } from '../../../source/domain/backup/hashing.ts';
import { isDamaged } from '../../../source/domain/backup/tally.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { differences } from '../../support/import/differences.ts';
import { keepSnapshot } from '../../support/import/kept-snapshot.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { SEALED_RUN, sealBackup } from '../../support/import/sealed-backup.ts';
import { aUser } from '../../support/world/builders.ts';

/** DynamoDB's wire and store: JSON, in which text is UTF-8 and bytes are Base64. */
function throughDynamoDb(values: Record<string, AttributeValue>): Record<string, AttributeValue> {
  const stored = (value: unknown): unknown => {
    if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('utf8');
    if (value instanceof Uint8Array)
      return Uint8Array.from(Buffer.from(Buffer.from(value).toString('base64'), 'base64'));
    if (Array.isArray(value)) return value.map(stored);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stored(member)]));
  };
  return stored(values) as Record<string, AttributeValue>;
}

const throughTable = (item: TableItem): TableItem => fromAttributeValues(throughDynamoDb(toAttributeValues(item)));

/** Any UTF-16 units; among them halves of characters, alone and in the wrong order. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 2, arbitrary: fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0xd83d, 0xde00) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
);
const anyString = fc.array(unit, { minLength: 1, maxLength: 12 }).map((units) => String.fromCharCode(...units));

describe('F21: every string that Cognito can hold', function () {
  this.timeout(60_000);

  it('comes back from the table as it went there, and its item is not damaged', () => {
    fc.assert(
      fc.property(anyString, anyString, (name, value) => {
        const item = { id: 'USER#1', type: 'PROFILE', username: name, attributes: { name: value }, list: [value] };
        const sealed = { ...item, contentHash: contentDigest(item).toString('hex') };
        const found = throughTable(sealed);
        expect(JSON.parse(JSON.stringify(found))).to.deep.equal(sealed);
        expect(isDamaged(found, contentDigest(found))).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });

  for (const from of ['table', 'snapshot'] as const)
    it(`comes back in a restore from the ${from}, or is reported by the name of its user and attribute`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(anyString, anyString), { minLength: 1, maxLength: 8 }), async (values) => {
          const world = new RestoreWorld();
          values.forEach(([name, address], n) =>
            world.source.put(
              aUser({
                username: `user${n}`,
                attributes: { email: `user${n}@example.test`, email_verified: 'true', name, address },
              }),
            ),
          );
          const seed = world.table.seed.bind(world.table);
          world.table.seed = (item) => seed(throughTable(item));
          if (from === 'snapshot') keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source));
          await world.planned(from === 'snapshot' ? { exportRun: SEALED_RUN } : {});
          const outcome = await world.execute();
          const report = world.report('failures.csv').split('\n');
          for (const found of differences(world.source, world.target)) {
            const [user, attribute] = found.split(': ') as [string, string];
            const told = report.some((row) => row.includes(`,${user},`) && row.includes(`different: ${attribute}`));
            expect(told, `${found}, which the report does not name`).to.equal(true);
          }
          expect(outcome.counts).to.include({ usersInBackup: values.length, usersRestored: values.length });
        }),
        { numRuns: 25 },
      );
    });
});
