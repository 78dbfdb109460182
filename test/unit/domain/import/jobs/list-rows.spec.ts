import { expect } from 'chai';
import { importUsers } from '../../../../../source/domain/import/import-users.ts';
import { differences } from '../../../../support/import/differences.ts';
import { NEW_POOL, RESTORE_ID } from '../../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../../support/world/builders.ts';

/** A job that imports everybody but the first, and tells of the first only: the next one has that one row. */
async function world(users: number, prefix = 'user'): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, users, { prefix, disabled: 0 });
  await made.planned();
  made.jobs.knobs.rowFate = (job, line) =>
    !job.jobName.endsWith('-a1') ? undefined : line === 1 ? 'failed' : 'silent';
  return made;
}

async function allJobs(restore: RestoreWorld): Promise<void> {
  for (;;) {
    const { done, waitSeconds } = await importUsers(
      { newUserPoolId: NEW_POOL, restoreId: RESTORE_ID },
      restore.jobsDeps(),
    );
    if (done) return;
    await restore.clock.sleep(waitSeconds * 1_000);
  }
}

describe('Rows that the log of an import job does not tell of', () => {
  it('are found by several listings at once', async () => {
    const restore = await world(900);
    restore.cognito.knobs.pageSize = 20;
    restore.calls.latencies['cognito.listUsersPage'] = 100;
    await allJobs(restore);
    const pages = restore.calls.log.filter(({ call }) => call === 'cognito.listUsersPage').map(({ at }) => at);
    expect(pages.length).to.be.at.least(45);
    expect((pages.at(-1) as number) - (pages[0] as number)).to.be.at.most(pages.length * 40);
    expect(restore.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([899, 1]);
  });

  it('A7: are found in one listing where filters cost more calls than they save', async () => {
    const asked: Record<'ordinary' | 'late', string[]> = { ordinary: [], late: [] };
    for (const mode of ['ordinary', 'late'] as const) {
      const restore = await world(900);
      restore.cognito.knobs.filterAfterPaging = mode === 'late';
      restore.calls.latencies['cognito.listUsersPage'] = 100;
      const { listUsersPage } = restore.cognito;
      restore.cognito.listUsersPage = (poolId, request) => {
        asked[mode].push(request.filter ?? '');
        return listUsersPage(poolId, request);
      };
      await allJobs(restore);
      expect(restore.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([899, 1]);
    }
    expect(new Set(asked.ordinary)).to.have.property('size', 16);
    expect(asked.late.filter((filter) => filter === '')).to.have.length(Math.ceil(899 / 60));
    expect(asked.late.length / asked.ordinary.length).to.be.at.most(1.3);
  });

  it('are found in one listing where Cognito refuses filters, over several slices', async () => {
    const restore = await world(200);
    Object.assign(restore.cognito.knobs, { pageSize: 5, subFilter: false });
    restore.calls.latencies['cognito.listUsersPage'] = 40_000;
    await allJobs(restore);
    expect(restore.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([199, 1]);
    restore.calls.latencies['cognito.listUsersPage'] = 0;
    await restore.execute();
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('are found where the pool stores names in lower case', async () => {
    for (const users of [20, 90]) {
      const restore = await world(users, 'User');
      restore.whenJobEnded = () => {
        for (const { user } of [...restore.target.users.values()]) {
          restore.target.remove(user.username);
          restore.target.put({ ...user, username: user.username.toLowerCase() });
        }
      };
      await allJobs(restore);
      expect(restore.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([users - 1, 1]);
    }
  });
});

describe('Rows that a job without a readable log skipped', () => {
  const stranger = aUser({
    username: 'user3',
    sub: 'ffffffff-0000-4000-8000-000000000000',
    attributes: { email: 'stranger@example.test', email_verified: 'true' },
  });

  /** Somebody signs up with a name of the backup before the first job comes to it. */
  async function taken(users: number): Promise<RestoreWorld> {
    const restore = new RestoreWorld();
    addUsers(restore.source, users);
    for (const name of ['user1', 'user2']) {
      const user = aUser({ username: name });
      restore.source.put({ ...user, attributes: { ...user.attributes, birthdate: '1980-01-02' } });
    }
    addGroups(restore.source, [users]);
    await restore.planned();
    restore.target.put(stranger);
    return restore;
  }

  for (const [users, how] of [
    [20, 'one by one'],
    [90, 'in a listing'],
  ] as const) {
    it(`are somebody else's when the pool shows another user, looked up ${how}`, async () => {
      const restore = await taken(users);
      restore.jobs.knobs.logDelayMs = Infinity;
      // In which form a pool keeps a birth date after an import is not documented.
      restore.whenJobEnded = () => {
        const user = restore.target.find('user1');
        if (user?.attributes.birthdate === '1980-01-02')
          restore.target.put({ ...user, attributes: { ...user.attributes, birthdate: '01/02/1980' } });
      };
      const outcome = await restore.execute();
      expect(restore.target.find('user3')).to.deep.include({
        sub: stranger.sub,
        enabled: true,
        attributes: stranger.attributes,
      });
      for (const { members } of restore.target.groups.values()) expect([...members.keys()]).to.not.include('user3');
      expect(outcome.counts).to.include({
        usersRestored: users - 1,
        usersBlocked: 1,
        usersDifferent: 0,
        usersCreatedOneByOne: 0,
        membershipsMissing: 1,
      });
      expect(restore.report('failures.csv')).to.match(/user3,.*NameCollision/);
    });
  }

  it('are looked up also when only a later log names them', async () => {
    const restore = await taken(20);
    // The first job ends before its last row and has no log; the listing behind it does not show the stranger yet.
    restore.jobs.knobs.endEarly = (job) =>
      job.jobName.endsWith('-a1') ? { afterRows: 19, status: 'Failed', message: 'An internal error.' } : undefined;
    const list = restore.cognito.listUsersPage;
    restore.cognito.listUsersPage = async (...request) => {
      const page = await list(...request);
      return restore.ended.length > 1
        ? page
        : { ...page, items: page.items.filter(({ username }) => username !== 'user3') };
    };
    restore.whenJobEnded = () => {
      restore.jobs.knobs.logDelayMs = restore.ended.length === 1 ? Infinity : 0;
    };
    await restore.execute();
    expect(restore.ended.length).to.be.at.least(2);
    for (const { members } of restore.target.groups.values()) expect([...members.keys()]).to.not.include('user3');
    expect(restore.report('failures.csv')).to.match(/user3,.*NameCollision/);
  });
});

describe('Rows that no import job brings in', () => {
  it('are handed on in objects of at most 500, nobody twice and nobody lost', async () => {
    const restore = new RestoreWorld();
    addUsers(restore.source, 1_000);
    await restore.planned();
    restore.jobs.knobs.rowFate = () => 'failed';
    await allJobs(restore);
    const parts = [...restore.objects.stored.keys()].filter((key) => key.includes('/rescue/')).sort();
    const subs = parts.map((key) =>
      restore.lines<{ readonly user: { readonly sub: string } }>(key).map(({ user }) => user.sub),
    );
    expect(subs.map(({ length }) => length)).to.deep.equal([500, 500]);
    expect(new Set(subs.flat()).size).to.equal(1_000);
  });
});
