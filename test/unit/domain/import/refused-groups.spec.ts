import { expect } from 'chai';
import { Fault } from '../../../../source/domain/errors.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addUsers } from '../../../support/world/builders.ts';

describe('A group that Cognito refuses', () => {
  it('E15: a refused group costs this group and its memberships; it is named in the report only', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 40);
    for (const [index, name] of ['reds', 'greens', 'blues', 'canary', 'whites'].entries()) {
      world.source.putGroup({ name, description: name, precedence: index });
      for (let n = 0; n < 8; n += 1) world.source.join(`user${index * 8 + n}`, name);
    }
    await world.planned();
    world.writer.refuse = (call, name) =>
      call === 'createGroup' && name === 'canary' ? 'LimitExceededException' : undefined;
    const outcome = await world.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 40, groupsMissingOrDifferent: 1, membershipsMissing: 8 });
    expect(differences(world.source, world.target)).to.deep.equal(['missing group canary']);
    // Nobody asks for a membership in a group that is not there.
    expect(world.calls.countOf('cognito.addUserToGroup')).to.equal(32);
    const rows = world.report('failures.csv').trim().split('\n').slice(1);
    expect(rows).to.have.length(9);
    for (const row of rows) expect(row).to.contain('GroupRefused: LimitExceededException').and.to.contain('canary');
    expect(JSON.parse(world.report('report.json'))).to.deep.include({ groupsMissingOrDifferent: ['canary'] });
    expect(world.log.lines.join() + JSON.stringify(outcome)).to.not.contain('canary');

    world.writer.refuse = () => undefined;
    expect((await world.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('E15: a refused description costs the description, not the group', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 5);
    world.source.putGroup({ name: 'wordy', description: 'x'.repeat(2_049), precedence: 3 });
    world.source.join('user1', 'wordy');
    await world.planned();
    const outcome = await world.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(differences(world.source, world.target)).to.deep.equal(['group wordy']);
    expect(world.report('failures.csv')).to.contain('GroupRefused: InvalidParameterException');
  });

  const failed = (): never => {
    throw new Fault('ServiceError', 'CreateGroup failed: HTTP 500.');
  };

  it('E15: a group whose creation always fails costs this group and its memberships, not the start', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 20);
    for (const name of ['reds', 'canary', 'blues']) {
      world.source.putGroup({ name, description: name });
      for (const user of ['user1', 'user7', 'user9']) world.source.join(user, name);
    }
    await world.planned();
    world.writer.refuse = (call, name) => (call === 'createGroup' && name === 'canary' ? failed() : undefined);
    const outcome = await world.execute('execution-1');
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersRestored: 20, groupsMissingOrDifferent: 1, membershipsMissing: 3 });
    expect(differences(world.source, world.target)).to.deep.equal(['missing group canary']);
    expect(world.report('failures.csv')).to.contain('GroupRefused: ServiceError');

    world.writer.refuse = () => undefined;
    expect((await world.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('E15: a group whose creation is carried out but never answered gets its members', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 20);
    for (const name of ['reds', 'canary']) {
      world.source.putGroup({ name, description: name });
      for (const user of ['user1', 'user7', 'user9']) world.source.join(user, name);
    }
    await world.planned();
    const { createGroup } = world.writer;
    world.writer.createGroup = async (pool, group) => {
      const outcome = await createGroup.call(world.writer, pool, group);
      return group.name === 'canary' && group.description !== undefined ? failed() : outcome;
    };
    await world.execute('execution-1');
    expect(differences(world.source, world.target).filter((difference) => difference !== 'group canary')).to.deep.equal(
      [],
    );
    world.writer.createGroup = createGroup;
    expect((await world.execute('execution-2')).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('F22: is not the only one that is counted: so is a group whose role no restore sets', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 3);
    world.source.putGroup({ name: 'staff', roleArn: 'arn:aws:iam::123456789012:role/staff' });
    world.source.putGroup({ name: 'guests' });
    expect((await world.planned()).plan().counts).to.include({ groupsWithoutRole: 1 });
    const outcome = await world.execute();
    expect(outcome).to.deep.include({ outcome: 'complete' });
    expect(outcome.counts).to.include({ groupsWithoutRole: 1 });
    expect(outcome.summary).to.contain('1 groups without their IAM role');
    expect(JSON.parse(world.report('report.json'))).to.have.nested.property('counts.groupsWithoutRole', 1);
  });
});
