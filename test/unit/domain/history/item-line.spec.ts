import { expect } from 'chai';
import { groupItem, membershipItem, userItem } from '../../../../source/domain/backup/items.ts';
import { ItemLine } from '../../../../source/domain/history/item-line.ts';
import { ItemTable } from '../../../../source/domain/history/item-table.ts';
import { listedItems } from '../../../../source/domain/history/light-items.ts';
import type { LightItem } from '../../../../source/domain/history/light-item.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { subFor } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { aUser } from '../../../support/world/builders.ts';

const print = ({ kind, keyHigh, keyLow, contentHigh, contentLow }: LightItem): readonly unknown[] => [
  kind,
  keyHigh,
  keyLow,
  contentHigh,
  contentLow,
];

async function printsOf(items: readonly TableItem[]): Promise<readonly unknown[]> {
  const prints: unknown[] = [];
  const listed = listedItems((take) => Promise.resolve(take(items)), items.length);
  await listed.read(
    (item) => prints.push(print(item)),
    () => undefined,
  );
  return prints;
}

const linesOf = (items: readonly TableItem[]): Buffer =>
  Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(''));

/** The same item with its fields in another order. */
const turned = (item: TableItem): TableItem =>
  Object.fromEntries(Object.entries(item).reverse()) as unknown as TableItem;

const ITEMS: readonly TableItem[] = [
  userItem(aUser({ username: 'plain' }), 'username', 'run'),
  userItem(
    aUser({
      username: 'Übung "quoted" \\ 漢字',
      attributes: { name: '"id":"x","type":"y","contentHash":"0123456789abcdef0123"', note: 'line\nend\u2028' },
    }),
    'username',
    'run',
  ),
  membershipItem(subFor('plain'), 'Gruppe für 漢字', 'run'),
  membershipItem(subFor('plain'), 'plain', 'run'),
  groupItem({ name: 'Gruppe für 漢字', description: '"contentHash":"ffffffffffffffff"' }, 'run'),
];

describe('Lines of a snapshot', () => {
  it('16.2: say key, content and kind of an item as the item itself does, in whatever order its fields are written', async () => {
    const wanted = await printsOf(ITEMS);
    for (const items of [ITEMS, ITEMS.map(turned), ITEMS.map((item, at) => (at % 2 === 0 ? item : turned(item)))]) {
      const line = new ItemLine(linesOf(items), () => expect.fail('taken apart'));
      const found: unknown[] = [];
      while (line.next()) {
        expect(line.isLight).to.equal(true);
        found.push(print(line));
      }
      expect(found).to.deep.equal(wanted);
    }
  });

  it('16.2: are taken apart where the key has escapes, there is no content hash, or it is no content of a backup', () => {
    const [user, , , member] = ITEMS as [TableItem, TableItem, TableItem, TableItem];
    const { contentHash: _none, ...without } = user;
    const odd = [
      membershipItem(subFor('plain'), 'a "quoted" \\ group', 'run'),
      without as TableItem,
      { ...member, contentHash: 'none' },
      { ...user, id: 'EXPORT#run' },
    ];
    const bytes = linesOf(odd);
    const line = new ItemLine(bytes, (from, to) => JSON.parse(bytes.toString('utf8', from, to)) as TableItem);
    const found: TableItem[] = [];
    while (line.next()) {
      expect(line.isLight).to.equal(false);
      found.push(line.whole());
    }
    expect(found).to.deep.equal(odd);
  });

  it('16.2: tell 200,000 users and memberships apart', async () => {
    const table = new ItemTable(200_000);
    const items = Array.from({ length: 50_000 }, (_, n) => n).flatMap((n) => {
      const sub = subFor(`user${n}`);
      return [
        { id: `USER#${sub}`, type: 'PROFILE', contentHash: '' },
        ...[1, 2, 3].map((group) => ({ id: `USER#${sub}`, type: `MEMBER_OF#group-${group}`, contentHash: '' })),
      ];
    });
    let same = 0;
    await listedItems((take) => Promise.resolve(take(items)), items.length).read(
      (item) => {
        if (table.find(item) !== undefined) same += 1;
        table.add(item);
      },
      () => undefined,
    );
    expect([table.size, same]).to.deep.equal([200_000, 0]);
  });
});
