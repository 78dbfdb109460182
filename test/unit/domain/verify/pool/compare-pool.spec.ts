import { expect } from 'chai';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import { Fault, Halt } from '../../../../../source/domain/errors.ts';
import type { PoolCounts } from '../../../../../source/domain/verify/pool/state.ts';
import type { EndedExecution } from '../../../../../tools/simulation/workflow/run-workflow.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { anyApplication, showApplication } from '../../../../support/backup/applied-plan.ts';
import { SOURCE } from '../../../../support/workflows/workflow-world.ts';
import { RestoredPoolWorld } from '../../../../support/workflows/restored-pool.ts';

describe('VerifyWorkflow: a user pool', () => {
  let world: RestoredPoolWorld;

  beforeEach(async () => {
    world = await RestoredPoolWorld.create();
  });

  const poolOf = (ended: EndedExecution): { counts: PoolCounts; reportKeys: string[] } =>
    (ended.output as { pool: { counts: PoolCounts; reportKeys: string[] } }).pool;

  it('that is backed up is the same right after its export', async () => {
    const ended = await world.compareSource();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(poolOf(ended).counts).to.deep.equal({
      users: 31,
      groups: 3,
      memberships: 10,
      usersMissing: 0,
      groupsMissing: 0,
      membershipsMissing: 0,
      usersExtra: 0,
      groupsExtra: 0,
      membershipsExtra: 0,
      usersDifferent: 0,
      groupsDifferent: 0,
      usersNotRestored: 0,
      membershipsNotRestored: 0,
    });
    expect(world.messages.map(({ subject }) => subject)).to.deep.equal([
      'Backup in us-east-1 verified: 31 users, the same as the pool',
    ]);
    expect(poolOf(ended).reportKeys).to.deep.equal(['verifications/run-1/report.json']);
    expect(world.home.objects.json('verifications/run-1/report.json')).to.deep.include({
      userPoolId: SOURCE,
      outcome: 'same',
      usersRecognizedBy: 'sub',
    });
  });

  it('of a restore is the same but for users who never confirmed their sign-up, whom it reports apart', async () => {
    const ended = await world.compareRestored();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(poolOf(ended).counts).to.deep.include({
      usersMissing: 0,
      usersExtra: 0,
      usersDifferent: 0,
      membershipsMissing: 0,
      membershipsExtra: 0,
      usersNotRestored: 1,
      membershipsNotRestored: 1,
    });
    expect(world.rows()).to.deep.equal([
      `${world.subOf('never')},never,expected-not-restored: the user never confirmed the sign-up`,
      `${world.subOf('never')},never,membership in the group group0: expected-not-restored: the user never confirmed the sign-up`,
    ]);
    expect(world.messages[0]?.body).to.match(
      /1 user of the backup who never confirmed the sign-up is not in the\s+pool/,
    );
  });

  it('never asks for single users, and writes nothing to Cognito', async () => {
    await world.compareRestored();
    const calls = new Set(
      world.home.calls.log
        .map(({ call }) => call)
        .filter((call) => call.startsWith('cognito') || call.startsWith('writer')),
    );
    expect([...calls].sort()).to.deep.equal([
      'cognito.describe',
      'cognito.listGroupsPage',
      'cognito.listUsersInGroupPage',
      'cognito.listUsersPage',
      // Of the export before it.
      'cognito.recoveries',
    ]);
  });

  it('leaves only its reports and checkpoints behind', async () => {
    await world.compareRestored();
    expect(
      [...world.replicaObjects.stored.keys()].filter((key) => key.startsWith('verifications/run-1/')).sort(),
    ).to.deep.equal(
      ['backup.json', 'differences.csv', 'pool.json', 'report.json'].map((name) => `verifications/run-1/${name}`),
    );
  });

  it('that is backed up shows a user created again under the same name as two: users are recognized by sub', async () => {
    const { source } = world.home;
    const user = source.find('user7') as PoolUser;
    source.remove('user7');
    source.put({ ...user, sub: subFor('again'), attributes: { ...user.attributes, sub: subFor('again') } });
    const ended = await world.compareSource();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.match(/1 user missing, 1 user that the backup does not have/);
  });

  it('that is backed up: an unconfirmed user who is gone is missing', async () => {
    world.home.source.remove('never');
    expect((await world.compareSource()).cause).to.match(/1 user missing, 1 membership missing/);
  });

  it('that does not exist, or may not be read, is reported as that', async () => {
    expect(await world.verify(world.primary, { UserPoolId: 'us-east-1_Nowhere1' })).to.include({
      error: 'UserPoolNotFound',
    });
    world.home.calls.fail({
      call: 'cognito.listUsersPage',
      times: 1,
      error: () => new Halt('AccessDenied', 'ListUsers is denied.'),
    });
    expect(await world.compareSource()).to.include({ error: 'AccessDenied' });
  });

  for (const [when, during] of [
    ['before the table is read', 'before'],
    ['while it is read', 'after'],
  ] as const) {
    it(`is not compared when an export begins to change the table ${when}`, async () => {
      const { cognito } = world.home;
      const { describe } = cognito;
      if (during === 'before')
        world.home.calls.fail({
          call: 'cognito.describe',
          times: 1,
          error: () => {
            world.open(world.primary);
            return new Fault('ServiceError', 'later');
          },
        });
      else cognito.describe = (poolId) => describe(poolId).finally(() => world.open(world.primary));
      const ended = await world.compareSource();
      expect(ended).to.include({ error: 'ExportRunOpen' });
      expect(ended.cause).to.match(/comparison is void/);
      expect(world.home.calls.countOf('cognito.listGroupsPage')).to.equal(1);
    });
  }

  it('is not compared when an export begins while its missing users are looked up', async () => {
    world.restored.remove('user1');
    const { cognito } = world.home;
    const list = cognito.listUsersInGroupPage;
    cognito.listUsersInGroupPage = (...args) => list(...args).finally(() => world.open(world.backup));
    expect(await world.compareRestored()).to.include({ error: 'ExportRunOpen' });
  });

  it('A2: is compared with each item as it is while a run is being applied, unless that run goes on meanwhile', async () => {
    const { table } = world.home;
    const application = anyApplication(table, '20260302T000000Z-0000aaaa');
    // The marker is as old as the run: younger than any that was interrupted.
    world.home.clock.advance(Date.parse(application.open.openedAt) - world.home.clock.now());
    showApplication(table, application, 0);
    const none = await world.compareSource();
    expect(none, none.cause).to.include({ status: 'SUCCEEDED' });
    showApplication(table, application, application.content.length);
    const all = await world.compareSource();
    expect(all).to.include({ error: 'PoolDiffers' });
    expect(all.cause).to.match(/2 users missing/);

    for (const moment of ['while it is read', 'before it is read again'] as const) {
      showApplication(table, application, 5);
      const { cognito } = world.home;
      const { describe, listUsersInGroupPage } = cognito;
      const goesOn = (): void => showApplication(table, application, application.content.length);
      if (moment === 'while it is read')
        cognito.describe = (poolId) => describe(poolId).finally(() => table.take(application.marker.key));
      else cognito.listUsersInGroupPage = (...args) => listUsersInGroupPage(...args).finally(goesOn);
      expect(await world.compareSource(), moment).to.include({ error: 'ExportRunOpen' });
      Object.assign(cognito, { describe, listUsersInGroupPage });
    }
  });
});
