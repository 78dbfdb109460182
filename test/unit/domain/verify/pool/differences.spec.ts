import type { HeldGroup } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { expect } from 'chai';
import { counted } from '../../../../../source/domain/counted.ts';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import type { PoolCounts } from '../../../../../source/domain/verify/pool/state.ts';
import { aGroup, aUser } from '../../../../support/world/builders.ts';
import { subFor } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED } from '../../../../support/workflows/verify-world.ts';
import { RestoredPoolWorld } from '../../../../support/workflows/restored-pool.ts';

describe('VerifyWorkflow: a user pool with differences', () => {
  let world: RestoredPoolWorld;

  beforeEach(async () => {
    world = await RestoredPoolWorld.create();
  });

  const changed = (username: string, over: Partial<PoolUser>): void => {
    const user = world.restored.find(username) as PoolUser;
    world.restored.put({ ...user, ...over, attributes: { ...user.attributes, ...over.attributes } });
  };

  const expectDifferent = async (counts: Partial<PoolCounts>, expected: readonly string[]): Promise<string> => {
    const ended = await world.compareRestored();
    expect(ended).to.include({ status: 'FAILED', error: 'PoolDiffers' });
    const report = world.replicaObjects.json<{ counts: PoolCounts; outcome: string }>(
      'verifications/run-1/report.json',
    );
    expect(report.outcome).to.equal('different');
    const {
      users: _users,
      groups: _groups,
      memberships: _memberships,
      usersNotRestored: _u,
      membershipsNotRestored: _m,
      ...found
    } = report.counts;
    expect(Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0))).to.deep.equal(counts);
    expect(world.rows().filter((row) => !row.includes('expected-not-restored'))).to.deep.equal([...expected].sort());
    expect(ended.cause)
      .to.include('s3://state-bucket/verifications/run-1/differences.csv')
      .and.include(`The user pool ${RESTORED} is not what the backup holds`);
    expect(`${ended.cause}${world.messages[0]?.body}${world.home.log.lines.join('')}`).to.not.match(
      /user\d|stranger|Other|example\.test/,
    );
    return ended.cause ?? '';
  };

  it('that lacks a user: the user and its memberships are missing', async () => {
    const { members } = world.home.source.groups.get('group1') as { members: Map<string, number> };
    const [name = ''] = members.keys();
    world.restored.remove(name);
    const groups = [...world.home.source.groups.values()]
      .filter((group) => group.members.has(name))
      .map(({ group }) => group.name);
    const cause = await expectDifferent({ usersMissing: 1, membershipsMissing: groups.length }, [
      `${world.subOf(name)},${name},missing`,
      ...groups.map((group) => `${world.subOf(name)},${name},membership in the group ${group}: missing`),
    ]);
    expect(cause).to.include(`1 user missing, ${counted(groups.length, 'membership')} missing`);
  });

  it('that has a user and a membership more: both are told, also when that user has a membership', async () => {
    world.restored.put(aUser({ username: 'stranger', sub: subFor('stranger') }));
    world.restored.join('stranger', 'group2');
    world.restored.join('user0', 'group2');
    await expectDifferent({ usersExtra: 1, membershipsExtra: 2 }, [
      `${subFor('stranger')},stranger,extra: the backup has no such user`,
      `${subFor('stranger')},stranger,membership in the group group2: extra: the backup has no such membership`,
      `${world.subOf('user0')},user0,membership in the group group2: extra: the backup has no such membership`,
    ]);
  });

  it('with other attributes or flags: names what differs', async () => {
    changed('user1', { attributes: { name: 'Other', 'custom:team': 'red' } });
    changed('user2', { enabled: world.restored.find('user2')?.enabled === false });
    changed('user3', { enabled: world.restored.find('user3')?.enabled === false, attributes: { name: 'Other' } });
    changed('user4', { attributes: { email_verified: 'True', phone_number_verified: 'false' } });
    await expectDifferent({ usersDifferent: 3 }, [
      `${world.subOf('user1')},user1,different: custom:team name`,
      `${world.subOf('user2')},user2,different: enabled`,
      `${world.subOf('user3')},user3,different: name enabled`,
    ]);
  });

  it('with other groups', async () => {
    world.restored.removeGroup('group2');
    world.restored.putGroup(aGroup({ name: 'group0', description: 'Other', precedence: 9 }));
    world.restored.putGroup(aGroup({ name: '=cmd()', precedence: 1 }));
    await expectDifferent({ groupsMissing: 1, groupsExtra: 1, groupsDifferent: 1 }, [
      ',,group group2: missing',
      ',,group group0: different: description precedence',
      ',,group =cmd(): extra: the backup has no such group',
    ]);
  });

  it('17.4: with another IAM role of a group: it is listed and counted, and no difference', async () => {
    world.restored.putGroup({
      ...(world.restored.groups.get('group0') as HeldGroup).group,
      roleArn: 'arn:aws:iam::111122223333:role/r',
    });
    expect((await world.compareRestored()).status).to.equal('SUCCEEDED');
    expect(world.replicaObjects.json('verifications/run-1/report.json')).to.have.nested.property(
      'counts.groupsWithOtherRole',
      1,
    );
    expect(world.replicaObjects.text('verifications/run-1/differences.csv')).to.include(
      ',,group group0: arn:aws:iam::111122223333:role/r in the pool and none in the backup; not counted as a difference',
    );
  });

  it('whose names look like formulas: a spreadsheet takes them for text', async () => {
    world.restored.put(aUser({ username: '=HYPERLINK("x")', sub: subFor('formula') }));
    await expectDifferent({ usersExtra: 1 }, [
      `${subFor('formula')},"'=HYPERLINK(""x"")",extra: the backup has no such user`,
    ]);
  });

  it('that is case-insensitive recognizes a name in another case; a case-sensitive one does not', async () => {
    const user = world.restored.find('user5') as PoolUser;
    world.restored.remove('user5');
    world.restored.put({ ...user, username: 'USER5' });
    for (const { group, members } of world.home.source.groups.values())
      if (members.has('user5')) world.restored.join('USER5', group.name);
    expect((await world.compareRestored()).status).to.equal('SUCCEEDED');
    world.restored.settings = { ...world.restored.settings, caseSensitive: true };
    expect(await world.compareRestored()).to.include({ error: 'PoolDiffers' });
    expect(world.replicaObjects.text('verifications/run-2/differences.csv'))
      .to.include(`${world.subOf('user5')},user5,missing`)
      .and.include(',USER5,extra');
  });

  it('whose users sign in by something else is no restore of this backup', async () => {
    world.restored.settings = { ...world.restored.settings, usernameAttributes: ['email'] };
    const ended = await world.compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.match(/sign in by email, those of the backup .* by username/);
    expect(world.home.calls.countOf('cognito.listUsersPage')).to.be.below(40);
  });

  it('with two users of one name in the backup: only one can be there', async () => {
    const { source } = world.home;
    source.settings = { ...source.settings, caseSensitive: true };
    source.put(aUser({ username: 'USER29' }));
    await world.export();
    const ended = await world.compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.include('1 user missing');
    expect(world.rows().filter((row) => /,user29,missing/i.test(row))).to.have.length(1);
  });
});
