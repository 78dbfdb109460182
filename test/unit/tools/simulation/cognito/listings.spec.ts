import { expect } from 'chai';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../../support/world/builders.ts';
import { World } from '../../../../support/world/world.ts';

const POOL = 'eu-west-1_Source';

async function listAll(world: World, filter?: string): Promise<PoolUser[]> {
  const users: PoolUser[] = [];
  let token: string | undefined;
  do {
    const page = await world.cognito.listUsersPage(POOL, {
      ...(filter === undefined ? {} : { filter }),
      ...(token === undefined ? {} : { token }),
    });
    users.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return users;
}

describe('simulated Cognito: listings', () => {
  it('lists every user once through short and empty pages, also by prefixes of sub', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 500);
    Object.assign(world.cognito.knobs, { shortPages: 0.3, emptyPages: 0.2 });
    expect(new Set((await listAll(world)).map(({ sub }) => sub)).size).to.equal(500);
    const byPrefix = await Promise.all([...'0123456789abcdef'].map((digit) => listAll(world, `sub ^= "${digit}"`)));
    expect(byPrefix.flat()).to.have.length(500);
  });

  it('A7: can filter by the beginning of a value after it has cut the pages: few users on each, all of them in the end', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 500);
    world.cognito.knobs.filterAfterPaging = true;
    const first = await world.cognito.listUsersPage(POOL, { filter: 'sub ^= "a"' });
    expect(first.items.length).to.be.below(20);
    expect(first.items.every(({ sub }) => sub.startsWith('a'))).to.equal(true);
    expect(first).to.have.property('next');
    const byPrefix = await Promise.all([...'0123456789abcdef'].map((digit) => listAll(world, `sub ^= "${digit}"`)));
    expect(new Set(byPrefix.flat().map(({ sub }) => sub)).size).to.equal(500);
    expect(byPrefix.flat()).to.have.length(500);
    expect(world.calls.countOf('cognito.listUsersPage')).to.equal(1 + 16 * Math.ceil(500 / 60));
    // A whole value is looked up.
    const [someone] = first.items;
    const found = await world.cognito.listUsersPage(POOL, { filter: `sub = "${someone?.sub ?? ''}"` });
    expect(found).to.deep.equal({ items: [someone] });
  });

  it('refuses an expired token and a token of another chain', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 100);
    const { next } = await world.cognito.listUsersPage(POOL, {});
    expect(
      (await rejection(world.cognito.listUsersPage(POOL, { filter: 'sub ^= "a"', token: next as string }))).name,
    ).to.equal('InvalidPaginationToken');
    world.clock.advance(3_600_001);
    expect((await rejection(world.cognito.listUsersPage(POOL, { token: next as string }))).name).to.equal(
      'InvalidPaginationToken',
    );
  });

  it('refuses tokens of another simulation, which know nothing of its listings', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 100);
    for (const token of ['', 'x', Buffer.from('null').toString('base64'), Buffer.from('[1,2]').toString('base64')])
      expect((await rejection(world.cognito.listUsersPage(POOL, { token }))).name, token).to.equal(
        'InvalidPaginationToken',
      );
  });

  it('never gives more than 60 users, and no token behind the last one', async () => {
    const world = new World();
    addUsers(world.pool(POOL), 61);
    const first = await world.cognito.listUsersPage(POOL, { limit: 100 });
    expect(first.items).to.have.length(60);
    const second = await world.cognito.listUsersPage(POOL, { token: first.next as string });
    expect(second.items).to.have.length(1);
    expect(second).to.not.have.property('next');
  });

  it('filters by an attribute, its beginning, the status and whether the user is enabled', async () => {
    const world = new World();
    const pool = world.pool(POOL);
    pool.put(aUser({ username: 'ann', attributes: { name: 'Ann "the \\ first"' } }));
    pool.put(aUser({ username: 'bob', enabled: false, status: 'RESET_REQUIRED' }));
    const names = async (filter: string): Promise<string[]> =>
      (await listAll(world, filter)).map(({ username }) => username);
    expect(await names('username = "ann"')).to.deep.equal(['ann']);
    expect(await names('"name" ^= "Ann \\"the \\\\"')).to.deep.equal(['ann']);
    expect(await names('cognito:user_status = "RESET_REQUIRED"')).to.deep.equal(['bob']);
    expect(await names('status = "Disabled"')).to.deep.equal(['bob']);
    expect(await names('username ^= ""')).to.deep.equal(['ann', 'bob']);
    for (const wrong of ['name', 'name > "a"', 'name = a', 'name = "a" and sub = "b"'])
      expect((await rejection(world.cognito.listUsersPage(POOL, { filter: wrong }))).name).to.equal('FilterRefused');
  });

  it('goes on behind the last member listed, whoever joins or leaves meanwhile', async () => {
    const world = new World();
    const pool = world.pool(POOL);
    addUsers(pool, 6);
    addGroups(pool, [4]);
    world.cognito.knobs.pageSize = 2;
    const first = await world.cognito.listUsersInGroupPage(POOL, 'group0', {});
    const [gone] = first.items as [PoolUser];
    pool.leave(gone.username, 'group0');
    const second = await world.cognito.listUsersInGroupPage(POOL, 'group0', { token: first.next as string });
    expect(new Set([...first.items, ...second.items].map(({ username }) => username)).size).to.equal(4);
    expect((await world.cognito.listUsersInGroupPage(POOL, 'nobody knows it', {})).items).to.deep.equal([]);
  });
});
