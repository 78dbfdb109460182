import { expect } from 'chai';
import { membershipItem, userItem } from '../../../../../source/domain/backup/items.ts';
import type { ItemKey, TableItem } from '../../../../../source/domain/ports.ts';
import { withAdministrators } from '../../../../../tools/bench/cells.ts';
import { userOf } from '../../../../../tools/bench/population.ts';
import { PopulationItems } from '../../../../../tools/bench/virtual/population-items.ts';
import { SourcePool } from '../../../../../tools/bench/virtual/source-pool.ts';
import { MemoryItems } from '../../../../../tools/simulation/storage/memory-items.ts';
import { SimulatedTable } from '../../../../../tools/simulation/storage/table.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const USERS = 40;
const pool = (): SourcePool => new SourcePool(withAdministrators({ users: USERS, groups: 4, perUser: 2 }), USERS + 5);

/** Users with their memberships, and records of two runs. */
function items(): TableItem[] {
  const { memberships } = pool();
  return [
    ...Array.from({ length: USERS }, (_, index) => index).flatMap((index) => [
      userItem(userOf(index), 'username', 'run-1'),
      ...memberships
        .groupsOf(index)
        .map((group) => membershipItem(userOf(index).sub, memberships.nameOf(group), 'run-1')),
    ]),
    ...['EXPORT#1', 'EXPORT#2', 'GROUP#1', 'GROUP#2'].map((id) => ({ id, type: 'T' })),
  ];
}

const text = ({ id, type }: ItemKey): string => `${id} ${type}`;

async function scanned(table: SimulatedTable, totalSegments: number): Promise<string[]> {
  const seen: string[] = [];
  for (let segment = 0; segment < totalSegments; segment += 1) {
    let start: ItemKey | undefined;
    do {
      const page = await table.scanPage({
        segment,
        totalSegments,
        consistent: true,
        ...(start === undefined ? {} : { start }),
      });
      seen.push(...page.items.map(text));
      start = page.next;
    } while (start !== undefined);
  }
  return seen;
}

const stores = {
  'in memory': () => new MemoryItems(),
  'computed from a population': () => new PopulationItems(pool()),
};

for (const [name, store] of Object.entries(stores))
  describe(`simulated table: items ${name}`, () => {
    it('are scanned once in any number of segments and pages, those of one user together', async () => {
      const table = new SimulatedTable(new World().calls, store());
      await table.putItems(items());
      const all = items().map(text).sort();
      for (const [pageItems, segments] of [
        [1, 1],
        [7, 3],
        [1_000, 5],
      ] as const) {
        table.pageItems = pageItems;
        const seen = await scanned(table, segments);
        expect([...seen].sort()).to.deep.equal(all);
        const ids = seen.map((key) => key.split(' ')[0]);
        expect(ids.filter((id, at) => id !== ids[at - 1])).to.have.length(new Set(ids).size);
      }
    });

    it('are replaced, deleted, and written only where the condition holds', async () => {
      const table = new SimulatedTable(new World().calls, store());
      const [user] = items() as [TableItem];
      expect(await table.putItemIf(user, 'absent')).to.equal(true);
      expect(await table.putItemIf(user, 'absent')).to.equal(false);
      expect(await table.putItemIf({ ...user, changedIn: 'run-2' }, { attribute: 'changedIn', value: 'x' })).to.equal(
        false,
      );
      expect(
        await table.putItemIf({ ...user, changedIn: 'run-2' }, { attribute: 'changedIn', value: 'run-1' }),
      ).to.equal(true);
      expect(await table.getItem(user)).to.deep.include({ changedIn: 'run-2' });
      await table.transact([{ id: 'EXPORT#1', type: 'T' }], [user]);
      expect(table.all().map(text)).to.deep.equal(['EXPORT#1 T']);
      expect([table.written, table.deleted]).to.deep.equal([3, 1]);
    });

    it('are refused twice in one request', async () => {
      const table = new SimulatedTable(new World().calls, store());
      const [user] = items() as [TableItem];
      expect((await rejection(table.putItems([user, user]))).message).to.include('duplicates');
    });
  });
