import { expect } from 'chai';
import { partialRestore } from '../../../support/import/partial-restore.ts';
import { differences } from '../../../support/import/differences.ts';
import { People } from '../../../support/import/meanwhile.ts';
import { plannedRestore } from '../../../support/import/planned-restore.ts';
import type { RestoreWorld } from '../../../support/import/restore-world.ts';
import { TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

/** Does something once, before the n-th call of that name. */
function before(world: RestoreWorld, call: string, nth: number, act: () => void): void {
  let seen = 0;
  world.calls.turn = (made) => {
    if (made === call && (seen += 1) === nth) act();
    return Promise.resolve();
  };
}

const disabledOf = ({ source }: RestoreWorld): string =>
  [...source.users.values()].find(({ user }) => !user.enabled)?.user.username as string;
const rowsOf = (world: RestoreWorld, reason: string): string[] =>
  world
    .report('failures.csv')
    .split('\n')
    .filter((row) => row.includes(`,${reason},`));

/** A restore of 60 users, of whom everybody is in `group3`, with the disabled ones disabled one second per call. */
async function slowRestore(): Promise<RestoreWorld> {
  const world = await plannedRestore(60);
  world.calls.latencies.cognito = 1_000;
  return world;
}

describe('What people change while a restore is made', () => {
  it('C10: is kept and listed: a nickname, a left group, a flag either way, a deleted account', async () => {
    const world = await slowRestore();
    const people = new People(world.target, world.clock);
    const disabled = disabledOf(world);
    before(world, 'cognito.addUserToGroup', 70, () => {
      const [member] = [...(world.target.groups.get('group3')?.members.keys() ?? [])];
      people.leave(member as string, 'group3');
      people.change('user21', { nickname: 'changed' });
      people.enable(disabled, true);
      people.enable('user22', false);
      people.delete('user23');
    });
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({
      usersRestored: 59,
      usersChangedSince: 3,
      usersDeletedSince: 1,
      usersDifferent: 0,
      usersMissing: 0,
      membershipsMissing: 0,
    });
    expect(world.target.find('user21')?.attributes.nickname).to.equal('changed');
    expect(world.target.find(disabled)?.enabled).to.equal(true);
    expect(world.target.find('user22')?.enabled).to.equal(false);
    expect(world.target.find('user23')).to.equal(undefined);
    expect(rowsOf(world, 'ChangedSince').join('\n'))
      .to.match(/user21,.*changed in the new pool: nickname/)
      .and.to.match(new RegExp(`${disabled},.*changed in the new pool: enabled`))
      .and.to.match(/user22,.*changed in the new pool: disabled/)
      .and.to.match(/user23,.*deleted from the new pool/)
      .and.to.match(/not a member of the group group3/);
    const listed = rowsOf(world, 'ChangedSince').map((row) => row.split(',')[2]);
    for (const difference of differences(world.source, world.target))
      expect(
        listed.some((name) => difference.includes(`${name}`)),
        difference,
      ).to.equal(true);
    expect(outcome.summary).to.contain('3 changed since').and.to.contain('1 deleted since');
  });

  for (const datesWrites of [false, true])
    it(`C10: is kept after the last write of ours${datesWrites ? ', also where our writes move the date of change' : ''}`, async () => {
      const world = await slowRestore();
      world.writer.datesWrites = datesWrites;
      before(world, 'cognito.listGroupsPage', 1, () => {
        world.clock.advance(10_000);
        const people = new People(world.target, world.clock);
        people.change('user1', { nickname: 'after' });
        people.change('user2', { name: 'Married' });
      });
      const first = await world.execute();
      expect(first.outcome).to.equal('complete');
      // The listing of users had passed: nothing of it was seen, and nothing of it was touched.
      expect(world.target.find('user1')?.attributes.nickname).to.equal('after');
      expect(world.target.find('user2')?.attributes.name).to.equal('Married');
      expect(world.calls.countOf('cognito.updateAttributes')).to.equal(0);
    });

  it('C10: is kept by a start a week later, whoever else is tried again', async () => {
    for (const datesWrites of [false, true]) {
      const world = await plannedRestore(20, ({ source }) =>
        source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } })),
      );
      world.writer.datesWrites = datesWrites;
      world.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
      expect((await world.execute('execution-1')).counts).to.include({ usersMissing: 1, usersChangedSince: 0 });
      world.writer.refuse = () => undefined;
      world.clock.advance(7 * 24 * 3_600_000);
      const people = new People(world.target, world.clock);
      people.change('user4', { nickname: 'a week later' });
      people.leave('user5', 'group3');
      people.enable('user6', false);
      const outcome = await world.execute('execution-2');
      expect(outcome.outcome).to.equal('complete');
      expect(outcome.counts).to.include({ usersRestored: 21, usersChangedSince: 2, membershipsRemovedSince: 1 });
      expect(differences(world.source, world.target).sort()).to.deep.equal([
        'user4: nickname',
        'user5 not in group3',
        'user6: enabled',
      ]);
      expect(rowsOf(world, 'ChangedSince')).to.have.lengthOf(3);
    }
  });

  it('C10: is not what a listing shows late: memberships are looked at twice, a minute apart', async () => {
    const world = await plannedRestore(30);
    const { listUsersInGroupPage } = world.cognito;
    let from: number | undefined;
    world.cognito.listUsersInGroupPage = async (...request) => {
      from ??= world.clock.now();
      const page = await listUsersInGroupPage(...request);
      return world.clock.now() - from < 30_000
        ? { ...page, items: page.items.filter(({ username }) => username !== 'user3') }
        : page;
    };
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ membershipsMissing: 0, membershipsRemovedSince: 0 });
    expect(rowsOf(world, 'ChangedSince')).to.deep.equal([]);
  });

  it('C10: costs a clean restore no further look and no wait', async () => {
    const world = await plannedRestore(30);
    await world.execute();
    expect(world.log.lines.filter((line) => line.includes('looked at again'))).to.deep.equal([]);
  });

  it('C10: is kept of groups too: another description, and a group that somebody deleted', async () => {
    const world = await slowRestore();
    before(world, 'cognito.listUsersPage', 1, () => {
      world.target.putGroup({ name: 'group1', description: 'theirs' });
      world.target.removeGroup('group2');
    });
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ groupsChangedSince: 2, groupsMissingOrDifferent: 0, membershipsMissing: 0 });
    expect(world.target.groups.get('group1')?.group.description).to.equal('theirs');
    expect(world.target.groups.has('group2')).to.equal(false);
    expect(world.report('failures.csv')).to.match(/ChangedSince,kept as it was changed,group group1/);
    expect(JSON.parse(world.report('report.json'))).to.deep.include({
      groupsChangedSince: ['group1', 'group2'],
      groupsMissingOrDifferent: [],
    });
  });

  it('C10: does not hide what was not brought back: the rest of such a user is repaired', async () => {
    const world = await plannedRestore(120);
    const disabled = disabledOf(world);
    world.writer.refuse = (call, username) =>
      call === 'disableUser' && username === disabled ? 'InternalErrorException' : undefined;
    before(world, 'cognito.listUsersPage', 1, () => {
      world.writer.refuse = () => undefined;
      world.clock.advance(60_000);
      new People(world.target, world.clock).change(disabled, { nickname: 'theirs' });
      world.clock.advance(10_000);
    });
    const outcome = await world.execute();
    expect(world.target.find(disabled)).to.include({ enabled: false });
    expect(world.target.find(disabled)?.attributes.nickname).to.equal('theirs');
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersChangedSince: 1, usersDifferent: 0 });
  });
});

