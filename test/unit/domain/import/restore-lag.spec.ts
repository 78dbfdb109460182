import { expect } from 'chai';
import { Fault } from '../../../../source/domain/errors.ts';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { rejection } from '../../../support/rejection.ts';

const TRIGGERS = { triggers: ['PreSignUp'] };

/** Ten users, of whom listings show user5 so late: it is imported just before the product looks at the job's end. */
async function lagging(lagMs: number, targetSettings: Partial<PoolSettings> = {}): Promise<RestoreWorld> {
  const restore = new RestoreWorld({}, targetSettings);
  addUsers(restore.source, 10);
  addGroups(restore.source, [10]);
  await restore.planned();
  let hiddenUntil = Infinity;
  restore.cognito.knobs.hides = ({ username }) => username === 'user5' && restore.clock.now() < hiddenUntil;
  restore.whenJobEnded = () => {
    hiddenUntil = restore.clock.now() + lagMs;
  };
  return restore;
}

/** Ten users of whom user5 is missing: neither an import job nor AdminCreateUser took them. */
async function withFailedRow(): Promise<RestoreWorld> {
  const restore = await lagging(0);
  const line = (restore.chunkUsers()[0] ?? []).findIndex(({ name }) => name === 'user5') + 1;
  restore.jobs.knobs.rowFate = (_job, row) => (row === line ? 'failed' : undefined);
  restore.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
  expect((await restore.execute('execution-1')).counts).to.include({ usersMissing: 1 });
  restore.writer.refuse = () => undefined;
  return restore;
}

const rows = (restore: RestoreWorld, file: 'failures.csv' | 'sub-map.csv'): string[] =>
  restore.report(file).trim().split('\n').slice(1);

describe('A restore of which a listing shows somebody late', () => {
  for (const [how, settings] of [
    ['may create users', {}],
    ['may create nobody', TRIGGERS],
  ] as const) {
    it(`looks once more, where it ${how}, and neither creates nor reports the user`, async () => {
      const restore = await lagging(6_000, settings);
      const outcome = await restore.execute();
      expect(outcome.outcome, outcome.summary).to.equal('complete');
      expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 0, usersCreatedOneByOne: 0 });
      expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
      expect(differences(restore.source, restore.target)).to.deep.equal([]);
      expect(rows(restore, 'failures.csv')).to.deep.equal([]);
      expect(rows(restore, 'sub-map.csv')).to.have.length(10);
    });
  }

  it('looks a second time a minute later before it says that an imported user was deleted', async () => {
    const restore = await lagging(40_000);
    const outcome = await restore.execute();
    expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersRestored: 10, usersCreatedOneByOne: 0, usersDeletedSince: 0 });
    expect(rows(restore, 'failures.csv')).to.deep.equal([]);
    expect(restore.target.find('user5')?.status).to.equal('RESET_REQUIRED');
  });

  for (const [how, settings] of [
    ['nobody is in the way', {}],
    ['triggers are in the way', TRIGGERS],
  ] as const) {
    it(`finds the user again when that is asked for, where listings took so long that the user seemed deleted and ${how}`, async () => {
      const restore = await lagging(120_000, settings);
      expect((await restore.execute('execution-1')).counts).to.include({ usersRestored: 9, usersDeletedSince: 1 });
      expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
      await restore.clock.sleep(120_000);
      restore.recreateMissing = true;
      const outcome = await restore.execute('execution-2');
      expect(outcome.outcome).to.equal('complete');
      expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 0, usersCreatedOneByOne: 0 });
      expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
      expect(differences(restore.source, restore.target)).to.deep.equal([]);
      expect(rows(restore, 'sub-map.csv')).to.have.length(10);
    });
  }

  it('puts right what differs about the user', async () => {
    const restore = await lagging(6_000);
    const imported = restore.whenJobEnded;
    restore.whenJobEnded = () => {
      imported();
      const user = restore.target.find('user5');
      if (user !== undefined) restore.target.put({ ...user, attributes: { ...user.attributes, name: 'other' } });
    };
    expect((await restore.execute()).outcome).to.equal('complete');
    expect(restore.calls.countOf('cognito.createUser')).to.equal(0);
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('gives listings time to show whom it created at the end', async () => {
    const restore = await withFailedRow();
    restore.cognito.knobs.hides = ({ created }) => Date.parse(created) + 6_000 > restore.clock.now();
    const outcome = await restore.execute('execution-2');
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersRestored: 10, usersCreatedOneByOne: 1 });
    expect(rows(restore, 'sub-map.csv')).to.have.length(10);
  });

  it('B7: waits for the listing of whom it created when the answer was lost, rather than take the account for a stranger', async () => {
    const restore = new RestoreWorld();
    restore.source.put(aUser({ username: 'zoe', attributes: { email: 'zoe@example.test' } }));
    addUsers(restore.source, 3);
    addGroups(restore.source, [4]);
    await restore.planned();
    restore.cognito.knobs.hides = ({ created }) => Date.parse(created) + 30_000 > restore.clock.now();
    restore.calls.fail({
      call: 'cognito.createUser',
      when: 'after',
      error: () => new Fault('ServiceError', 'the answer was lost'),
    });
    expect((await rejection(restore.execute('execution-1'))).message).to.equal('the answer was lost');
    const outcome = await restore.execute('execution-2');
    expect(outcome.counts).to.include({ usersRestored: 4, usersBlocked: 0 });
    expect(outcome.outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });

  it('leaves a stranger alone who took the name of somebody missing before the next start', async () => {
    const restore = await withFailedRow();
    const stranger = aUser({
      username: 'user5',
      sub: 'ffffffff-0000-4000-8000-000000000000',
      status: 'RESET_REQUIRED',
      attributes: { email: 'stranger@example.test', email_verified: 'true' },
    });
    restore.target.put(stranger);
    const outcome = await restore.execute('execution-2');
    expect(outcome.counts).to.include({ usersRestored: 9, usersBlocked: 1, membershipsMissing: 1 });
    expect(restore.target.find('user5')).to.deep.equal(stranger);
    expect([...(restore.target.groups.get('group0')?.members.keys() ?? [])]).to.not.include('user5');
    expect(restore.report('sub-map.csv')).to.not.contain(stranger.sub);
  });
});
