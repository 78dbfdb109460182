import { expect } from 'chai';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { Fault, Halt } from '../../../../source/domain/errors.ts';
import type { PoolCounts } from '../../../../source/domain/verify/pool/state.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../../support/world/builders.ts';
import { subFor } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED, VerifyWorld } from '../../../support/workflows/verify-world.ts';
import { SOURCE } from '../../../support/workflows/workflow-world.ts';

describe('VerifyWorkflow: a user pool', () => {
  let world: VerifyWorld;

  /** What a restore leaves: everybody with a new sub; without users of identity providers. */
  const restore = (): void => {
    for (const { user } of world.home.source.users.values()) {
      if (user.status === 'EXTERNAL_PROVIDER' || user.status === 'UNCONFIRMED') continue;
      const sub = subFor(`new ${user.username}`);
      world.restored.put({ ...user, sub, attributes: { ...user.attributes, sub }, status: 'RESET_REQUIRED' });
    }
    for (const { group, members } of world.home.source.groups.values()) {
      world.restored.putGroup(group);
      for (const name of members.keys()) if (world.restored.users.has(name)) world.restored.join(name, group.name);
    }
  };

  beforeEach(async () => {
    world = new VerifyWorld();
    world.home.cognito.knobs.pageSize = 5;
    world.home.table.pageItems = 6;
    world.replica.pageItems = 6;
    const { source } = world.home;
    addUsers(source, 30);
    source.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
    source.put(aUser({ username: 'never', status: 'UNCONFIRMED' }));
    addGroups(source, [3, 6, 0]);
    source.join('never', 'group0');
    source.join('google_1', 'group1');
    await world.export();
    restore();
    world.restored.put(aUser({ username: 'facebook_7', status: 'EXTERNAL_PROVIDER' }));
    world.restored.join('facebook_7', 'group1');
  });

  const compareSource = (): Promise<EndedExecution> => world.verify(world.primary, { UserPoolId: SOURCE });
  const compareRestored = (): Promise<EndedExecution> =>
    world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 });
  const poolOf = (ended: EndedExecution): { counts: PoolCounts; reportKeys: string[] } =>
    (ended.output as { pool: { counts: PoolCounts; reportKeys: string[] } }).pool;
  const changed = (username: string, over: Partial<PoolUser>): void => {
    const user = world.restored.find(username) as PoolUser;
    world.restored.put({ ...user, ...over, attributes: { ...user.attributes, ...over.attributes } });
  };
  const rows = (): string[] =>
    world.replicaObjects.text('verifications/run-1/differences.csv').trim().split('\n').slice(1).sort();
  const sub = (username: string): string => world.home.source.find(username)?.sub ?? subFor(username);

  it('that is backed up is the same right after its export', async () => {
    const ended = await compareSource();
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
    const ended = await compareRestored();
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
    expect(rows()).to.deep.equal([
      `${sub('never')},never,expected-not-restored: the user never confirmed the sign-up`,
      `${sub('never')},never,membership in the group group0: expected-not-restored: the user never confirmed the sign-up`,
    ]);
    expect(world.messages[0]?.body).to.match(
      /1 user of the backup who never confirmed the sign-up is not in the\s+pool/,
    );
  });

  it('never asks for single users, and writes nothing to Cognito', async () => {
    await compareRestored();
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
    ]);
  });

  it('leaves only its reports and checkpoints behind', async () => {
    await compareRestored();
    expect(
      [...world.replicaObjects.stored.keys()].filter((key) => key.startsWith('verifications/run-1/')).sort(),
    ).to.deep.equal(
      ['backup.json', 'differences.csv', 'pool.json', 'report.json'].map((name) => `verifications/run-1/${name}`),
    );
  });

  const expectDifferent = async (counts: Partial<PoolCounts>, expected: readonly string[]): Promise<string> => {
    const ended = await compareRestored();
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
    expect(rows().filter((row) => !row.includes('expected-not-restored'))).to.deep.equal([...expected].sort());
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
      `${sub(name)},${name},missing`,
      ...groups.map((group) => `${sub(name)},${name},membership in the group ${group}: missing`),
    ]);
    expect(cause).to.include(`1 users missing, ${groups.length} memberships missing`);
  });

  it('that has a user and a membership more: both are told, also when that user has a membership', async () => {
    world.restored.put(aUser({ username: 'stranger', sub: subFor('stranger') }));
    world.restored.join('stranger', 'group2');
    world.restored.join('user0', 'group2');
    await expectDifferent({ usersExtra: 1, membershipsExtra: 2 }, [
      `${subFor('stranger')},stranger,extra: the backup has no such user`,
      `${subFor('stranger')},stranger,membership in the group group2: extra: the backup has no such membership`,
      `${sub('user0')},user0,membership in the group group2: extra: the backup has no such membership`,
    ]);
  });

  it('with other attributes or flags: names what differs', async () => {
    changed('user1', { attributes: { name: 'Other', 'custom:team': 'red' } });
    changed('user2', { enabled: world.restored.find('user2')?.enabled === false });
    changed('user3', { enabled: world.restored.find('user3')?.enabled === false, attributes: { name: 'Other' } });
    changed('user4', { attributes: { email_verified: 'True', phone_number_verified: 'false' } });
    await expectDifferent({ usersDifferent: 3 }, [
      `${sub('user1')},user1,different: custom:team name`,
      `${sub('user2')},user2,different: enabled`,
      `${sub('user3')},user3,different: name enabled`,
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
    expect((await compareRestored()).status).to.equal('SUCCEEDED');
    world.restored.settings = { ...world.restored.settings, caseSensitive: true };
    expect(await compareRestored()).to.include({ error: 'PoolDiffers' });
    expect(world.replicaObjects.text('verifications/run-2/differences.csv'))
      .to.include(`${sub('user5')},user5,missing`)
      .and.include(',USER5,extra');
  });

  it('whose users sign in by something else is no restore of this backup', async () => {
    world.restored.settings = { ...world.restored.settings, usernameAttributes: ['email'] };
    const ended = await compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.match(/sign in by email, those of the backup .* by username/);
    expect(world.home.calls.countOf('cognito.listUsersPage')).to.be.below(40);
  });

  it('that is backed up shows a user created again under the same name as two: users are recognized by sub', async () => {
    const { source } = world.home;
    const user = source.find('user7') as PoolUser;
    source.remove('user7');
    source.put({ ...user, sub: subFor('again'), attributes: { ...user.attributes, sub: subFor('again') } });
    const ended = await compareSource();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.match(/1 users missing, 1 users that the backup does not have/);
  });

  it('that is backed up: an unconfirmed user who is gone is missing', async () => {
    world.home.source.remove('never');
    expect((await compareSource()).cause).to.match(/1 users missing, 1 memberships missing/);
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
    expect(await compareSource()).to.include({ error: 'AccessDenied' });
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
      const ended = await compareSource();
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
    expect(await compareRestored()).to.include({ error: 'ExportRunOpen' });
  });

  it('is listed to the end through refused filters, refused tokens, empty pages and throttles', async () => {
    const { knobs } = world.home.cognito;
    knobs.emptyPages = 0.3;
    world.home.calls.fail({
      call: 'cognito.listUsersPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'no'),
    });
    world.home.calls.fail({
      call: 'cognito.listUsersInGroupPage',
      nth: 3,
      error: () => new Fault('InvalidPaginationToken', 'no'),
    });
    world.home.calls.fail({
      call: 'cognito.listUsersPage',
      nth: 9,
      times: 2,
      error: () => new Fault('Throttled', 'slow down'),
    });
    expect((await compareRestored()).status).to.equal('SUCCEEDED');
    world.home.calls.fail({ call: 'cognito.listUsersPage', nth: 4, error: () => new Fault('FilterRefused', 'no') });
    const ended = await compareRestored();
    expect(ended.status).to.equal('SUCCEEDED');
    expect(world.home.log.lines.join('\n')).to.include('in one chain');
  });

  it('is looked at in one chain before a user counts as missing that the filters did not show', async () => {
    const list = world.home.cognito.listUsersPage;
    world.home.cognito.listUsersPage = async (poolId, request) => {
      const page = await list(poolId, request);
      return request.filter === undefined
        ? page
        : { ...page, items: page.items.filter(({ username }) => username !== 'user9') };
    };
    expect((await compareRestored()).status).to.equal('SUCCEEDED');
  });

  it('goes slice by slice', async () => {
    world.home.calls.latencies['cognito.listUsersPage'] = 3_000;
    world.home.calls.latencies['cognito.listUsersInGroupPage'] = 3_000;
    world.home.calls.latencies['table.scanPage'] = 3_000;
    world.invocationMs = 66_000;
    world.restored.remove('user1');
    world.restored.put(aUser({ username: 'stranger', sub: subFor('stranger') }));
    const ended = await compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.states.filter((state) => state === 'ComparePool').length).to.be.above(5);
    expect(rows().filter((row) => row.endsWith(',missing') || row.includes('no such user'))).to.have.length(2);
  });

  it('with two users of one name in the backup: only one can be there', async () => {
    const { source } = world.home;
    source.settings = { ...source.settings, caseSensitive: true };
    source.put(aUser({ username: 'USER29' }));
    await world.export();
    const ended = await compareRestored();
    expect(ended).to.include({ error: 'PoolDiffers' });
    expect(ended.cause).to.include('1 users missing');
    expect(rows().filter((row) => /,user29,missing/i.test(row))).to.have.length(1);
  });
});
