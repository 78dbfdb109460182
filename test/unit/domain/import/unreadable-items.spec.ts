import { expect } from 'chai';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { userKey } from '../../../../source/domain/backup/items.ts';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { rejection } from '../../../support/rejection.ts';

const verified = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  email: `${name}@example.test`,
  email_verified: 'true',
  ...more,
});

describe('E17: an item that something else than an export changed', () => {
  /** Users u0, u1, ... in one group; their items are changed after the seal. */
  async function damaged(
    changes: readonly ((item: TableItem) => object)[],
    settings: Partial<PoolSettings> = {},
  ): Promise<{ readonly world: RestoreWorld; readonly subs: readonly string[] }> {
    const world = new RestoreWorld(settings);
    addUsers(world.source, 10, { disabled: 0 });
    const subs = changes.map((_change, n) => {
      world.source.put(aUser({ username: `canary${n}`, attributes: verified(`canary${n}`, { nickname: 'n' }) }));
      return world.source.find(`canary${n}`)?.sub as string;
    });
    addGroups(world.source, [10 + changes.length]);
    const seed = world.table.seed.bind(world.table);
    world.table.seed = (item) =>
      seed({
        ...item,
        ...changes[subs.findIndex((sub) => userKey(sub).id === item.id && item.type === 'PROFILE')]?.(item),
      });
    await rejection(world.planned()).then((error) => expect(error.name).to.equal('ChecksumDiffers'));
    await world.planned({ acceptIncomplete: true });
    return { world, subs };
  }

  it('costs this user where nobody can tell who it is; everybody else is restored', async () => {
    const { world } = await damaged([
      () => ({ attributes: undefined }),
      () => ({ attributes: [] }),
      () => ({ username: 7 }),
      () => ({ status: null }),
    ]);
    expect(world.plan().counts).to.deep.include({ byCsv: 10, oneByOne: 0, excludedBy: { Unreadable: 4 } });
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 10, usersExcluded: 4, membershipsWithoutUser: 4 });
    expect(
      world.report('failures.csv').match(/^no,[^\n]*,Unreadable: .*,nothing,the user is not restored/gm),
    ).to.have.length(4);
    expect(world.report('failures.csv')).to.match(/,canary0,,Unreadable: .*no readable attributes/);
  });

  it('costs the value that is no text, and never enables anybody', async () => {
    const { world } = await damaged([
      ({ attributes }) => ({ attributes: { ...(attributes as object), nickname: 7 } }),
      ({ attributes }) => ({ attributes: { ...(attributes as object), nickname: null, 'custom:unheard': 'of' } }),
      () => ({ enabled: null }),
      () => ({ created: 0 }),
    ]);
    const { withLosses } = world.plan().counts;
    expect(withLosses).to.equal(3);
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 14, usersWithoutAttribute: 3, membershipsMissing: 0 });
    expect(differences(world.source, world.target)).to.deep.equal([
      'canary0: nickname',
      'canary1: nickname',
      'canary2: enabled',
    ]);
    const report = world.report('failures.csv');
    expect(report).to.match(/,canary0,,Unreadable: .*,restored without it,different: nickname/);
    expect(report).to.match(/,canary1,,BadAttribute: .*,restored without it,different: custom:unheard/);
    expect(report).to.match(/,canary2,,Unreadable: .*disabled.*,restored without it,different: enabled/);
    expect(outcome.summary).to.contain('3 without an attribute').and.not.contain('canary');
  });

  it('costs a group its settings, and a membership of nowhere itself', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 3);
    world.source.putGroup({ name: 'staff', description: 'd', precedence: 1 });
    world.source.join('user1', 'staff');
    const seed = world.table.seed.bind(world.table);
    world.table.seed = (item) => {
      const damagedToo = item.type === 'GROUP' ? { description: 7, precedence: -1 } : {};
      seed({ ...item, ...damagedToo });
      if (!item.type.startsWith('MEMBER_OF#')) return;
      seed({ ...item, type: 'MEMBER_OF#' });
      seed({ ...item, id: 'USER#' });
    };
    await world.planned({ acceptIncomplete: true });
    const outcome = await world.execute();
    expect(outcome.counts).to.include({ usersRestored: 3, membershipsMissing: 0, membershipsWithoutUser: 2 });
    expect(differences(world.source, world.target)).to.deep.equal(['group staff']);
  });
});
