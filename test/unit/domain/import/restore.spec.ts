import { expect } from 'chai';
import { Fault, Halt } from '../../../../source/domain/errors.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { differences } from '../../../support/import/differences.ts';
import { NEW_POOL, RESTORE_ID } from '../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

const full = async (users = 400): Promise<RestoreWorld> => {
  const world = new RestoreWorld();
  addUsers(world.source, users, { disabled: 0.05 });
  addGroups(world.source, [0, 1, 3, 40, users]);
  return world.planned();
};

describe('A restore from plan to report', () => {
  it('brings everything back and closes', async () => {
    const world = await full();
    const outcome = await world.execute();
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({
      usersInBackup: 400,
      usersRestored: 400,
      usersMissing: 0,
      usersDifferent: 0,
      groups: 5,
      membershipsMissing: 0,
      unknownUsers: 0,
      unknownMemberships: 0,
    });
    expect(world.head().phase).to.equal('complete');
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect([world.newUsersQueue.length, world.updatesQueue.length]).to.deep.equal([0, 0]);
  });

  it('restores users one by one that a CSV cannot carry, with a password that nobody knows', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 5);
    world.source.put(
      aUser({
        username: 'zoe',
        enabled: false,
        attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' },
      }),
    );
    world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
    addGroups(world.source, [7]);
    await world.planned();
    const outcome = await world.execute();
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts.usersCreatedOneByOne).to.equal(2);
    expect(world.target.find('zoe')?.status).to.equal('CONFIRMED');
    expect(world.report('failures.csv')).to.contain('zoe').and.to.contain('una');
  });

  it('does not let users who are created one by one wait for all memberships of the others', async () => {
    const world = new RestoreWorld();
    world.jobs.knobs.usersPerSecond = 500;
    addUsers(world.source, 1_200, { disabled: 0 });
    for (let n = 0; n < 40; n += 1)
      world.source.put(aUser({ username: `una${n}`, attributes: { email: `una${n}@example.test` } }));
    addGroups(world.source, [1_240]);
    await world.planned();
    world.paceBy(new Pacer({ callsPerSecond: 5, clock: world.clock }));
    await world.execute();
    const calls = world.calls.log.map(({ call }) => call);
    const created = calls.flatMap((call, at) => (call === 'cognito.createUser' ? [at] : []));
    expect(created).to.have.lengthOf(40);
    // Batches of both kinds take turns: each holds at most 500 operations.
    const joinedBefore = calls.slice(0, created[30]).filter((call) => call === 'cognito.addUserToGroup').length;
    expect(joinedBefore).to.be.at.most(600);
  });

  it('makes the plan binding before its first write to the pool', async () => {
    for (const call of ['jobs.createJob', 'cognito.createGroup']) {
      const world = await full(20);
      expect(world.head().phase).to.equal('planning');
      world.calls.fail({ call, error: () => new Halt('AccessDenied', 'the first write fails') });
      expect((await rejection(world.execute())).message, call).to.equal('the first write fails');
      expect(world.head().phase, call).to.equal('writing');
    }
  });

  it('names line and sub of every row of a job before the job exists', async () => {
    const world = await full(20);
    world.calls.fail({ call: 'jobs.createJob', error: () => new Fault('ServiceError', 'no job') });
    await rejection(world.execute());
    const mapping = world.objects.text(`restores/${NEW_POOL}/${RESTORE_ID}/mapping/restore-${RESTORE_ID}-c0-a1.csv`);
    expect(mapping).to.equal(
      world
        .chunkUsers()[0]
        ?.map(({ sub }, row) => `${row + 1},${sub}\n`)
        .join(''),
    );
  });

  it('maps every old sub to its new one', async () => {
    const world = await full(70);
    await world.execute();
    const lines = world.report('sub-map.csv').trim().split('\n');
    expect(lines[0]).to.equal('old_sub,new_sub');
    const expected = [...world.source.users.values()].map(
      ({ user }) => `${user.sub},${world.target.find(user.username)?.sub ?? ''}`,
    );
    expect(lines.slice(1).sort()).to.deep.equal(expected.sort());
  });

  it('finds users again in a pool that ignores case, and by the address where that is the name', async () => {
    for (const settings of [{ caseSensitive: false }, { usernameAttributes: ['email' as const] }]) {
      const world = new RestoreWorld(settings);
      world.source.put(
        aUser({
          username: settings.usernameAttributes === undefined ? 'Ana' : '11111111-0000-4000-8000-000000000001',
          attributes: { email: 'Ana@example.test', email_verified: 'true' },
        }),
      );
      world.source.put(
        aUser({
          username: settings.usernameAttributes === undefined ? 'Zoe' : '11111111-0000-4000-8000-000000000002',
          attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'a\nb' },
        }),
      );
      addGroups(world.source, [2]);
      await world.planned();
      const outcome = await world.execute();
      expect(outcome.outcome).to.equal('complete');
      expect(differences(world.source, world.target)).to.deep.equal([]);
    }
  });

  it('has nothing to do for an empty backup', async () => {
    const world = await new RestoreWorld().planned();
    const outcome = await world.execute();
    expect(outcome).to.include({ outcome: 'complete' });
    expect(outcome.counts).to.include({ usersInBackup: 0, importJobs: 0 });
    expect(world.head().phase).to.equal('complete');
  });

  it('is final when complete, and answers the same when asked again', async () => {
    const world = await full(20);
    const first = await world.execute('execution-1');
    const before = world.calls.countOf('cognito');
    const again = await world.execute('execution-2');
    expect(again).to.deep.equal(first);
    expect(world.calls.countOf('cognito')).to.equal(before);
    expect(world.objects.text(`restores/${NEW_POOL}/current.json`)).to.contain('"complete"');
  });
});