const vanish = (world: WorkflowWorld, count: number): void => {
  for (const { user } of [...(world.pools.get(TARGET)?.users.values() ?? [])].slice(0, count))
    world.target.remove(user.username);
};

describe('Accounts that a restore made and that are gone', () => {
  it('D11: are seen by every start; many of them leave the restore incomplete, and RecreateMissing makes them again', async () => {
    const world = await partialRestore(19);
    vanish(world, 12);
    const ended = await world.import();
    expect(ended).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(ended.cause).to.contain('8 of 20 users restored').and.to.contain('12 deleted since');
    expect(ended.cause).to.contain('"RecreateMissing": true');
    expect(world.target.users.size).to.equal(8);
    expect(world.messages.at(-1)?.subject).to.equal('Restore INCOMPLETE: 12 users were deleted since');
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.contain('"RecreateMissing": true');

    const again = await world.import({ RecreateMissing: true });
    expect(again, again.cause).to.include({ status: 'SUCCEEDED' });
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('D11: are told in the subject of a complete restore where they are few', async () => {
    const world = await partialRestore(19);
    vanish(world, 3);
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(world.target.users.size).to.equal(17);
    expect(world.messages.at(-1)?.subject).to.contain('Restore complete, BUT').and.to.contain('3 users were deleted');
    expect(world.messages.at(-1)?.body).to.contain('3 users made by this restore and deleted');
  });

  it('D11: are made again in a restore that is closed, which names the input that does it', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 20);
    addGroups(world.source, [20]);
    await world.export();
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    vanish(world, 15);
    const closed = await world.import();
    expect(closed).to.include({ status: 'FAILED', error: 'AlreadyRestored' });
    expect(closed.cause).to.contain('"RecreateMissing": true');
    expect(world.target.users.size).to.equal(5);
    const ended = await world.import({ RecreateMissing: true });
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(await world.import()).to.include({ error: 'AlreadyRestored' });
  });

  it('D11: are not made again by a start that goes on with what an earlier one saw', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 30);
    await world.export();
    const { write } = world.objects;
    world.objects.write = (key, parts) =>
      key.endsWith('failures.csv') ? Promise.reject(new Error('no report')) : write.call(world.objects, key, parts);
    expect((await world.import()).status).to.equal('FAILED');
    world.objects.write = write;
    expect(world.target.users.size).to.equal(30);
    world.clock.advance(7 * 24 * 3_600_000);
    vanish(world, 20);
    const ended = await world.import();
    expect(ended).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(ended.cause).to.contain('10 of 30 users restored').and.to.contain('20 deleted since');
  });
});
