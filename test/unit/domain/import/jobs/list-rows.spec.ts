import { expect } from 'chai';
import { importUsers } from '../../../../../source/domain/import/jobs/import-users.ts';
import { differences } from '../../../../support/import/differences.ts';
import { NEW_POOL, RESTORE_ID } from '../../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { addUsers } from '../../../../support/world/builders.ts';

/** A job that imports everybody but the first, and tells of the first only: the next one has that one row. */
async function world(users: number, prefix = 'user'): Promise<RestoreWorld> {
  const made = new RestoreWorld();
  addUsers(made.source, users, { prefix });
  await made.planned();
  made.jobs.knobs.rowFate = (job, line) => (!job.jobName.endsWith('-a1') ? undefined : line === 1 ? 'failed' : 'silent');
  return made;
}

async function allJobs(it: RestoreWorld): Promise<void> {
  for (;;) {
    const { done, waitSeconds } = await importUsers({ newUserPoolId: NEW_POOL, restoreId: RESTORE_ID, mayCreateUsers: true }, it.jobsDeps());
    if (done) return;
    await it.clock.sleep(waitSeconds * 1_000);
  }
}

describe('Rows that the log of an import job does not tell of', () => {
  it('are found by several listings at once', async () => {
    const it = await world(400);
    it.cognito.knobs.pageSize = 5;
    it.calls.latencies['cognito.listUsersPage'] = 100;
    await allJobs(it);
    const pages = it.calls.log.filter(({ call }) => call === 'cognito.listUsersPage').map(({ at }) => at);
    expect(pages.length).to.be.at.least(80);
    expect((pages.at(-1) as number) - (pages[0] as number)).to.be.at.most(pages.length * 40);
    expect(it.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([399, 1]);
  });

  it('are found in one listing where Cognito refuses filters, over several slices', async () => {
    const it = await world(200);
    Object.assign(it.cognito.knobs, { pageSize: 5, subFilter: false });
    it.calls.latencies['cognito.listUsersPage'] = 40_000;
    await allJobs(it);
    expect(it.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([199, 1]);
    it.calls.latencies['cognito.listUsersPage'] = 0;
    await it.execute();
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('are found where the pool stores names in lower case', async () => {
    for (const users of [20, 90]) {
      const it = await world(users, 'User');
      it.whenJobEnded = () => {
        for (const { user } of [...it.target.users.values()]) {
          it.target.remove(user.username);
          it.target.put({ ...user, username: user.username.toLowerCase() });
        }
      };
      await allJobs(it);
      expect(it.ended.map(({ imported, skipped }) => imported + skipped)).to.deep.equal([users - 1, 1]);
    }
  });
});

describe('Rows that no import job brings in', () => {
  it('are handed on in objects of at most 500, nobody twice and nobody lost', async () => {
    const it = new RestoreWorld();
    addUsers(it.source, 1_000);
    await it.planned();
    it.jobs.knobs.rowFate = () => 'failed';
    await allJobs(it);
    const parts = [...it.objects.stored.keys()].filter((key) => key.includes('/rescue/')).sort();
    const subs = parts.map((key) => it.lines<{ readonly user: { readonly sub: string } }>(key).map(({ user }) => user.sub));
    expect(subs.map(({ length }) => length)).to.deep.equal([500, 500]);
    expect(new Set(subs.flat()).size).to.equal(1_000);
  });
});
