import { expect } from 'chai';
import { membershipItem } from '../../../../../source/domain/backup/items.ts';
import type { RestoreUser, UpdateOp } from '../../../../../source/domain/import/plan/plan-model.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { manifestOf, SEALED_RUN, sealBackup } from '../../../../support/import/sealed-backup.ts';
import { addGroups, addUsers, aUser } from '../../../../support/world/builders.ts';
import { oddUsersWorld } from '../../../../support/import/odd-users-world.ts';

describe('scanTable: groups and memberships', () => {
  it('sorts groups by size, keeps their settings and plans empty ones', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    await world.scan();
    expect(world.groups().map(({ name, members }) => [name, members])).to.deep.equal([
      ['empty', 0],
      ['admins', 2],
      ['all', 23],
    ]);
    expect(world.groups()[1]).to.include({ description: 'All rights', precedence: 0 });
    expect(world.batchOps().find(({ ops }) => ops[0]?.op === 'group')).to.deep.equal({
      chunk: null,
      ops: [{ op: 'group', group: 0 }],
    });
    expect(world.plan().notes.join()).to.match(/1 group had an IAM role/);
  });

  it('puts what follows an import job into that chunk: disable first, then memberships group by group', async () => {
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    await world.scan();
    const ops = world
      .batchOps()
      .filter(({ chunk }) => chunk === 0)
      .flatMap((batch) => batch.ops);
    expect(ops[0]).to.deep.include({ op: 'disable', name: 'off' });
    const adds = ops.slice(1).filter((op): op is Extract<UpdateOp, { op: 'add' }> => op.op === 'add');
    expect(adds).to.have.length(22);
    expect(adds.map(({ group }) => group)).to.deep.equal(adds.map(({ group }) => group).sort());
    expect(adds[0]).to.include({ name: 'user3', group: 1 });
  });

  it('keeps all operations of a user who is created one by one together and in order, for release at once', async () => {
    const world = oddUsersWorld();
    world.source.put(
      aUser({ username: 'breaks', enabled: false, attributes: { email_verified: 'true', address: 'a\nb' } }),
    );
    sealBackup(world.table, world.source);
    await world.scan();
    const [batch] = world.batchOps().filter(({ ops }) => ops.some((op) => op.op === 'create'));
    expect(batch?.chunk).to.equal(null);
    const start = batch?.ops.findIndex((op) => op.op === 'create' && op.user.name === 'breaks') as number;
    expect(batch?.ops.slice(start, start + 4).map((op) => op.op)).to.deep.equal(['create', 'disable', 'add', 'add']);
  });

  it('brings the members of the smallest groups first and doubles the later chunks', async () => {
    const world = new PlanningWorld();
    addUsers(world.source, 3_600, { disabled: 0 });
    addGroups(world.source, [900, 50, 2_000]);
    sealBackup(world.table, world.source);
    await world.scan();
    const [first, ...later] = world.chunkUsers() as [RestoreUser[], ...RestoreUser[][]];
    expect(world.plan().chunks.map(({ users }) => users)).to.deep.equal([1_000, 2_000, 600]);
    const small = new Set([0, 1]);
    expect(first.filter(({ groups }) => groups.some((group) => small.has(group))).length).to.be.at.least(900);
    expect(later.flat().some(({ groups }) => groups.some((group) => small.has(group)))).to.equal(false);
    expect(new Set([first, ...later].flat().map(({ sub }) => sub)).size).to.equal(3_600);
  });

  it('reports memberships without a user and plans groups that only memberships name', async () => {
    const world = oddUsersWorld();
    const manifest = sealBackup(world.table, world.source);
    const items = [
      membershipItem('00000000-0000-4000-8000-000000000001', 'all', SEALED_RUN),
      membershipItem(world.source.find('user5')?.sub as string, 'ghosts', SEALED_RUN),
    ];
    for (const item of items) world.table.seed(item);
    world.table.seed({
      ...manifestOf(world.source, [...world.table.all()]),
      id: `EXPORT#${manifest.runId}`,
      type: 'MANIFEST',
    });
    await world.scan();
    expect(world.plan().counts.membershipsWithoutUser).to.equal(2);
    expect(world.groups().map(({ name, members }) => [name, members])).to.deep.include(['ghosts', 1]);
    expect(world.plan().notes.join()).to.match(/1 group is in the backup by members only/);
  });
});
