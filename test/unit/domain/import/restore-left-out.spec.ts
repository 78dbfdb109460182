import { expect } from 'chai';
import { userKey } from '../../../../source/domain/backup/items.ts';
import { differences } from '../../../support/import/differences.ts';
import { plannedRestore } from '../../../support/import/planned-restore.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { SOURCE, TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

/** Ten users, and `una`, whom no import job takes; the new pool has a trigger that would see her creation. */
const withTrigger = (): Promise<RestoreWorld> => {
  const world = new RestoreWorld({}, { triggers: ['PreSignUp'] });
  addUsers(world.source, 10);
  world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(world.source, [11]);
  return world.planned();
};

const withoutTrigger = ({ target }: RestoreWorld): void => {
  target.settings = { ...target.settings, triggers: [] };
};

describe('Users who are left out because of a trigger', () => {
  it('D12: come back with their memberships when the workflow is started again without the trigger', async () => {
    const world = await withTrigger();
    const first = await world.execute('execution-1');
    expect(first.outcome).to.equal('partial');
    expect(first.counts).to.include({ usersRestored: 10, usersBlocked: 1, usersHeldBack: 1, membershipsMissing: 1 });
    expect(first.summary).to.contain('again').and.to.contain('1 of them').and.to.contain('AllowTriggers');
    expect(world.report('failures.csv')).to.match(/una,.*TriggersWouldFire/);
    expect(world.calls.countOf('cognito.createUser')).to.equal(0);

    expect((await world.execute('execution-2')).counts, 'the trigger is still there').to.include({ usersHeldBack: 1 });
    expect(world.calls.countOf('cognito.createUser')).to.equal(0);

    withoutTrigger(world);
    const last = await world.execute('execution-3');
    expect(last.outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('D12: come back with AllowTriggers, as the message says', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 10);
    world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
    addGroups(world.source, [11]);
    world.target.settings = { ...world.target.settings, triggers: ['CustomMessage'] };
    await world.export();
    expect(await world.import()).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(world.messages.at(-1)?.subject).to.equal('Restore INCOMPLETE: 1 of 11 users not restored');
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.contain('with "AllowTriggers": true');

    expect(await world.import({ AllowTriggers: true })).to.include({ status: 'SUCCEEDED' });
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(world.messages.at(-1)?.subject).to.match(/^Restore complete/);
  });

  it('D12: come back at once when the start that finds the trigger gone goes on with a restore that was cut off', async () => {
    const world = await withTrigger();
    world.jobs.knobs.rowFate = (_job, line) => (line === 3 ? 'failed' : undefined);
    // Killed when memberships are made: whoever had to be created was held back before.
    world.calls.fail({ call: 'cognito.addUserToGroup', nth: 4, error: () => new Error('cut off') });
    await world.execute('execution-1').catch(() => undefined);
    withoutTrigger(world);
    expect((await world.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('D12: are counted by a dry run as not restored', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 10);
    world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
    world.target.settings = { ...world.target.settings, triggers: ['PreSignUp'] };
    await world.export();
    expect(await world.import({ DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.subject).to.equal('Dry run: 1 of 11 users would not be restored');
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.contain('1 user would not be created');
  });
});

describe('Users who are left out by rule', () => {
  it('D12: are not promised by a message that says how to go on', async () => {
    const world = await plannedRestore(5, ({ source }) => {
      source.put(
        aUser({
          username: 'zoe',
          attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'x'.repeat(2_049) },
        }),
      );
      source.put(aUser({ username: 'two words' }));
    });
    const { outcome, summary, counts } = await world.execute();
    expect(outcome).to.equal('partial');
    expect(counts.usersExcluded).to.be.greaterThan(0);
    expect(summary).to.contain('No further start brings back').and.not.to.contain('again');
  });
});

describe('A backup table that lacks a part of the sealed export', () => {
  it('E16: is told in outcome, summary, report and message, by what the manifest counts', async () => {
    const world = new WorkflowWorld();
    addUsers(world.source, 40);
    addGroups(world.source, [40]);
    await world.export();
    for (const { user } of [...world.source.users.values()].slice(0, 24))
      for (const { id, type } of world.table.all().filter((item) => item.id === userKey(user.sub).id))
        world.table.take({ id, type });

    expect(await world.import({ AcceptIncomplete: true, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.subject).to.equal('Dry run: 24 of 40 users would not be restored');

    const ended = await world.import({ AcceptIncomplete: true });
    expect(ended).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(ended.cause)
      .to.contain('16 of 40 users restored, 24 users of the sealed export were not in the backup table')
      .and.to.contain('"ExportRun"')
      .and.not.to.contain('again');
    const { subject, body } = world.messages.at(-1) ?? { subject: '', body: '' };
    expect(subject).to.equal('Restore INCOMPLETE: 24 of 40 users not restored');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.contain('This backup holds 40 users')
      .and.to.contain('16 users restored')
      .and.to.contain('24 users of the sealed export were not in the backup table');
    const report = JSON.parse(world.report('report.json')) as { counts: object };
    expect(report.counts).to.include({
      usersInBackup: 40,
      usersRestored: 16,
      usersNotInTable: 24,
      membershipsNotInTable: 24,
    });
    expect([SOURCE, TARGET].map((id) => world.pools.get(id)?.users.size)).to.deep.equal([40, 16]);
  });
});
