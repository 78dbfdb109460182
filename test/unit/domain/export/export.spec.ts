import { expect } from 'chai';
import { LATEST_KEY, manifestIn, manifestKey, NO_COUNTS, OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import type { Counts, Manifest } from '../../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { actualItems, expectedItems, independentSeal, sumOfChecksums } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../support/world/world.ts';

function oddPool(world: World): MemoryPool {
  const pool = world.pool(POOL_ID, { usernameAttributes: ['email'] });
  addUsers(pool, 150);
  pool.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
  pool.put(aUser({ username: 'no-mail', attributes: { name: 'A, "b" \\ c\nd', 'custom:__proto__': '' } }));
  addGroups(pool, [0, 1, 130, 7]);
  pool.putGroup(
    aGroup({ name: 'with role', roleArn: 'arn:aws:iam::111122223333:role/admins', precedence: 0, description: '' }),
  );
  pool.join('google_1', 'group1');
  pool.join('no-mail', 'with role');
  return pool;
}

function countsOf(pool: MemoryPool): Counts {
  const keys = Object.keys(expectedItems(pool));
  const of = (part: string): number => keys.filter((key) => key.includes(part)).length;
  return { users: of(' PROFILE'), groups: of(' GROUP'), memberships: of(' MEMBER_OF#') };
}

describe('export of a pool', () => {
  let world: World;
  let pool: MemoryPool;
  beforeEach(() => {
    world = new World();
    pool = oddPool(world);
  });

  it('writes every user, group and membership and seals exact counts and checksums', async () => {
    const summary = await new ExportRunner(world).run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    const sealed = world.table.peek(manifestKey(summary.runId)) as unknown as Manifest;
    const { counts, checksum } = independentSeal(world.table);
    expect(sealed.counts).to.deep.equal(counts).and.deep.equal(countsOf(pool));
    expect(sumOfChecksums(sealed.checksums)).to.equal(checksum);
    expect(summary).to.deep.include({
      added: counts,
      changed: { users: 0, groups: 0, memberships: 0 },
      deleted: { users: 0, groups: 0, memberships: 0 },
    });
    expect(summary.skipped).to.deep.equal({
      federatedUsers: 1,
      federatedMemberships: [...pool.groups.values()].filter(({ members }) => members.has('google_1')).length,
    });
    expect(world.table.peek(LATEST_KEY)).to.include({ runId: summary.runId });
    expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
    expect(sealed.poolSettings.usernameAttributes).to.deep.equal(['email']);
  });

  it('writes next to nothing when nothing changed', async () => {
    await new ExportRunner(world).run();
    const before = world.table.written + world.table.deleted;
    const summary = await new ExportRunner(world).run();
    expect(world.table.written + world.table.deleted - before).to.be.at.most(4);
    const { added, changed, deleted } = summary;
    expect({ added, changed, deleted }).to.deep.equal({ added: NO_COUNTS, changed: NO_COUNTS, deleted: NO_COUNTS });
  });

  it('writes only what changed, and deletes what is gone', async () => {
    await new ExportRunner(world).run();
    const before = countsOf(pool);
    pool.put(aUser({ username: 'new' }));
    pool.put({ ...(pool.find('user5') as ReturnType<typeof aUser>), enabled: false, status: 'RESET_REQUIRED' });
    pool.remove('user7');
    pool.putGroup(aGroup({ name: 'group3', description: 'renamed', precedence: 9 }));
    pool.removeGroup('group0');
    pool.join('new', 'group3');
    const summary = await new ExportRunner(world).run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(summary.added).to.deep.equal({ users: 1, groups: 0, memberships: 1 });
    expect(summary.changed).to.deep.equal({ users: 1, groups: 1, memberships: 0 });
    expect(summary.deleted).to.deep.equal({
      users: 1,
      groups: 1,
      memberships: before.memberships + 1 - countsOf(pool).memberships,
    });
  });

  it('answers how many users it saw, and how many Cognito estimated', async () => {
    const { describe: describePool } = world.cognito;
    world.cognito.describe = async (poolId) => ({ ...(await describePool(poolId)), estimatedNumberOfUsers: 400 });
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    expect((await runner.cleanUp(runId)).listing).to.deep.equal({ users: pool.users.size, estimatedUsers: 400 });
  });

  it('seals an empty pool over an empty table with zero counts', async () => {
    world.pool(POOL_ID);
    const summary = await new ExportRunner(world).run();
    expect(summary.counts).to.deep.equal({ users: 0, groups: 0, memberships: 0 });
  });

  it('A2: keeps the backup of an emptied pool, whatever is allowed, and leaves no OPEN marker', async () => {
    await new ExportRunner(world).run();
    const before = actualItems(world.table);
    world.pool(POOL_ID);
    const error = await rejection(new ExportRunner(world, { allowMassDelete: true, maxDeletePercent: 100 }).run());
    expect(error).to.have.property('name', 'SourcePoolEmpty');
    expect(actualItems(world.table)).to.deep.equal(before);
    expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
  });

  it('keeps the backup when the pool is deleted, before or between any two calls', async () => {
    await new ExportRunner(world).run();
    const before = actualItems(world.table);
    for (const call of [
      'cognito.listUsersPage',
      'cognito.listGroupsPage',
      'cognito.listUsersInGroupPage',
      'table.scanPage',
    ]) {
      world.pools.set(POOL_ID, pool);
      const { runId } = await new ExportRunner(world).open();
      const calls = world.calls.countOf(call);
      const original = world.calls.run.bind(world.calls);
      world.calls.run = (name, effect) => {
        if (world.calls.countOf(call) > calls) world.pools.delete(POOL_ID);
        return original(name, effect);
      };
      const runner = new ExportRunner(world);
      const error = await rejection(runner.listAll(runId).then(() => runner.cleanUp(runId)));
      world.calls.run = original;
      expect(error, call).to.have.property('name', 'UserPoolNotFound');
      expect(actualItems(world.table), call).to.deep.equal(before);
      world.clock.advance(2 * 3_600_000);
    }
  });

  for (const [settings, name] of [
    [{ mfaConfiguration: 'OPTIONAL' }, 'MfaNotSupported'],
    [{ usernameAttributes: ['email', 'phone_number'] }, 'MultipleUsernameAttributes'],
  ] as const) {
    it(`halts with ${name} before it writes anything`, async () => {
      world.pool(POOL_ID, settings);
      expect(await rejection(new ExportRunner(world).run())).to.have.property('name', name);
      expect(world.table.all()).to.deep.equal([]);
      expect([...world.objects.stored.keys()]).to.deep.equal([]);
    });
  }

  for (const mfaConfiguration of ['OPTIONAL', 'ON'] as const) {
    it(`17.1: backs up a pool with MFA ${mfaConfiguration} where AllowMfa is YES, with its MFA settings`, async () => {
      const mfa = { factors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'], sms: { message: 'Code: {####}' } };
      pool.settings = { ...pool.settings, mfaConfiguration, mfa };
      const summary = await new ExportRunner(world, { allowMfa: true }).run();
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      const sealed = manifestIn(world.table.peek(manifestKey(summary.runId)) as TableItem);
      expect(sealed.poolSettings).to.deep.include({ mfaConfiguration, mfa });
      expect(world.calls.countOf('cognito.mfaSettings')).to.equal(1);
    });
  }

  it('17.1: asks a pool with MFA OFF for no MFA settings, whatever AllowMfa says', async () => {
    const summary = await new ExportRunner(world, { allowMfa: true }).run();
    expect(world.calls.countOf('cognito.mfaSettings')).to.equal(0);
    expect(manifestIn(world.table.peek(manifestKey(summary.runId)) as TableItem).poolSettings).to.not.have.property(
      'mfa',
    );
  });

  it('finishes in many short invocations as in one', async () => {
    world.calls.latencies.cognito = 900;
    world.calls.latencies.table = 300;
    const runner = new ExportRunner(world, { invocationMs: 63_000 });
    const summary = await runner.run();
    expect(runner.invocations).to.be.above(5);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(summary.added).to.deep.equal(countsOf(pool));
  });
});
