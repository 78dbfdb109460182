import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';

const TRIGGERS = { triggers: ['PreSignUp'] };

/** Ten users, of whom listings show user5 so late: it is imported just before the product looks at the job's end. */
async function lagging(lagMs: number, targetSettings: Partial<PoolSettings> = {}): Promise<RestoreWorld> {
  const it = new RestoreWorld({}, targetSettings);
  addUsers(it.source, 10);
  addGroups(it.source, [10]);
  await it.planned();
  it.cognito.knobs.lagMs = lagMs;
  it.whenJobEnded = () => {
    for (const { user } of [...it.target.users.values()]) {
      it.target.put({
        ...user,
        created: new Date(it.clock.now() - (user.username === 'user5' ? 0 : 3_600_000)).toISOString(),
      });
    }
  };
  return it;
}

const rows = (it: RestoreWorld, file: 'failures.csv' | 'sub-map.csv'): string[] =>
  it.report(file).trim().split('\n').slice(1);

describe('A restore of which a listing shows somebody late', () => {
  for (const [how, settings] of [
    ['may create users', {}],
    ['may create nobody', TRIGGERS],
  ] as const) {
    it(`looks once more, where it ${how}, and neither creates nor reports the user`, async () => {
      const it = await lagging(6_000, settings);
      const outcome = await it.execute();
      expect(outcome.outcome).to.equal('complete');
      expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 0, usersCreatedOneByOne: 0 });
      expect(it.calls.countOf('cognito.createUser')).to.equal(0);
      expect(differences(it.source, it.target)).to.deep.equal([]);
      expect(rows(it, 'failures.csv')).to.deep.equal([]);
      expect(rows(it, 'sub-map.csv')).to.have.length(10);
    });
  }

  it('does not say that it created a user whom an import job had brought', async () => {
    const it = await lagging(12_000);
    const outcome = await it.execute();
    expect(it.calls.countOf('cognito.createUser')).to.equal(1);
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersRestored: 10, usersCreatedOneByOne: 0 });
    expect(rows(it, 'failures.csv')).to.deep.equal([]);
    expect(it.target.find('user5')?.status).to.equal('RESET_REQUIRED');
  });

  for (const [how, settings] of [
    ['the name seemed taken', {}],
    ['triggers seemed in the way', TRIGGERS],
  ] as const) {
    it(`finds the user at the next start, when the listing took so long that ${how}`, async () => {
      const it = await lagging(120_000, settings);
      expect((await it.execute('execution-1')).counts).to.include({ usersRestored: 9, usersBlocked: 1 });
      await it.clock.sleep(120_000);
      const outcome = await it.execute('execution-2');
      expect(outcome.outcome).to.equal('complete');
      expect(outcome.counts).to.include({ usersRestored: 10, usersBlocked: 0, usersCreatedOneByOne: 0 });
      expect(differences(it.source, it.target)).to.deep.equal([]);
      expect(rows(it, 'sub-map.csv')).to.have.length(10);
    });
  }

  it('puts right what differs about the user', async () => {
    const it = await lagging(6_000);
    const imported = it.whenJobEnded;
    it.whenJobEnded = () => {
      imported();
      const user = it.target.find('user5');
      if (user !== undefined) it.target.put({ ...user, attributes: { ...user.attributes, name: 'other' } });
    };
    expect((await it.execute()).outcome).to.equal('complete');
    expect(it.calls.countOf('cognito.createUser')).to.equal(0);
    expect(differences(it.source, it.target)).to.deep.equal([]);
  });

  it('gives listings time to show whom it created at the end', async () => {
    const it = await lagging(6_000);
    it.whenJobEnded = () => it.target.remove('user5');
    const outcome = await it.execute();
    expect(outcome.outcome).to.equal('complete');
    expect(outcome.counts).to.include({ usersRestored: 10, usersCreatedOneByOne: 1 });
    expect(rows(it, 'sub-map.csv')).to.have.length(10);
  });

  it('leaves a stranger alone who took the name of somebody missing before the next start', async () => {
    const it = await lagging(0);
    it.whenJobEnded = () => it.target.remove('user5');
    it.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
    expect((await it.execute('execution-1')).counts).to.include({ usersMissing: 1 });
    it.writer.refuse = () => undefined;
    const stranger = aUser({
      username: 'user5',
      sub: 'ffffffff-0000-4000-8000-000000000000',
      status: 'RESET_REQUIRED',
      attributes: { email: 'stranger@example.test', email_verified: 'true' },
    });
    it.target.put(stranger);
    const outcome = await it.execute('execution-2');
    expect(outcome.counts).to.include({ usersRestored: 9, usersBlocked: 1, membershipsMissing: 1 });
    expect(it.target.find('user5')).to.deep.equal(stranger);
    expect([...(it.target.groups.get('group0')?.members.keys() ?? [])]).to.not.include('user5');
    expect(it.report('sub-map.csv')).to.not.contain(stranger.sub);
  });
});
