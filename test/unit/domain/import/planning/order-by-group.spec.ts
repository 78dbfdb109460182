import { expect } from 'chai';
import { readNdjson, toNdjson } from '../../../../../source/domain/state/ndjson.ts';
import type { PlannedGroup } from '../../../../../source/domain/import/plan/plan-model.ts';
import { orderByGroup } from '../../../../../source/domain/import/planning/order-by-group.ts';
import { classifiedShape } from '../../../../../source/domain/import/planning/classify.ts';
import type { Classified } from '../../../../../source/domain/import/planning/classify.ts';
import { World } from '../../../../support/world/world.ts';

const MEMBERS = 60;
const groupsOf = (count: number): PlannedGroup[] =>
  Array.from({ length: count }, (_, index) => ({ name: `g${index}`, members: MEMBERS }));
const user = (sub: string, groups: readonly string[]): Classified => ({
  way: 'csv',
  bytes: 10,
  created: '2025-01-01T00:00:00.000Z',
  user: { sub, name: sub, attributes: {}, enabled: true, status: 'CONFIRMED', groups },
});
const excluded = (sub: string, groups: readonly string[]): Classified => ({
  way: 'exclude',
  excluded: { sub, name: sub, reason: 'Unconfirmed', detail: '' },
  groups,
});
const subOf = (classified: Classified): string =>
  classified.way === 'exclude' ? classified.excluded.sub : classified.user.sub;

async function ordered(
  users: readonly Classified[],
  groups: readonly PlannedGroup[],
): Promise<{ readonly parts: readonly string[]; readonly subs: readonly string[] }> {
  const { objects } = new World();
  await objects.put('spool', toNdjson(users));
  const parts = await orderByGroup(objects, ['spool'], groups, 'ordered-');
  const subs: string[] = [];
  for (const part of parts) for await (const line of readNdjson(objects, part, classifiedShape)) subs.push(subOf(line));
  return { parts, subs };
}

describe('Order of users by their smallest group', () => {
  it('brings members of the first groups first, users without a group last, and everybody once', async () => {
    const users = [
      user('none', []),
      user('late', ['g299']),
      user('both', ['g299', 'g0']),
      excluded('middle', ['g150']),
      user('early', ['g1']),
    ];
    const { subs } = await ordered(users, groupsOf(300));
    expect(subs).to.deep.equal(['both', 'early', 'middle', 'late', 'none']);
  });

  it('keeps a user whose group is not known', async () => {
    expect((await ordered([user('odd', ['unknown']), user('early', ['g0'])], groupsOf(300))).subs).to.deep.equal([
      'early',
      'odd',
    ]);
  });

  it('leaves the spool as it is when there are few groups', async () => {
    expect((await ordered([user('late', ['g1']), user('early', ['g0'])], groupsOf(2))).parts).to.deep.equal(['spool']);
  });
});
