import { expect } from 'chai';
import { actualItems } from '../../../../support/export/expected-table.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';
import { exportedPool } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';

describe('clean-up of the backup table: users that a listing missed', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

  it('looks up a user that the listing did not show, and keeps it with its memberships', async () => {
    addGroups(pool, [100]);
    await run();
    const hidden = pool.find('user3');
    const original = world.cognito.listUsersPage;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await original(poolId, request);
      return request.filter?.startsWith('sub =') === true
        ? page
        : { ...page, items: page.items.filter(({ sub }) => sub !== hidden?.sub) };
    };
    world.cognito.listUsersInGroupPage = async () => ({ items: [] });
    const summary = await run({ maxDeletePercent: 100 });
    expect(summary.deleted).to.deep.equal({ users: 0, groups: 0, memberships: 99 });
    expect(summary.counts).to.deep.equal({ users: 100, groups: 1, memberships: 1 });
    expect(Object.keys(actualItems(world.table))).to.include.members([
      `USER#${hidden?.sub} PROFILE`,
      `USER#${hidden?.sub} MEMBER_OF#group0`,
    ]);
  });

  it('disbelieves a listing that missed many users who exist', async () => {
    addUsers(pool, 1400, { prefix: 'more' });
    await run();
    const original = world.cognito.listUsersPage;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await original(poolId, request);
      return request.filter?.startsWith('sub =') === true
        ? page
        : { ...page, items: page.items.filter(({ username }) => username.startsWith('user')) };
    };
    const error = await rejection(run({ allowMassDelete: true }));
    expect(error.message).to.include('cannot be trusted');
    expect(Object.keys(actualItems(world.table))).to.have.length(1500);
  });
});
