import { expect } from 'chai';
import { partialRestore } from '../../../support/import/partial-restore.ts';
import { TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers } from '../../../support/world/builders.ts';

const WRITES = /^cognito\.(create|set|disable|enable|add|remove|update)|^jobs\.(createJob|startJob|uploadCsv)/;

const writesOf = (world: WorkflowWorld): number => world.calls.log.filter(({ call }) => WRITES.test(call)).length;

describe('A dry run of a restore that has begun', () => {
  it('D13: compares the pool with the plan, writes nothing and tells what a start would do', async () => {
    const world = await partialRestore(20);
    for (const name of ['user1', 'user2']) world.target.remove(name);
    const [group] = [...world.target.groups.keys()];
    world.target.leave('user3', group as string);
    const before = writesOf(world);
    const listed = world.calls.countOf('cognito.listUsersPage');
    const ended = await world.import({ DryRun: true });
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(writesOf(world)).to.equal(before);
    expect(world.calls.countOf('cognito.listUsersPage')).to.be.greaterThan(listed);
    const { subject, body } = world.messages.at(-1) ?? { subject: '', body: '' };
    expect(subject).to.equal('Dry run: 2 of 21 users would not be restored, 18 are there');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.contain('18 users are in the new pool as planned')
      .and.to.contain('1 user would be created one by one')
      .and.to.contain('2 users were deleted from the new pool since')
      .and.to.contain('1 membership would be made')
      .and.to.contain('3 memberships were removed in the new pool since');
    const [report, failures] = (ended.output as { reportKeys: string[] }).reportKeys;
    expect(world.objects.json<{ standing: object }>(report as string).standing).to.include({
      usersInBackup: 21,
      usersThere: 18,
      usersOneByOne: 1,
      usersDeletedSince: 2,
    });
    expect(world.objects.text(failures as string))
      .to.match(/una,,Missing,would be created one by one/)
      .and.to.match(/user1,,ChangedSince,would not be made again/);
    expect(JSON.stringify(ended.output)).to.not.contain('user1');
  });

  it('D13: leaves the restore as it was: the next start brings back what it told', async () => {
    const world = await partialRestore(20);
    expect(await world.import({ DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.subject).to.equal('Dry run: all 21 users can be restored, 20 are there');
    expect(await world.import({ DryRun: true }), 'once more').to.include({ status: 'SUCCEEDED' });
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(world.pools.get(TARGET)?.users.size).to.equal(21);
  });

  it('D13: tells of a restore that was cut off what its import jobs will bring', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 20);
    await world.export();
    world.calls.fail({ call: 'jobs.startJob', times: 100, error: () => new Error('no job today') });
    expect((await world.import()).status).to.equal('FAILED');
    const before = writesOf(world);
    expect(await world.import({ DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(writesOf(world)).to.equal(before);
    const { subject, body } = world.messages.at(-1) ?? { subject: '', body: '' };
    expect(subject).to.equal('Dry run: all 20 users can be restored, 0 are there');
    expect(body).to.contain('20 users would come by import jobs');
  });
});
